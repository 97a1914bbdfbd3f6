"""PNG."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING

from PIL.PngImagePlugin import PngImageFile

from processor.imaging.cicp import SRGB, CodePoints

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFile import ImageFile

_BIT_DEPTH = 24  # offset of the byte in the header


def open_png(data: bytes) -> ImageFile:
    """Read a PNG's header. Code points precede an ICC profile (PNG, third edition, 4.3)."""
    image = PngImageFile(io.BytesIO(data), "")
    code_points = _read_code_points(data)
    if code_points:
        image.info["cicp"] = code_points
        image.info.pop("icc_profile", None)
    return image


def is_plain(image: Image, data: bytes) -> bool:
    """Return whether Rekognition sees the stored file as viewers show it, except for its orientation."""
    return (
        data[_BIT_DEPTH] <= 8
        and image.mode in ("RGB", "RGBA", "L", "LA", "P")
        and not getattr(image, "is_animated", False)
        and image.info.get("cicp", SRGB).is_srgb
    )


def _read_code_points(data: bytes) -> CodePoints | None:
    """Return the code points in the cICP chunk, or None if there are none (11.3.2.6)."""
    start = 8
    while start + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, start)
        if kind == b"IDAT":
            return None
        if kind == b"cICP" and size == 4:
            primaries, transfer, matrix, _ = data[start + 8 : start + 12]
            return CodePoints(primaries, transfer) if matrix == 0 else None
        start += 12 + size
    return None
