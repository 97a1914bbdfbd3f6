"""TIFF."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL.TiffImagePlugin import TiffImageFile

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile


def open_tiff(data: bytes) -> ImageFile:
    """Read a TIFF's header."""
    return TiffImageFile(io.BytesIO(data), "")
