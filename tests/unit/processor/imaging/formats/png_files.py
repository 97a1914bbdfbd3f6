"""Builds PNG files chunk by chunk."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

SIGNATURE = b"\x89PNG\r\n\x1a\n"
WIDTH, HEIGHT = 100, 90
RGB_ROWS = b"".join(
    b"\0" + bytes(value for x in range(WIDTH) for value in (2 * x, 2 * y, 90)) for y in range(HEIGHT)
)
PIXELS = b"".join(
    RGB_ROWS[start + 1 : start + 1 + 3 * WIDTH] for start in range(0, len(RGB_ROWS), 3 * WIDTH + 1)
)
INDEX_ROWS = b"".join(b"\0" + bytes(x * 4 // WIDTH for x in range(WIDTH)) for _ in range(HEIGHT))
PALETTE = bytes((255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9))
EXIF = b"MM\0*\0\0\0\x08\0\1" + struct.pack(">HHIHHI", 274, 3, 1, 3, 0, 0)  # orientation 3


def chunk(kind: bytes, content: bytes = b"", crc: int | None = None, length: int | None = None) -> bytes:
    """Return a chunk, with a wrong CRC or length if one is given."""
    return (
        struct.pack(">I", len(content) if length is None else length)
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content) if crc is None else crc)
    )


def header(
    depth: int, color_type: int, width: int = WIDTH, height: int = HEIGHT, interlace: int = 0
) -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, interlace))


END = chunk(b"IEND")
RGB_HEADER, RGB_DATA = header(8, 2), zlib.compress(RGB_ROWS)
INDEX_HEADER, INDEX_DATA = header(8, 3), zlib.compress(INDEX_ROWS)


def rgb_png(*before: bytes, after: bytes = END, data: bytes = chunk(b"IDAT", RGB_DATA)) -> bytes:
    """Return an RGB PNG with chunks before and after its pixels."""
    return SIGNATURE + RGB_HEADER + b"".join(before) + data + after


def palette_png(*before: bytes, after: bytes = END) -> bytes:
    """Return a palette PNG of four columns, with chunks before and after its pixels."""
    return SIGNATURE + INDEX_HEADER + b"".join(before) + chunk(b"IDAT", INDEX_DATA) + after


def gray_png(depth: int, value: Callable[[int], int], key: int | None = None) -> bytes:
    """Return a gray PNG whose columns have these samples, and its transparent sample."""
    bits = "".join(f"{value(x):0{depth}b}" for x in range(WIDTH))
    bits += "0" * (-len(bits) % 8)
    row = b"\0" + int(bits, 2).to_bytes(len(bits) // 8, "big")
    transparency = b"" if key is None else chunk(b"tRNS", struct.pack(">H", key))
    return SIGNATURE + header(depth, 0) + transparency + chunk(b"IDAT", zlib.compress(row * HEIGHT)) + END


def wide_rgb_png(value: Callable[[int], tuple[int, int, int]], key: tuple[int, int, int]) -> bytes:
    """Return a 16-bit RGB PNG whose columns have these samples, and its transparent color."""
    row = b"\0" + b"".join(struct.pack(">HHH", *value(x)) for x in range(WIDTH))
    transparency = chunk(b"tRNS", struct.pack(">HHH", *key))
    return SIGNATURE + header(16, 2) + transparency + chunk(b"IDAT", zlib.compress(row * HEIGHT)) + END
