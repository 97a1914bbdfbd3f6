"""WebP."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING

from PIL.WebPImagePlugin import WebPImageFile

from common.rejections import Rejection
from processor.imaging.memory import explain_failure
from processor.imaging.size import check_size

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

_PIXEL_BYTES = 4  # of a canvas, and of the pixels that a frame is decoded to
_CANVASES = 2
MAX_CHUNKS = 100_000  # a frame of an animation is one of them
_CHUNKS = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP", b"EXIF", b"XMP "))


class _FirstFrameWebP(WebPImageFile):
    """A WebP that frees its decoder, with its two canvases, before the first frame is copied."""

    def _get_next(self) -> tuple[bytes, int, int]:
        with explain_failure(_PIXEL_BYTES * self.width * self.height):
            frame = super()._get_next()
        del self._decoder
        return frame


def open_webp(data: bytes) -> ImageFile:
    """Read a WebP's header. The size is checked first, because the decoder allocates its canvases."""
    size = _read_size(data)
    if size:
        check_size(*size)
    width, height = size or (0, 0)
    with explain_failure(_CANVASES * _PIXEL_BYTES * width * height):
        return _FirstFrameWebP(io.BytesIO(_repair(data)), "")


def _repair(data: bytes) -> bytes:
    """Return a WebP with the right size in its header, up to its last complete chunk (RFC 9649, 2.4).

    libwebp rejects a file whose size is wrong, or whose metadata or second frame is cut.
    """
    declared_end, position = 8 + int.from_bytes(data[4:8], "little"), 12
    for _ in range(MAX_CHUNKS):
        if position + 8 > len(data):
            break
        size = int.from_bytes(data[position + 4 : position + 8], "little")
        is_known = position < declared_end or data[position : position + 4] in _CHUNKS
        if position + 8 + size > len(data) or not is_known:
            break
        position += 8 + size + size % 2
        if position == declared_end and position <= len(data):
            return data
    else:
        raise Rejection.of("too-complex")
    content = data[8:position].ljust(position - 8, b"\0")
    return data[:4] + len(content).to_bytes(4, "little") + content


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
