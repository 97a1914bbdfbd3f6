"""The HTTP API: routes, payload format 2.0 and CORS."""
