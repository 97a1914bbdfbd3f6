"""The gamma and the primaries of a PNG, as Chromium applies them."""

from __future__ import annotations

import struct
import zlib

import pytest
from PIL import Image

from tests.unit.processor.imaging.support import (
    CENTER,
    SIZE,
    close_to,
    convert,
    linear_profile,
    prepare_file,
    save,
)

SRGB_POINTS = (31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)
SWAPPED_POINTS = (31270, 32900, 30000, 60000, 64000, 33000, 15000, 6000)  # red and green


def chunk(kind: bytes, *values: int) -> bytes:
    content = kind + struct.pack(f">{len(values)}I", *values)
    return struct.pack(">I", len(content) - 4) + content + struct.pack(">I", zlib.crc32(content))


LINEAR = chunk(b"gAMA", 100_000)
PERCEPTUAL = struct.pack(">I4sBI", 1, b"sRGB", 0, zlib.crc32(b"sRGB\0"))


def png(mode: str, color: int | tuple[int, ...], *chunks: bytes, **options: object) -> bytes:
    data = save(Image.new(mode, SIZE, color), "PNG", **options)
    return data[:33] + b"".join(chunks) + data[33:]


# Of linear light 128 / 255, sRGB's value is 188; of 60 / 255, 133; of 200 / 255, 229.
@pytest.mark.parametrize(
    ("mode", "color", "expected"),
    [
        ("L", 128, (188, 188, 188)),
        ("I;16", 128 * 257, (188, 188, 188)),
        ("LA", (128, 255), (188, 188, 188)),
        ("RGB", (128, 60, 200), (188, 133, 229)),
        ("RGBA", (128, 60, 200, 255), (188, 133, 229)),
        ("RGBA", (128, 60, 200, 0), (255, 255, 255)),
        ("LA", (0, 128), (127, 127, 127)),  # blended in sRGB
    ],
)
def test_gamma_is_applied(mode: str, color: int | tuple[int, ...], expected: tuple[int, ...]) -> None:
    assert convert(png(mode, color, LINEAR)).getpixel(CENTER) == close_to(*expected)


def test_gamma_is_applied_to_a_palette() -> None:
    data = save(Image.new("RGB", SIZE, (128, 60, 200)).quantize(), "PNG")
    assert convert(data[:33] + LINEAR + data[33:]).getpixel(CENTER) == close_to(188, 133, 229)


@pytest.mark.parametrize(
    ("chunks", "expected"),
    [
        ((chunk(b"cHRM", *SWAPPED_POINTS),), (60, 128, 200)),
        ((LINEAR, chunk(b"cHRM", *SWAPPED_POINTS)), (133, 188, 229)),
        ((LINEAR, chunk(b"cHRM", *SRGB_POINTS)), (188, 133, 229)),
        ((LINEAR, chunk(b"cHRM", *(0,) * 8)), (188, 133, 229)),  # describes no colors
    ],
)
def test_primaries_are_applied(chunks: tuple[bytes, ...], expected: tuple[int, ...]) -> None:
    assert convert(png("RGB", (128, 60, 200), *chunks)).getpixel(CENTER) == close_to(*expected)


@pytest.mark.parametrize(
    "chunks",
    [
        (chunk(b"gAMA", 45_455),),
        (chunk(b"gAMA", 45_455), chunk(b"cHRM", *SRGB_POINTS)),
        (chunk(b"gAMA", 0),),
        (chunk(b"gAMA", 999),),
        (PERCEPTUAL, LINEAR),
        (PERCEPTUAL, chunk(b"cHRM", *SWAPPED_POINTS)),
    ],
)
def test_srgb_and_invalid_values_leave_the_picture_as_it_is(chunks: tuple[bytes, ...]) -> None:
    assert prepare_file(png("RGB", (128, 60, 200), *chunks)).body is None


def test_a_color_profile_precedes_primaries() -> None:
    data = png("RGB", (128, 60, 200), chunk(b"cHRM", *SWAPPED_POINTS), icc_profile=linear_profile())
    image = prepare_file(data)
    assert image.body is None
    assert image.image.getpixel(CENTER) == close_to(188, 133, 229)
