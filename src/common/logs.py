"""Structured log records about one image."""

from __future__ import annotations

import logging

# At INFO, botocore logs on every cold start where it found its credentials.
logging.getLogger("botocore").setLevel(logging.WARNING)


def image_logger(logger: logging.Logger, owner: str, image_id: str) -> logging.LoggerAdapter[logging.Logger]:
    """Return a logger that adds the owner and the image id to every record."""
    return logging.LoggerAdapter(logger, {"owner": owner, "imageId": image_id})
