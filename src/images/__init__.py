"""GET /images/{id}: what is known about a picture."""
