"""TIFFs of every layout: shown in their right colors, or rejected for what is unusual about them."""

from __future__ import annotations

import random
import struct
import zlib
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from common.rejections import Rejection
from processor.imaging.decode import decode, open_image, reject_damaged
from tests.unit.processor.imaging.formats.tiff_files import (
    BITS,
    BYTE_COUNTS,
    COMPRESSION,
    EXTRA,
    FORMAT,
    HEIGHT,
    OFFSETS,
    ORIENTATION,
    PALETTE,
    PHOTOMETRIC,
    PLANAR,
    PREDICTOR,
    ROWS,
    SAMPLES,
    TILE_BYTE_COUNTS,
    TILE_HEIGHT,
    TILE_OFFSETS,
    TILE_WIDTH,
    WIDTH,
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
Color = tuple[int, int, int]


def read(data: bytes) -> list[Color]:
    """Return the pixels that a file is shown with, row by row."""
    opened = open_image(data)
    with reject_damaged():
        image = decode(opened, 100).image
    return list(zip(*[iter(image.tobytes())] * 3, strict=True))


def reject(data: bytes) -> tuple[str, str]:
    """Return the code and the message of a file that is rejected."""
    with pytest.raises(Rejection) as caught:
        read(data)
    return caught.value.code, caught.value.message


def unsupported(name: str) -> tuple[str, str]:
    rejection = Rejection.of("unsupported-format", format=name)
    return rejection.code, rejection.message


BROKEN = (Rejection.of("broken").code, Rejection.of("broken").message)


def gray(*values: int) -> list[Color]:
    return [(value, value, value) for value in values]


def pack(order: str, letter: str, values: Sequence[float]) -> bytes:
    return struct.pack(f"{order}{len(values)}{letter}", *values)


def flat(pixels: Sequence[Sequence[int]]) -> list[int]:
    return [value for pixel in pixels for value in pixel]


def on_white(colors: Sequence[Color], alphas: Sequence[int]) -> list[Color]:
    return [
        tuple(round((value * alpha + 255 * (255 - alpha)) / 255) for value in color)  # type: ignore[misc]
        for color, alpha in zip(colors, alphas, strict=True)
    ]


def assert_close(actual: list[Color], expected: list[Color], tolerance: int = 1) -> None:
    """Compare pixels that differ by rounding only."""
    assert flat(actual) == pytest.approx(flat(expected), abs=tolerance)


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


COLOR_TAGS: Tags = {BITS: [8, 8, 8], SAMPLES: 3, PHOTOMETRIC: 2}
UNSUPPORTED: dict[str, Tags] = {
    "Floating-point TIFF": {**COLOR_TAGS, BITS: [32] * 3, FORMAT: [3] * 3},
    "Complex-number TIFF": {BITS: 64, FORMAT: 6},
    "TIFF (32-bit gray)": {BITS: 32},
    "TIFF (14-bit gray)": {BITS: 14},
    "TIFF (12-bit RGB)": {**COLOR_TAGS, BITS: [12] * 3},
    "TIFF (mixed-depth RGB)": {**COLOR_TAGS, BITS: [5, 6, 5]},
    "TIFF (signed 16-bit RGB)": {**COLOR_TAGS, BITS: [16] * 3, FORMAT: [2] * 3},
    "TIFF (16-bit gray with alpha)": {BITS: [16] * 2, SAMPLES: 2, EXTRA: 2},
    "TIFF (8-bit gray with alpha, planar)": {BITS: [8] * 2, SAMPLES: 2, EXTRA: 2, PLANAR: 2},
    "TIFF (8-bit RGB with alpha, planar)": {BITS: [8] * 4, SAMPLES: 4, PHOTOMETRIC: 2, PLANAR: 2},
    "TIFF (8-bit CMYK with alpha)": {BITS: [8] * 5, SAMPLES: 5, PHOTOMETRIC: 5, EXTRA: 2},
    "TIFF (8-bit RGB with extra channels)": {BITS: [8] * 8, SAMPLES: 8, PHOTOMETRIC: 2, EXTRA: [0] * 5},
    "TIFF (16-bit CIELAB)": {**COLOR_TAGS, BITS: [16] * 3, PHOTOMETRIC: 8},
    "TIFF (ICCLAB colors)": {**COLOR_TAGS, PHOTOMETRIC: 9},
    "TIFF (LogLuv colors)": {**COLOR_TAGS, PHOTOMETRIC: 32845},
    "TIFF (WebP compression)": {**COLOR_TAGS, COMPRESSION: 50001},
    "TIFF (LERC compression)": {**COLOR_TAGS, COMPRESSION: 34887},
    "TIFF (unknown compression)": {**COLOR_TAGS, COMPRESSION: 4711},
    "TIFF (old JPEG compression)": {**COLOR_TAGS, COMPRESSION: 6},
    "TIFF (12-bit gray, JPEG compression)": {BITS: 12, COMPRESSION: 7},
    "TIFF (4-bit gray, predictor)": {BITS: 4, COMPRESSION: 8, PREDICTOR: 2},
    "TIFF (oversized tiles)": {TILE_WIDTH: 65536, TILE_HEIGHT: 65536, TILE_OFFSETS: 8, TILE_BYTE_COUNTS: 8},
    "Sparse TIFF": {OFFSETS: 0, BYTE_COUNTS: 0},
}


@pytest.mark.parametrize("name", UNSUPPORTED)
def test_a_layout_that_cannot_be_read_is_named(name: str) -> None:
    assert reject(write(bytes(256), UNSUPPORTED[name])) == unsupported(name)


WRONG: dict[str, Tags] = {
    "missing sizes": {BYTE_COUNTS: None},
    "empty strips": {BYTE_COUNTS: [0, 0]},
    "sizes that are too small": {BYTE_COUNTS: [1, 1]},
    "sizes that are too large": {BYTE_COUNTS: [9999, 9999]},
    "too few sizes": {BYTE_COUNTS: 4},
    "no photometric": {PHOTOMETRIC: None},
    "no compression": {COMPRESSION: None},
    "no samples per pixel": {SAMPLES: None},
    "bits for more samples": {BITS: [8, 8, 8]},
    "an undefined sample format": {FORMAT: 4},
    "an invalid orientation": {ORIENTATION: 9},
    "a huge orientation": {ORIENTATION: 70_000},
    "an extra sample that isn't there": {EXTRA: 0},
    "planes of one sample": {PLANAR: 2},
}


@ORDERS
@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_tags_that_viewers_tolerate(order: str, wrong: str) -> None:
    rows = [bytes(GRAY[:4]), bytes(GRAY[4:])]
    tags = {COMPRESSION: 1, SAMPLES: 1, BITS: 8, PHOTOMETRIC: 1, ROWS: 1, **WRONG[wrong]}
    assert read(write_tiff(SIZE, rows, tags, order=order)) == gray(*GRAY)


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_bigtiff_without_byte_counts(order: str) -> None:
    values = {WIDTH: 4, HEIGHT: 2, BITS: 8, COMPRESSION: 1, PHOTOMETRIC: 1, OFFSETS: 16, SAMPLES: 1, ROWS: 2}
    entries = b"".join(
        struct.pack(order + "HHQHxxxxxx", tag, 3, 1, value) for tag, value in sorted(values.items())
    )
    start = b"II+\0" if order == "<" else b"MM\0+"
    header = start + struct.pack(order + "HHQ", 8, 0, 24)
    data = header + bytes(GRAY) + struct.pack(order + "Q", len(values)) + entries + bytes(8)
    assert read(data) == gray(*GRAY)


BAD: dict[str, Tags] = {
    "more bits than there are": {BITS: 65},
    "no width": {WIDTH: None},
    "no height": {HEIGHT: 0},
    "no pixels": {OFFSETS: None},
    "pixels behind the end": {OFFSETS: 1_000_000},
    "a palette that is missing": {PHOTOMETRIC: 3},
    "rows that need more strips": {ROWS: 1},
    "compressed pixels that can't be decompressed": {COMPRESSION: 8},
}


@pytest.mark.parametrize("problem", BAD)
def test_missing_pixels_are_damage(problem: str) -> None:
    assert reject(write(bytes(GRAY), BAD[problem])) == BROKEN


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


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "zstd", "jpeg"])
def test_a_file_that_is_cut_off_is_damaged(compression: str) -> None:
    noise = Image.frombytes("RGB", (90, 60), random.Random(1).randbytes(90 * 60 * 3))
    data = save(noise, "TIFF", compression=compression)
    start = int.from_bytes(data[4:8], "little")
    if start > 100:  # move the directory to the front, so that only pixels are missing
        data = data[:4] + struct.pack("<I", len(data)) + data[8:] + data[start:]
    kept = data[: start * 3 // 5] + bytes(0)
    assert reject(kept) == BROKEN


def test_a_directory_that_refers_to_itself() -> None:
    data = write(bytes(GRAY), {})
    start = int.from_bytes(data[4:8], "little")
    entries = int.from_bytes(data[start : start + 2], "little")
    following = start + 2 + 12 * entries
    assert read(data[:following] + data[4:8] + data[following + 4 :]) == gray(*GRAY)


@pytest.mark.parametrize("count", [0xFFFF, 0])
def test_a_wrong_number_of_tags_is_damage(count: int) -> None:
    data = write(bytes(GRAY), {})
    start = int.from_bytes(data[4:8], "little")
    assert reject(data[:start] + struct.pack("<H", count) + data[start + 2 :])[0] == "broken"


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
