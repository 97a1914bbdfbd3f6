"""GIF."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL.GifImagePlugin import GifImageFile

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile


def open_gif(data: bytes) -> ImageFile:
    """Read a GIF's header."""
    return GifImageFile(io.BytesIO(data), "")
