"""BMP."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL.BmpImagePlugin import BmpImageFile

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile


def open_bmp(data: bytes) -> ImageFile:
    """Read a BMP's header."""
    return BmpImageFile(io.BytesIO(data), "")
