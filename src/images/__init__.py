"""GET and DELETE /images, GET /labels: what is known about pictures."""
