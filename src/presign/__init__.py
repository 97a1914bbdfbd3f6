"""POST /uploads: the permission to put a picture."""
