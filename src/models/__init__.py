"""The routes for models: what people ask for. The trainer brings it about."""
