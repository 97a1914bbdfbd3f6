"""The page's modules and stylesheets as few small files, which behave like the sources."""
