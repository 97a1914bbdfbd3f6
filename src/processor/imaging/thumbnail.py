"""Thumbnails: shown in lists, and instead of an original that the browser can't display."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL import Image

from processor.imaging.decode import fit_size

if TYPE_CHECKING:
    from PIL.Image import Image as PilImage

MAX_SIDE = 480  # pixels
MEDIA_TYPE = "image/webp"
_QUALITY = 80


def render(image: PilImage) -> bytes:
    """Return an upright image as a WebP without metadata, its longer side at most 480 pixels."""
    if max(image.size) > MAX_SIDE:
        image = image.resize(fit_size(image.size, MAX_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    file = io.BytesIO()
    image.save(file, "WEBP", quality=_QUALITY)
    return file.getvalue()
