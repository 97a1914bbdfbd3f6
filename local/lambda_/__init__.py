"""Lambda: execution environments, retries, failure destinations and queue sources."""
