"""What the functions share: keys, records, storage, problems, settings."""
