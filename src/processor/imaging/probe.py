"""Header checks that run before a decoder sees the file."""

from __future__ import annotations

import struct

from common.rejections import Rejection

MAX_PIXELS = 100_000_000  # what fits into the processor's memory, as measured by bench/memory.py
_MEGAPIXELS = MAX_PIXELS // 1_000_000
_ISPE = b"\0\0\0\x14ispe\0\0\0\0"  # start of the box with an image's size in HEIF and AVIF (ISO/IEC 23008-12)
_META_BYTES = 1 << 20  # where to search for those boxes; they precede the pixels


def check_size(width: int, height: int) -> None:
    """Raise Rejection if an image has more pixels than fit into memory."""
    if width * height > MAX_PIXELS:
        raise Rejection.of("too-many-pixels", width=width, height=height, megapixels=_MEGAPIXELS)


def check_header(data: bytes, format_name: str) -> None:
    """Raise Rejection for a file that would exhaust or crash its decoder when it is opened."""
    if format_name == "WebP":
        size = _read_webp_size(data)
    elif format_name in ("HEIC", "AVIF"):
        size = _find_largest_ispe(data)
        _check_item_names(data)
    else:
        return
    if size:
        check_size(*size)


def _read_webp_size(data: bytes) -> tuple[int, int] | None:
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


def _find_largest_ispe(data: bytes) -> tuple[int, int] | None:
    largest = None
    start = data.find(_ISPE, 0, _META_BYTES)
    while start >= 0 and start + 20 <= len(data):
        width, height = struct.unpack_from(">II", data, start + 12)
        if largest is None or width * height > largest[0] * largest[1]:
            largest = width, height
        start = data.find(_ISPE, start + 20, _META_BYTES)
    return largest


def _check_item_names(data: bytes) -> None:
    """Raise Rejection for a HEIF or AVIF item whose type or name isn't text, which crashes pi-heif."""
    start = data.find(b"infe", 4, _META_BYTES)
    while start >= 0:
        size, version = int.from_bytes(data[start - 4 : start], "big"), data[start + 4 : start + 5]
        # after the box type: version and flags, item id (4 bytes in version 3), protection index, item type
        item_type = start + 8 + (4 if version == b"\3" else 2) + 2
        try:
            data[item_type : item_type + 4].decode("ascii")
            data[item_type + 4 : start - 4 + size].decode()
        except UnicodeDecodeError as error:
            raise Rejection.of("broken") from error
        start = data.find(b"infe", start + 4, _META_BYTES)
