"""BMPs of every version are shown as browsers show them."""

from __future__ import annotations

import struct

import pytest

from tests.unit.processor.imaging.formats.bmp_files import (
    BLACK,
    BLUE,
    GREEN,
    HEIGHT,
    INDEXES,
    PALETTE,
    PIXELS,
    RED,
    RLE4,
    RLE8,
    WHITE,
    WIDTH,
    number,
    palette,
    rows,
    write,
)
from tests.unit.processor.imaging.formats.reading import read, reject


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


def test_a_wrong_file_size_is_ignored() -> None:
    data = write(rows([number(color) for color in PIXELS], 24), 24)
    assert read(data[:2] + b"\xff\xff\xff\x7f" + data[6:]) == PIXELS


def test_the_filling_of_the_last_row_may_be_missing() -> None:
    data = write(rows([number(color) for color in PIXELS], 24), 24)
    assert read(data[:-3]) == PIXELS
