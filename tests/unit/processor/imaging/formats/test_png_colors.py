"""PNG: palettes are shown as in Chromium, and a transparent color becomes white."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest

from tests.unit.processor.imaging.formats.png_files import (
    END,
    HEIGHT,
    PALETTE,
    PIXELS,
    WIDTH,
    chunk,
    gray_png,
    palette_png,
    rgb_png,
    wide_rgb_png,
)
from tests.unit.processor.imaging.support import prepare_file

COLORS = {"red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255), "dark": (9, 9, 9)}


@pytest.mark.parametrize(
    ("chunks", "after", "first"),
    [
        ((chunk(b"PLTE", PALETTE), chunk(b"tRNS", b"\0")), END, "white"),
        ((chunk(b"PLTE", PALETTE), chunk(b"tRNS", b"\0\xff\xff\xff\xff\xff")), END, "white"),
        ((chunk(b"PLTE", PALETTE), chunk(b"tRNS", b"\0"), chunk(b"tRNS", b"\xff\0")), END, "white"),
        ((chunk(b"tRNS", b"\0"), chunk(b"PLTE", PALETTE)), END, "red"),
        ((chunk(b"PLTE", PALETTE),), chunk(b"tRNS", b"\0") + END, "red"),
        ((chunk(b"PLTE", PALETTE), chunk(b"tRNS", b"\0", crc=0)), END, "red"),
        ((chunk(b"PLTE", PALETTE), chunk(b"tRNS")), END, "red"),
        ((chunk(b"PLTE", PALETTE + b"\1\2"),), END, "red"),
        ((chunk(b"PLTE", PALETTE), chunk(b"PLTE", PALETTE[::-1])), END, "red"),
        ((chunk(b"PLTE", PALETTE + bytes(900)),), END, "red"),
        ((chunk(b"PLTE", PALETTE[:9]),), END, "red, without the last color"),
    ],
)
def test_an_odd_palette_is_shown_as_in_chromium(chunks: tuple[bytes, ...], after: bytes, first: str) -> None:
    columns = dict(COLORS)
    if first == "white":
        columns["red"] = (255, 255, 255)
    if first == "red, without the last color":
        columns["dark"] = columns["blue"]
    row = b"".join(bytes(color) * (WIDTH // 4) for color in columns.values())
    assert prepare_file(palette_png(*chunks, after=after)).image.tobytes() == row * HEIGHT


def step(depth: int) -> Callable[[int], int]:
    return lambda x: (x * 7) % (1 << depth)


@pytest.mark.parametrize("depth", [1, 2, 4, 8, 16])
@pytest.mark.parametrize("high_bits", [0, 0x100])
@pytest.mark.parametrize("low_bits", [0, 1])
def test_a_transparent_gray_becomes_white(depth: int, high_bits: int, low_bits: int) -> None:
    key = low_bits if depth < 16 else 6 + low_bits + high_bits
    value = step(depth) if depth < 16 else (lambda x: (x % 3 + 6) + high_bits)
    expected = [255 if value(x) == key else _to_8_bits(value(x), depth) for x in range(WIDTH)]
    written = key | high_bits if depth < 16 else key  # bits above the depth are ignored
    image = prepare_file(gray_png(depth, value, written)).image
    assert image.tobytes() == b"".join(bytes((gray, gray, gray)) for gray in expected) * HEIGHT


def _to_8_bits(value: int, depth: int) -> int:
    return value >> 8 if depth == 16 else value * 255 // ((1 << depth) - 1)


def test_a_transparent_rgb_color_of_16_bits_becomes_white_where_all_bits_are_equal() -> None:
    key = (0x1234, 0x5678, 0x9ABC)
    greens = (0x5678, 0x5679, 0x5778)
    image = prepare_file(wide_rgb_png(lambda x: (key[0], greens[x % 3], key[2]), key)).image
    colors = ((255, 255, 255), (0x12, 0x56, 0x9A), (0x12, 0x57, 0x9A))
    assert image.tobytes() == b"".join(bytes(colors[x % 3]) for x in range(WIDTH)) * HEIGHT


def test_a_transparent_rgb_color_of_8_bits_becomes_white() -> None:
    pixels = prepare_file(rgb_png(chunk(b"tRNS", struct.pack(">HHH", 0xAB00, 0xAB00, 90)))).image.tobytes()
    assert pixels == b"\xff\xff\xff" + PIXELS[3:]
