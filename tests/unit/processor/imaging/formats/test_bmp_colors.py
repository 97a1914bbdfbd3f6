"""BMPs with fields, alpha and profiles are shown as browsers show them."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest

from tests.unit.processor.imaging.formats.bmp_files import (
    ALPHA_FIELDS,
    BLUE,
    FIELDS,
    HEIGHT,
    PIXELS,
    RED,
    WHITE,
    WIDTH,
    number,
    rows,
    write,
)
from tests.unit.processor.imaging.formats.reading import read
from tests.unit.processor.imaging.support import linear_profile

if TYPE_CHECKING:
    from collections.abc import Sequence

FIELD_MASKS = {
    "565": (16, (0xF800, 0x7E0, 0x1F)),
    "555": (16, (0x7C00, 0x3E0, 0x1F)),
    "231": (16, (0x30, 0xE, 0x1)),
    "3:10:3": (16, (0xE000, 0x1FF8, 0x7)),
    "4444 without alpha": (16, (0xF00, 0xF0, 0xF)),
    "BGR": (32, (0xFF, 0xFF00, 0xFF0000)),
    "the highest bytes": (32, (0xFF000000, 0xFF0000, 0xFF00)),
    "11:11:10": (32, (0xFFE00000, 0x1FFC00, 0x3FF)),
    "7:18:7": (32, (0xFE000000, 0x1FFFF80, 0x7F)),
    "10:10:10": (32, (0x3FF00000, 0xFFC00, 0x3FF)),
}


def pack_fields(values: Sequence[int], masks: Sequence[int]) -> int:
    """Return the pixel whose channels have these values of 0 to 255, scaled to the masks."""
    pixel = 0
    for value, mask in zip(values, masks, strict=True):
        low = mask & -mask
        pixel |= round(value * (mask // low) / 255) * low if mask else 0
    return pixel


@pytest.mark.parametrize("name", FIELD_MASKS)
@pytest.mark.parametrize("header_bytes", [40, 52, 56, 108, 124])
def test_bit_fields(name: str, header_bytes: int) -> None:
    bits, masks = FIELD_MASKS[name]
    pixels = rows([pack_fields(color, masks) for color in PIXELS], bits)
    assert read(write(pixels, bits, FIELDS, header_bytes=header_bytes, masks=masks)) == PIXELS


@pytest.mark.parametrize("bits", [16, 32])
def test_bit_fields_of_zeros_are_the_default(bits: int) -> None:
    masks = (0x7C00, 0x3E0, 0x1F) if bits == 16 else (0xFF0000, 0xFF00, 0xFF)
    pixels = rows([pack_fields(color, masks) for color in PIXELS], bits)
    assert read(write(pixels, bits, FIELDS, masks=(0, 0, 0))) == PIXELS


def test_16_bits_without_fields_are_555() -> None:
    masks = (0x7C00, 0x3E0, 0x1F)
    assert read(write(rows([pack_fields(color, masks) | 0x8000 for color in PIXELS], 16), 16)) == PIXELS


ALPHA_MASKS = {
    "4444": (16, (0xF00, 0xF0, 0xF, 0xF000)),
    "5551": (16, (0x7C00, 0x3E0, 0x1F, 0x8000)),
    "8888": (32, (0xFF0000, 0xFF00, 0xFF, 0xFF000000)),
    "alpha first": (32, (0xFF000000, 0xFF0000, 0xFF00, 0xFF)),
    "10:10:10:2": (32, (0x3FF00000, 0xFFC00, 0x3FF, 0xC0000000)),
    "8:12:8:4": (32, (0xFF000000, 0xFFF000, 0xFF0, 0xF)),
}


@pytest.mark.parametrize("name", ALPHA_MASKS)
@pytest.mark.parametrize(("compression", "header_bytes"), [(FIELDS, 56), (FIELDS, 124), (ALPHA_FIELDS, 40)])
def test_alpha(name: str, compression: int, header_bytes: int) -> None:
    bits, masks = ALPHA_MASKS[name]
    alphas = [255, 0, 255, 255, 0, 255]
    pixels = [pack_fields((*color, alpha), masks) for color, alpha in zip(PIXELS, alphas, strict=True)]
    data = write(rows(pixels, bits), bits, compression, header_bytes=header_bytes, masks=masks)
    assert read(data) == [RED, WHITE, BLUE, WHITE, WHITE, RED]


def test_alpha_that_is_zero_everywhere_is_unused() -> None:
    bits, masks = ALPHA_MASKS["8888"]
    assert (
        read(
            write(
                rows([number(color) for color in PIXELS], bits), bits, FIELDS, header_bytes=124, masks=masks
            )
        )
        == PIXELS
    )


def test_an_embedded_color_profile_is_applied() -> None:
    profile = linear_profile()
    header = struct.pack("<IiiHHIIiiII", 124, WIDTH, HEIGHT, 1, 24, 0, 0, 0, 0, 0, 0) + bytes(16) + b"DEBM"
    header = header.ljust(112, b"\0") + struct.pack("<III", 124, len(profile), 0)
    data = b"BM" + struct.pack("<IHHI", 0, 0, 0, 14 + 124 + len(profile)) + header + profile
    assert read(data + rows([0x808080] * 6, 24)) == [(188, 188, 188)] * 6
