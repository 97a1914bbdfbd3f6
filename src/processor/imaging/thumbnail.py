"""The thumbnail: what lists show, and the page where a browser cannot draw the picture itself."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

LONGER_SIDE = 480  # pixels
MEDIA_TYPE = "image/webp"
_QUALITY = 80


def thumbnail(image: Picture) -> bytes:
    """Return a WebP of an upright picture, without metadata; the longer side has at most 480 pixels."""
    small = image.copy() if max(image.size) <= LONGER_SIDE else _reduced(image)
    file = io.BytesIO()
    small.save(file, "WEBP", quality=_QUALITY)
    return file.getvalue()


def _reduced(image: Picture) -> Picture:
    scale = LONGER_SIDE / max(image.size)
    width, height = (max(1, round(side * scale)) for side in image.size)
    return image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)
