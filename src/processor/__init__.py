"""S3 events and the retry queue: from a stored image to its result."""
