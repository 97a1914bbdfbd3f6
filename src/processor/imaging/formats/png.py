"""PNG."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL.PngImagePlugin import PngImageFile

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFile import ImageFile

_BIT_DEPTH = 24  # offset of the byte in the header


def open_png(data: bytes) -> ImageFile:
    """Read a PNG's header."""
    return PngImageFile(io.BytesIO(data), "")


def is_plain(image: Image, data: bytes) -> bool:
    """Return whether Rekognition sees the stored file as viewers show it, except for its orientation."""
    return (
        data[_BIT_DEPTH] <= 8
        and image.mode in ("RGB", "RGBA", "L", "LA", "P")
        and not getattr(image, "is_animated", False)
    )
