"""BMPs of every version: shown as browsers show them, or rejected for what is unusual about them."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest

from tests.unit.processor.imaging.formats.reading import Color, read, reject, unsupported
from tests.unit.processor.imaging.support import linear_profile

if TYPE_CHECKING:
    from collections.abc import Sequence

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


@pytest.mark.parametrize("bits", [4, 8])
@pytest.mark.parametrize("header_bytes", [40, 52, 56, 64, 108, 124])
def test_a_palette(bits: int, header_bytes: int) -> None:
    data = write(rows(INDEXES, bits), bits, colors=5, header_bytes=header_bytes, after_header=palette())
    assert read(data) == PIXELS


@pytest.mark.parametrize("header_bytes", [16, 20, 24, 36, 48])
def test_an_os2_header_that_is_cut_off(header_bytes: int) -> None:
    colors = [*PALETTE, *[BLACK] * 251]
    data = write(rows(INDEXES, 8), 8, header_bytes=header_bytes, after_header=palette(colors))
    assert read(data) == PIXELS


@pytest.mark.parametrize("count", [5, 256])
def test_an_os2_version_1_header(count: int) -> None:
    colors = palette([*PALETTE, *[BLACK] * (count - 5)], 3)
    header = struct.pack("<IHHHH", 12, WIDTH, HEIGHT, 1, 8) + colors
    data = b"BM" + struct.pack("<IHHI", 26, 7, 7, 14 + len(header)) + header + rows(INDEXES, 8)
    assert read(data) == PIXELS


@pytest.mark.parametrize("bits", [1, 2])
def test_few_colors(bits: int) -> None:
    pixels = [index % 2 for index in INDEXES]
    data = write(rows(pixels, bits), bits, after_header=palette([RED, GREEN, BLUE, WHITE][: 1 << bits]))
    assert read(data) == [(RED, GREEN)[pixel] for pixel in pixels]


@pytest.mark.parametrize("colors", [3, 300, 0x7FFFFFFF])
def test_a_palette_of_a_wrong_size(colors: int) -> None:
    entries = palette([*PALETTE, *[BLACK] * max(0, min(colors, 300) - 5)][: min(colors, 300)])
    expected = [PALETTE[index] if index < colors else BLACK for index in INDEXES]
    assert read(write(rows(INDEXES, 8), 8, colors=colors, after_header=entries)) == expected


def test_pixels_that_the_header_expects_in_the_palette() -> None:
    assert read(write(rows(INDEXES, 8), 8, colors=5, after_header=palette(), offset=54)) == PIXELS


def test_rows_from_the_top() -> None:
    pixels = rows([number(color) for color in PIXELS], 24, is_top_down=True)
    assert read(write(pixels, 24, size=(WIDTH, -HEIGHT))) == PIXELS


@pytest.mark.parametrize("bits", [24, 32])
def test_plain_colors(bits: int) -> None:
    unused = 0x80000000 if bits == 32 else 0
    data = write(rows([number(color) | unused for color in PIXELS], bits), bits, planes=5)
    assert read(data) == PIXELS


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


RUNS = {
    "runs": (8, bytes((1, 3, 1, 4, 1, 0, 0, 0, 1, 0, 1, 1, 1, 2, 0, 1))),
    "stored pixels": (8, bytes((0, 3, 3, 4, 0, 0, 0, 0, 0, 3, 0, 1, 2, 0, 0, 1))),
    "runs of four bits": (4, bytes((2, 0x34, 1, 0, 0, 0, 2, 0x01, 1, 0x20, 0, 1))),
    "stored pixels of four bits": (4, bytes((0, 3, 0x34, 0x00, 0, 0, 0, 3, 0x01, 0x20, 0, 1))),
    "no end marker": (8, bytes((1, 3, 1, 4, 1, 0, 0, 0, 1, 0, 1, 1, 1, 2))),
    "runs that are too long": (8, bytes((1, 3, 1, 4, 99, 0, 0, 0, 1, 0, 1, 1, 99, 2, 0, 1))),
    "too many rows": (8, bytes((1, 3, 1, 4, 1, 0, 0, 0, 1, 0, 1, 1, 1, 2, 0, 0, 9, 9, 0, 0, 9, 9))),
}


@pytest.mark.parametrize("name", RUNS)
def test_run_length_codes(name: str) -> None:
    bits, codes = RUNS[name]
    compression = RLE8 if bits == 8 else RLE4
    assert read(write(codes, bits, compression, colors=5, after_header=palette())) == PIXELS


@pytest.mark.parametrize(("bits", "compression"), [(8, RLE8), (4, RLE4)])
def test_pixels_that_are_skipped_have_the_first_color(bits: int, compression: int) -> None:
    green, blue = (1, 2) if bits == 8 else (0x11, 0x22)
    codes = bytes((1, green, 0, 2, 1, 0, 1, blue, 0, 2, 0, 1, 0, 1))
    data = write(codes, bits, compression, colors=5, after_header=palette())
    assert read(data) == [RED, RED, RED, GREEN, RED, BLUE]


@pytest.mark.parametrize("kept", [5, 9])
def test_codes_that_are_cut_off_are_damage(kept: int) -> None:
    codes = RUNS["stored pixels"][1][:kept]
    assert reject(write(codes, 8, RLE8, colors=5, after_header=palette()))[0] == "broken"


def test_an_embedded_color_profile_is_applied() -> None:
    profile = linear_profile()
    header = struct.pack("<IiiHHIIiiII", 124, WIDTH, HEIGHT, 1, 24, 0, 0, 0, 0, 0, 0) + bytes(16) + b"DEBM"
    header = header.ljust(112, b"\0") + struct.pack("<III", 124, len(profile), 0)
    data = b"BM" + struct.pack("<IHHI", 0, 0, 0, 14 + 124 + len(profile)) + header + profile
    assert read(data + rows([0x808080] * 6, 24)) == [(188, 188, 188)] * 6


def test_a_wrong_file_size_is_ignored() -> None:
    data = write(rows([number(color) for color in PIXELS], 24), 24)
    assert read(data[:2] + b"\xff\xff\xff\x7f" + data[6:]) == PIXELS


def test_the_filling_of_the_last_row_may_be_missing() -> None:
    data = write(rows([number(color) for color in PIXELS], 24), 24)
    assert read(data[:-3]) == PIXELS


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
