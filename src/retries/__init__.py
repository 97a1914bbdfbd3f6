"""The retry queue, and the recovery of one image with its event."""
