"""Renderings of an upright sRGB image for people: WebP without metadata, never enlarged."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL import Image

from processor.imaging.decode import fit_size

if TYPE_CHECKING:
    from PIL.Image import Image as PilImage


def reduce(image: PilImage, max_side: int) -> PilImage:
    """Return an image whose longer side is at most `max_side` pixels: the same one if it is already."""
    if max(image.size) <= max_side:
        return image
    return image.resize(fit_size(image.size, max_side), Image.Resampling.LANCZOS, reducing_gap=2.0)


def encode(image: PilImage, quality: int, method: int) -> bytes:
    """Encode an image as a WebP; `method` is libwebp's effort, from 0 (fast) to 6 (small)."""
    file = io.BytesIO()
    image.save(file, "WEBP", quality=quality, method=method)
    return file.getvalue()
