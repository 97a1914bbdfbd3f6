"""Where a TIFF's pixels are stored: strips or tiles."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from common.rejections import Rejection
from processor.imaging.formats.tiff_layout import OLD_JPEG
from processor.imaging.size import MAX_PIXELS

if TYPE_CHECKING:
    from processor.imaging.formats.tiff_layout import Layout
    from processor.imaging.formats.tiff_tags import Directory

_STRIP_OFFSETS, _ROWS_PER_STRIP, _STRIP_BYTE_COUNTS = 273, 278, 279
_TILE_WIDTH, _TILE_HEIGHT, _TILE_OFFSETS, _TILE_BYTE_COUNTS = 322, 323, 324, 325


def check_strips(tags: Directory, layout: Layout) -> None:
    """Raise Rejection if strips or tiles can't be read into memory, or are left out on purpose."""
    # A tile is allocated whole, however small the image is.
    if tags.integer(_TILE_WIDTH, 0) * tags.integer(_TILE_HEIGHT, 0) > MAX_PIXELS:
        raise Rejection.of("too-complex")
    if layout.compression == OLD_JPEG:  # may be stored outside strips
        return
    # GDAL leaves out empty strips and tiles: offset and size are 0, and libtiff fails.
    for offsets, counts in ((_STRIP_OFFSETS, _STRIP_BYTE_COUNTS), (_TILE_OFFSETS, _TILE_BYTE_COUNTS)):
        if (0, 0) in zip(tags.integers(offsets), tags.integers(counts), strict=False):
            raise Rejection.of("unsupported-format", format="Sparse TIFF")


def find_byte_counts(tags: Directory, layout: Layout, size: tuple[int, int]) -> tuple[int, list[int]] | None:
    """Return the tag of the byte counts and what it should be, or None if it is right or can't be known.

    The sizes of uncompressed strips follow from the layout (TIFF 6.0, section 3). Many programs write them
    wrongly or not at all. Most viewers don't need them, but libtiff does.
    """
    if not layout.has_computable_size:
        return None
    if _TILE_OFFSETS in tags:
        offsets, byte_counts = tags.integers(_TILE_OFFSETS), _TILE_BYTE_COUNTS
        tile = layout.row_bytes(tags.integer(_TILE_WIDTH, 0)) * tags.integer(_TILE_HEIGHT, 0)
        expected = [tile] * len(offsets)
    else:
        offsets, byte_counts = tags.integers(_STRIP_OFFSETS), _STRIP_BYTE_COUNTS
        expected = _count_strip_bytes(len(offsets), tags.integer(_ROWS_PER_STRIP, size[1]), layout, size)
    if not expected or tags.integers(byte_counts) == tuple(expected):
        return None
    return byte_counts, expected


def _count_strip_bytes(strips: int, rows: int, layout: Layout, size: tuple[int, int]) -> list[int]:
    """Return the bytes of each strip, or nothing if their number is wrong."""
    width, height = size
    planes = layout.samples if layout.is_planar else 1
    if rows < 1 or math.ceil(height / rows) * planes != strips:
        return []
    plane = [min(rows, height - top) * layout.row_bytes(width) for top in range(0, height, rows)]
    return plane * planes
