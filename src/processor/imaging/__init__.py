"""Image files: detect the format, check the header, decode, convert to sRGB JPEG, render for people."""
