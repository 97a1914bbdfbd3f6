"""A writer of small TIFFs in any layout, for those that Pillow doesn't write."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Tags = Mapping[int, int | Sequence[int] | bytes | None]

SUBFILE_TYPE, WIDTH, HEIGHT, BITS, COMPRESSION = 254, 256, 257, 258, 259
PHOTOMETRIC, MAKE, OFFSETS, ORIENTATION = 262, 271, 273, 274
SAMPLES, ROWS, BYTE_COUNTS, PLANAR, PALETTE, TILE_WIDTH, TILE_HEIGHT = 277, 278, 279, 284, 320, 322, 323
PREDICTOR, TILE_OFFSETS, TILE_BYTE_COUNTS, SUB_IFDS, EXTRA, FORMAT = 317, 324, 325, 330, 338, 339


def write_tiff(
    size: tuple[int, int], strips: Sequence[bytes], tags: Tags, *, order: str = "<", subs: Sequence[Tags] = ()
) -> bytes:
    """Return a classic TIFF with these strips. A tag that is None is left out; `subs` become SubIFDs."""
    data = bytearray((b"II*\0" if order == "<" else b"MM\0*") + bytes(4))
    offsets = []
    for strip in strips:
        offsets.append(len(data))
        data += strip + bytes(len(strip) % 2)
    starts = []
    for sub in subs:
        starts.append(len(data))
        data += write_directory(sub, len(data), order)
    first: dict[int, int | Sequence[int] | bytes | None] = {
        WIDTH: size[0],
        HEIGHT: size[1],
        OFFSETS: offsets,
        ROWS: size[1],
        BYTE_COUNTS: [len(strip) for strip in strips],
    }
    if starts:
        first[SUB_IFDS] = starts
    struct.pack_into(order + "I", data, 4, len(data))
    return bytes(data + write_directory(first | dict(tags), len(data), order))


def write_directory_first(tags: Tags, strip: bytes) -> bytes:
    """Return a little-endian TIFF whose only strip is behind the directory and its values."""
    start = 8 + len(write_directory({**tags, OFFSETS: 8}, 8, "<"))
    return b"II*\0" + struct.pack("<I", 8) + write_directory({**tags, OFFSETS: start}, 8, "<") + strip


def write_directory(tags: Tags, start: int, order: str, next_start: int = 0) -> bytes:
    """Return an IFD that begins at `start`, with its values behind it."""
    present = [(tag, value) for tag, value in sorted(tags.items()) if value is not None]
    entries, values = b"", b""
    values_start = start + 2 + 12 * len(present) + 4
    for tag, value in present:
        kind, count, packed = _pack(value, order)
        entries += struct.pack(order + "HHI", tag, kind, count)
        if len(packed) > 4:
            entries += struct.pack(order + "I", values_start + len(values))
            values += packed + bytes(len(packed) % 2)
        else:
            entries += packed.ljust(4, b"\0")
    return struct.pack(order + "H", len(present)) + entries + struct.pack(order + "I", next_start) + values


def _pack(value: int | Sequence[int] | bytes, order: str) -> tuple[int, int, bytes]:
    """Return the type, the count and the bytes of a tag's values: ASCII, SHORT or LONG."""
    if isinstance(value, bytes):
        return 2, len(value), value
    numbers = [value] if isinstance(value, int) else list(value)
    kind, letter = (4, "I") if max([0, *numbers]) > 65535 else (3, "H")
    return kind, len(numbers), struct.pack(f"{order}{len(numbers)}{letter}", *numbers)
