"""A writer of small BMPs in any layout."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.unit.processor.imaging.formats.reading import Color

WIDTH, HEIGHT = 3, 2
RED, GREEN, BLUE, WHITE, BLACK = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0)
PIXELS = [RED, GREEN, BLUE, WHITE, BLACK, RED]
PALETTE = [RED, GREEN, BLUE, WHITE, BLACK]
INDEXES = [PALETTE.index(color) for color in PIXELS]
RAW, RLE8, RLE4, FIELDS, ALPHA_FIELDS = 0, 1, 2, 3, 6


def write(
    pixels: bytes,
    bits: int,
    compression: int = RAW,
    *,
    size: tuple[int, int] = (WIDTH, HEIGHT),
    colors: int = 0,
    header_bytes: int = 40,
    after_header: bytes = b"",
    masks: Sequence[int] = (),
    offset: int | None = None,
    planes: int = 1,
) -> bytes:
    """Return a BMP with a Windows or OS/2 version 2 header, cut off or extended to a size."""
    fields = struct.pack(
        "<IiiHHIIiiII", header_bytes, *size, planes, bits, compression, len(pixels), 0, 0, colors, 0
    )
    packed = struct.pack(f"<{len(masks)}I", *masks)
    header = (fields + packed if header_bytes > 40 else fields).ljust(header_bytes, b"\0")[:header_bytes]
    body = header + (packed if header_bytes == 40 else b"") + after_header
    start = 14 + len(body) if offset is None else offset
    return b"BM" + struct.pack("<IHHI", start + len(pixels), 0, 0, start) + body + pixels


def palette(colors: Sequence[Color] = PALETTE, size: int = 4) -> bytes:
    return b"".join(bytes((blue, green, red, 0))[:size] for red, green, blue in colors)


def rows(values: Sequence[int], bits: int, *, is_top_down: bool = False) -> bytes:
    """Pack two rows of pixels, the lower one first, each filled up to 4 bytes."""
    packed = []
    for row in (values[:WIDTH], values[WIDTH:]):
        if bits >= 8:
            data = b"".join(value.to_bytes(bits // 8, "little") for value in row)
        else:
            joined = sum(value << bits * (7 - index) for index, value in enumerate(row))
            data = joined.to_bytes(bits, "big")[: (WIDTH * bits + 7) // 8]
        packed.append(data.ljust((len(data) + 3) // 4 * 4, b"\0"))
    return b"".join(packed if is_top_down else reversed(packed))


def number(color: Color) -> int:
    return int.from_bytes(bytes(color), "big")
