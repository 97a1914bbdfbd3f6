"""The trainer: every minute, it takes each model that isn't at rest a step further."""
