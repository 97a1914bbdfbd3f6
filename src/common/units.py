"""Units of size."""

MEGABYTE = 1_048_576  # bytes
