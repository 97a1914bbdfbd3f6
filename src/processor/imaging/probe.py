"""How large a picture says it is, known before a decoder gets hold of it."""

from __future__ import annotations

import struct

from common.rejections import Rejection

MAX_PIXELS = 100_000_000  # what the processor's memory is measured for (bench/memory.py)
_MEGAPIXELS = MAX_PIXELS // 1_000_000
_ISPE = b"\0\0\0\x14ispe\0\0\0\0"  # the box of HEIF and AVIF that holds a picture's size
_META_BYTES = 1 << 20  # where those boxes are looked for; they come before the pixels


def check_size(width: int, height: int) -> None:
    """Reject a picture of more pixels than there is memory for."""
    if width * height > MAX_PIXELS:
        raise Rejection.of("too-many-pixels", width=width, height=height, megapixels=_MEGAPIXELS)


def check_header(data: bytes, name: str) -> None:
    """Reject what a format's decoder would take too much memory for, or fail over, on merely opening it."""
    if name == "WebP":
        size = _webp_size(data)
    elif name in ("HEIC", "AVIF"):
        size = _largest_ispe(data)
        _check_item_names(data)
    else:
        return
    if size:
        check_size(*size)


def _webp_size(data: bytes) -> tuple[int, int] | None:
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


def _largest_ispe(data: bytes) -> tuple[int, int] | None:
    found = None
    at = data.find(_ISPE, 0, _META_BYTES)
    while at >= 0 and at + 20 <= len(data):
        width, height = struct.unpack_from(">II", data, at + 12)
        if found is None or width * height > found[0] * found[1]:
            found = width, height
        at = data.find(_ISPE, at + 20, _META_BYTES)
    return found


def _check_item_names(data: bytes) -> None:
    """Reject a HEIF or AVIF with items whose types or names are no text: pi-heif crashes over them."""
    at = data.find(b"infe", 4, _META_BYTES)
    while at >= 0:
        size, version = int.from_bytes(data[at - 4 : at], "big"), data[at + 4 : at + 5]
        # version and flags, the item's number, its protection; then the type and the texts
        kind = at + 8 + (4 if version == b"\3" else 2) + 2
        try:
            data[kind : kind + 4].decode("ascii")
            data[kind + 4 : at - 4 + size].decode()
        except UnicodeDecodeError as error:
            raise Rejection.of("broken") from error
        at = data.find(b"infe", at + 4, _META_BYTES)
