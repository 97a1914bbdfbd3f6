"""PNG: the work on a file is in proportion to its size, whatever its chunks are."""

from __future__ import annotations

import zlib
from typing import Any

from processor.imaging.formats.png_chunks import read_chunks
from processor.imaging.formats.png_pixels import check_checksum
from tests.unit.processor.imaging.formats.png_files import PIXELS, RGB_DATA, chunk, rgb_png
from tests.unit.processor.imaging.support import linear_profile, prepare_file


def test_only_the_first_profile_counts_even_if_it_is_not_valid() -> None:
    invalid = chunk(b"iCCP", b"p\0\0" + zlib.compress(bytes(3_000_000)))
    valid = chunk(b"iCCP", b"p\0\0" + zlib.compress(linear_profile()))
    assert prepare_file(rgb_png(valid)).image.tobytes() != PIXELS
    assert prepare_file(rgb_png(invalid, valid)).image.tobytes() == PIXELS


class CountedBytes(bytes):
    """Bytes that count how many of them are copied."""

    copied = 0

    def __getitem__(self, key: Any) -> Any:
        part = super().__getitem__(key)
        self.copied += len(part) if isinstance(part, bytes) else 0
        return part


def test_pixels_between_other_chunks_are_found_without_copying_the_file() -> None:
    pixels = (chunk(b"IDAT") + chunk(b"teSt")) * 1000 + chunk(b"IDAT", RGB_DATA)
    data = CountedBytes(rgb_png(data=pixels))
    check_checksum(data, read_chunks(data))
    assert data.copied <= len(data)
