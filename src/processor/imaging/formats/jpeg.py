"""JPEG."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL.JpegImagePlugin import jpeg_factory

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFile import ImageFile


def open_jpeg(data: bytes) -> ImageFile:
    """Read a JPEG's header. The image is an MPO for a file that contains several images."""
    return jpeg_factory(io.BytesIO(data), "")


def is_plain(image: Image) -> bool:
    """Return whether Rekognition sees the stored file as viewers show it."""
    return image.mode in ("RGB", "L")  # CMYK isn't documented as supported
