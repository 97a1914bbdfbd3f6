"""The hourly recovery: restarts pending images whose event was lost or given up."""
