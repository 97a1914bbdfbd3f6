"""Local data: what `DATA=folder make run` keeps over stop, kill and restart, in one SQLite file."""
