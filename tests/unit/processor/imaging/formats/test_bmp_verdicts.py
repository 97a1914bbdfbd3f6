"""BMPs are rejected for what is unusual or missing."""

from __future__ import annotations

import pytest

from tests.unit.processor.imaging.formats.bmp_files import FIELDS, RLE8, write
from tests.unit.processor.imaging.formats.reading import reject, unsupported

UNSUPPORTED = {
    "BMP (JPEG compression)": (0, 4, 40),
    "BMP (PNG compression)": (0, 5, 40),
    "BMP (RLE24 compression)": (24, 4, 64),
    "BMP (Huffman compression)": (1, 3, 64),
    "BMP (CMYK colors)": (32, 11, 40),
    "BMP (24-bit fields)": (24, 3, 40),
    "64-bit BMP": (64, 0, 40),
}


@pytest.mark.parametrize("name", UNSUPPORTED)
def test_what_is_not_supported_is_named(name: str) -> None:
    bits, compression, header_bytes = UNSUPPORTED[name]
    data = write(bytes(64), bits, compression, header_bytes=header_bytes)
    assert reject(data) == unsupported(name)


BROKEN = {
    "no width": write(bytes(24), 24, size=(0, 2)),
    "no height": write(bytes(24), 24, size=(3, 0)),
    "a negative width": write(bytes(24), 24, size=(-3, 2)),
    "an impossible depth": write(bytes(24), 7),
    "runs of 24 bits": write(bytes(24), 24, RLE8),
    "an unknown compression": write(bytes(24), 24, 99),
    "a missing row": write(bytes(12), 24),
    "a field with gaps": write(bytes(24), 32, FIELDS, masks=(0xF0F, 0xF0, 0xF000)),
    "a field outside the pixel": write(bytes(16), 16, FIELDS, masks=(0x1F0000, 0x3E0, 0x1F)),
    "no header": write(bytes(24), 24)[:20],
}


@pytest.mark.parametrize("problem", BROKEN)
def test_missing_or_impossible_pixels_are_damage(problem: str) -> None:
    assert reject(BROKEN[problem])[0] == "broken"


@pytest.mark.parametrize("size", [(2**31 - 1, 2), (2, -(2**31)), (20_000, 20_000)])
def test_a_huge_size_is_named_before_memory_is_allocated(size: tuple[int, int]) -> None:
    assert reject(write(bytes(24), 24, size=size))[0] == "too-many-pixels"
