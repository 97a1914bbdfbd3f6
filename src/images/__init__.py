"""GET and DELETE /images, GET /labels: images, their results and their labels."""
