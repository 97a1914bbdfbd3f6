"""WebP."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING

from PIL.WebPImagePlugin import WebPImageFile

from processor.imaging.probe import check_size

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile


class _FirstFrameWebP(WebPImageFile):
    """A WebP that frees its decoder, with its two canvases, before the first frame is copied."""

    def _get_next(self) -> tuple[bytes, int, int]:
        frame = super()._get_next()
        del self._decoder
        return frame


def open_webp(data: bytes) -> ImageFile:
    """Read a WebP's header. The size is checked first, because the decoder allocates its canvases."""
    size = _read_size(data)
    if size:
        check_size(*size)
    return _FirstFrameWebP(io.BytesIO(data), "")


def _read_size(data: bytes) -> tuple[int, int] | None:
    """Return the canvas size in a WebP header (RFC 9649), or None if there is none."""
    kind = data[12:16]
    if kind == b"VP8X" and len(data) >= 30:
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if kind == b"VP8 " and len(data) >= 30:
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L" and len(data) >= 25:
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return None
