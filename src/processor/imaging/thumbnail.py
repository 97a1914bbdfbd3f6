"""Thumbnails: shown in lists, and until the preview has loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from processor.imaging.rendering import encode, reduce

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_SIDE = 480  # pixels
_QUALITY = 80
_METHOD = 4  # a small picture, of which lists load many


def render(image: Image) -> bytes:
    """Return an upright image as a WebP, its longer side at most 480 pixels."""
    return encode(reduce(image, MAX_SIDE), _QUALITY, _METHOD)
