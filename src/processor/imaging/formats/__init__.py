"""One module per format with checks of its own: it opens a file, and rejects what its decoder can't read."""
