"""Pixels: which format a file has, how large it is, and how it is decoded and converted."""
