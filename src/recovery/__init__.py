"""The hourly recovery of pending images whose event was lost or given up."""
