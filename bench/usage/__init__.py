"""`python -m bench.usage`: what one picture uses on the local stack, for `make cost`."""
