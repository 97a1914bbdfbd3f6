"""POST /uploads: permission to upload an image."""
