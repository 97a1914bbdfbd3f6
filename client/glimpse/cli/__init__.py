"""The command `glimpse`."""
