"""What all functions share: HTTP, errors, storage, settings, formats and rejections."""
