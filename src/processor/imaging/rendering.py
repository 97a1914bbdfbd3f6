"""Renderings of an upright sRGB image for people: WebP without metadata, never enlarged."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from processor.imaging.decode import shrink

if TYPE_CHECKING:
    from PIL.Image import Image


def reduce(image: Image, max_side: int) -> Image:
    """Return an image whose longer side is at most `max_side` pixels: the same one if it is already."""
    if max(image.size) <= max_side:
        return image
    return shrink(image, max_side)


def encode(image: Image, quality: int, method: int) -> bytes:
    """Encode an image as a WebP; `method` is libwebp's effort, from 0 (fast) to 6 (small)."""
    file = io.BytesIO()
    image.save(file, "WEBP", quality=quality, method=method)
    return file.getvalue()
