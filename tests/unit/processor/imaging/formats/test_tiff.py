"""TIFFs of every layout, compression and orientation are shown in their right colors."""

from __future__ import annotations

import random
import struct
import zlib
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from processor.imaging.decode import decode, open_image
from tests.unit.processor.imaging.formats.reading import (
    Color,
    assert_close,
    flat,
    gray,
    read,
    reject,
    unsupported,
)
from tests.unit.processor.imaging.formats.tiff_files import (
    BITS,
    COMPRESSION,
    EXTRA,
    FORMAT,
    ORIENTATION,
    PALETTE,
    PHOTOMETRIC,
    PLANAR,
    SAMPLES,
    write_tiff,
)
from tests.unit.processor.imaging.support import save

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.unit.processor.imaging.formats.tiff_files import Tags

SIZE = (4, 2)
GRAY = (0, 36, 73, 109, 146, 182, 219, 255)
COLORS = (
    (255, 0, 0),
    (0, 255, 0),
    (0, 0, 255),
    (255, 255, 255),
    (10, 200, 90),
    (60, 5, 250),
    (128, 128, 0),
    (0, 0, 0),
)
ALPHA = (255, 128, 0, 255, 255, 64, 200, 0)
ORDERS = pytest.mark.parametrize("order", ["<", ">"])


def pack(order: str, letter: str, values: Sequence[float]) -> bytes:
    return struct.pack(f"{order}{len(values)}{letter}", *values)


def on_white(colors: Sequence[Color], alphas: Sequence[int]) -> list[Color]:
    return [
        tuple(round((value * alpha + 255 * (255 - alpha)) / 255) for value in color)  # type: ignore[misc]
        for color, alpha in zip(colors, alphas, strict=True)
    ]


def write(values: bytes, tags: Tags, order: str = "<") -> bytes:
    return write_tiff(
        SIZE, [values], {COMPRESSION: 1, SAMPLES: 1, BITS: 8, PHOTOMETRIC: 1, **tags}, order=order
    )


@ORDERS
@pytest.mark.parametrize("compression", [1, 8])
@pytest.mark.parametrize("photometric", [0, 1])
def test_16_bit_gray(order: str, compression: int, photometric: int) -> None:
    samples = [value * 257 if photometric else 65535 - value * 257 for value in GRAY]
    values = pack(order, "H", samples)
    data = write(
        zlib.compress(values) if compression == 8 else values,
        {BITS: 16, COMPRESSION: compression, PHOTOMETRIC: photometric},
        order,
    )
    assert read(data) == gray(*GRAY)


@ORDERS
@pytest.mark.parametrize("compression", [1, 8])
@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("is_planar", [False, True])
def test_rgb(order: str, compression: int, bits: int, is_planar: bool) -> None:
    planes = list(zip(*COLORS, strict=True)) if is_planar else [flat(COLORS)]
    scale, letter = (1, "B") if bits == 8 else (257, "H")
    strips = [pack(order, letter, [value * scale for value in plane]) for plane in planes]
    if compression == 8:
        strips = [zlib.compress(strip) for strip in strips]
    tags: Tags = {
        BITS: [bits] * 3,
        SAMPLES: 3,
        PHOTOMETRIC: 2,
        PLANAR: 1 + is_planar,
        COMPRESSION: compression,
    }
    assert read(write_tiff(SIZE, strips, tags, order=order)) == list(COLORS)


@ORDERS
@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("is_planar", [False, True])
@pytest.mark.parametrize("extra", [0, 1, 2])
def test_rgb_with_an_extra_sample(order: str, bits: int, is_planar: bool, extra: int) -> None:
    colors = [(*color, alpha) for color, alpha in zip(COLORS, ALPHA, strict=True)]
    if extra == 1:  # associated alpha: colors are multiplied by it
        colors = [(*(round(value * pixel[3] / 255) for value in pixel[:3]), pixel[3]) for pixel in colors]  # type: ignore[misc]
    planes = list(zip(*colors, strict=True)) if is_planar else [flat(colors)]
    scale, letter = (1, "B") if bits == 8 else (257, "H")
    strips = [pack(order, letter, [value * scale for value in plane]) for plane in planes]
    tags: Tags = {BITS: [bits] * 4, SAMPLES: 4, PHOTOMETRIC: 2, PLANAR: 1 + is_planar, EXTRA: extra}
    expected = list(COLORS) if extra == 0 else on_white(COLORS, ALPHA)
    assert_close(read(write_tiff(SIZE, strips, tags, order=order)), expected, 2)


def test_a_fourth_sample_of_rgb_is_alpha_if_nothing_tells() -> None:
    colors = [(*color, alpha) for color, alpha in zip(COLORS, ALPHA, strict=True)]
    data = write(bytes(flat(colors)), {BITS: [8] * 4, SAMPLES: 4, PHOTOMETRIC: 2})
    assert_close(read(data), on_white(COLORS, ALPHA))


@pytest.mark.parametrize("extra", [1, 2])
def test_gray_with_alpha(extra: int) -> None:
    shades = [
        round(value * alpha / 255) if extra == 1 else value for value, alpha in zip(GRAY, ALPHA, strict=True)
    ]
    values = bytes(flat(list(zip(shades, ALPHA, strict=True))))
    data = write(values, {BITS: [8, 8], SAMPLES: 2, EXTRA: extra})
    assert_close(read(data), on_white(gray(*GRAY), ALPHA), 2)


