"""Log records that say which image they are about."""

from __future__ import annotations

import logging

# at INFO, botocore says at every cold start where it found its settings
logging.getLogger("botocore").setLevel(logging.WARNING)


def image_log(logger: logging.Logger, owner: str, image_id: str) -> logging.LoggerAdapter[logging.Logger]:
    """Return a logger that adds the owner and the image id to each of its records."""
    return logging.LoggerAdapter(logger, {"owner": owner, "imageId": image_id})