@ORDERS
@pytest.mark.parametrize("bits", [1, 2, 4, 8, 12])
@pytest.mark.parametrize("photometric", [0, 1])
def test_gray_of_other_depths(order: str, bits: int, photometric: int) -> None:
    highest = (1 << bits) - 1
    levels = [round(value * highest / 255) for value in GRAY]
    stored = [level if photometric else highest - level for level in levels]
    rows = (stored[:4], stored[4:])
    packed = b"".join(pack_bits(row, bits) for row in rows)
    expected = gray(*(round(level * 255 / highest) for level in levels))
    assert read(write(packed, {BITS: bits, PHOTOMETRIC: photometric}, order)) == expected


@pytest.mark.parametrize("scale", [1, 257])
def test_a_palette_of_8_or_16_bits(scale: int) -> None:
    palette = [value * scale for plane in zip(*COLORS, *[(0, 0, 0)] * 8, strict=True) for value in plane]
    values = pack_bits([0, 1, 2, 3], 4) + pack_bits([4, 5, 6, 7], 4)
    assert read(write(values, {BITS: 4, PHOTOMETRIC: 3, PALETTE: palette})) == list(COLORS)


@ORDERS
@pytest.mark.parametrize(
    ("sample_format", "bits", "letter"), [(2, 8, "b"), (2, 16, "h"), (2, 32, "i"), (3, 32, "f"), (3, 64, "d")]
)
@pytest.mark.parametrize("photometric", [0, 1])
def test_gray_without_a_range_is_stretched(
    order: str, sample_format: int, bits: int, letter: str, photometric: int
) -> None:
    levels = [round(value / 255 * 100) - 50 for value in GRAY]
    stored = levels if photometric else [-level for level in levels]
    data = write(
        pack(order, letter, stored), {BITS: bits, FORMAT: sample_format, PHOTOMETRIC: photometric}, order
    )
    assert_close(read(data), gray(*GRAY), 2)


@pytest.mark.parametrize("photometric", [0, 1])
def test_floats_from_0_to_1_are_black_to_white(photometric: int) -> None:
    levels = [0.25, 0.25, 0.5, 0.5, 0.5, 0.5, 0.75, 0.75]
    stored = levels if photometric else [1 - level for level in levels]
    data = write(pack("<", "f", stored), {BITS: 32, FORMAT: 3, PHOTOMETRIC: photometric})
    assert_close(read(data), gray(*(round(255 * level) for level in levels)))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_floats_without_finite_extremes_are_not_supported(value: float) -> None:
    data = write(pack("<", "f", [value, *GRAY[1:]]), {BITS: 32, FORMAT: 3})
    assert reject(data) == unsupported("Floating-point TIFF")


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("is_planar", [False, True])
def test_cmyk(bits: int, is_planar: bool) -> None:
    inks = [(*(255 - value for value in color), 0) for color in COLORS]
    planes = list(zip(*inks, strict=True)) if is_planar else [flat(inks)]
    scale, letter = (1, "B") if bits == 8 else (257, "H")
    strips = [pack("<", letter, [value * scale for value in plane]) for plane in planes]
    tags: Tags = {BITS: [bits] * 4, SAMPLES: 4, PHOTOMETRIC: 5, PLANAR: 1 + is_planar}
    assert read(write_tiff(SIZE, strips, tags)) == list(COLORS)


@pytest.mark.parametrize(
    "compression", ["raw", "tiff_lzw", "tiff_adobe_deflate", "tiff_deflate", "packbits", "zstd", "lzma"]
)
@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA", "P"])
def test_lossless_compressions(compression: str, mode: str) -> None:
    image = Image.frombytes("RGB", (90, 60), random.Random(1).randbytes(90 * 60 * 3)).convert(mode)
    expected = image.convert("RGB").tobytes()
    assert bytes(flat(read(save(image, "TIFF", compression=compression)))) == expected


@pytest.mark.parametrize("compression", ["tiff_ccitt", "group3", "group4"])
def test_fax_compressions(compression: str) -> None:
    image = Image.new("1", (90, 60), 1)
    image.paste(0, (10, 10, 50, 40))
    data = save(image, "TIFF", compression=compression)
    assert bytes(flat(read(data))) == image.convert("RGB").tobytes()


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK", "YCbCr"])
def test_jpeg_compression(mode: str) -> None:
    image = Image.new("RGB", (90, 60), (200, 100, 50)).convert(mode)
    data = save(image, "TIFF", compression="jpeg", quality=95)
    assert_close(read(data), list(zip(*[iter(image.convert("RGB").tobytes())] * 3, strict=True)), 4)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_orientation_is_applied_once(orientation: int) -> None:
    stored = Image.new("RGB", (40, 20), "blue")
    stored.paste((255, 0, 0), (0, 0, 20, 10))
    opened = open_image(save(stored, "TIFF", tiffinfo={ORIENTATION: orientation}))
    image = decode(opened, 100).image
    corners = {1: (5, 5), 2: (35, 5), 3: (35, 15), 4: (5, 15), 5: (5, 5), 6: (15, 5), 7: (15, 35), 8: (5, 35)}
    assert image.size == (opened.width, opened.height) == ((40, 20) if orientation < 5 else (20, 40))
    assert image.getpixel(corners[orientation]) == (255, 0, 0)


def test_the_first_page_is_shown() -> None:
    pages = [Image.new("RGB", SIZE, color) for color in ("red", "blue")]
    assert read(save(pages[0], "TIFF", save_all=True, append_images=pages[1:])) == [(255, 0, 0)] * 8


def pack_bits(row: Sequence[int], bits: int) -> bytes:
    """Pack a row of samples, the first into the highest bits, and fill up the last byte."""
    size = len(row) * bits
    number = 0
    for value in row:
        number = number << bits | value
    return (number << -size % 8).to_bytes((size + 7) // 8, "big")
