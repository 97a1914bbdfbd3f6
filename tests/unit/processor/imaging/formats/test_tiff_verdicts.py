"""TIFFs that can't be read are unsupported, those without pixels are damaged, odd tags are tolerated."""

from __future__ import annotations

import io
import random
import struct
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile

from tests.unit.processor.imaging.formats.reading import (
    BROKEN,
    TOO_COMPLEX,
    gray,
    read,
    reject,
    unsupported,
)
from tests.unit.processor.imaging.formats.tiff_files import (
    BITS,
    BYTE_COUNTS,
    COMPRESSION,
    EXTRA,
    FORMAT,
    HEIGHT,
    OFFSETS,
    ORIENTATION,
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
    write_directory_first,
    write_tiff,
)
from tests.unit.processor.imaging.support import save

if TYPE_CHECKING:
    from tests.unit.processor.imaging.formats.tiff_files import Tags

SIZE = (4, 2)
GRAY = (0, 36, 73, 109, 146, 182, 219, 255)
ORDERS = pytest.mark.parametrize("order", ["<", ">"])


def write(values: bytes, tags: Tags, order: str = "<") -> bytes:
    return write_tiff(
        SIZE, [values], {COMPRESSION: 1, SAMPLES: 1, BITS: 8, PHOTOMETRIC: 1, **tags}, order=order
    )


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
    "Sparse TIFF": {OFFSETS: 0, BYTE_COUNTS: 0},
}


@pytest.mark.parametrize("name", UNSUPPORTED)
def test_a_layout_that_cannot_be_read_is_named(name: str) -> None:
    assert reject(write(bytes(256), UNSUPPORTED[name])) == unsupported(name)


def test_a_tile_that_does_not_fit_into_memory_is_too_complex() -> None:
    tags: Tags = {TILE_WIDTH: 65536, TILE_HEIGHT: 65536, TILE_OFFSETS: 8, TILE_BYTE_COUNTS: 8}
    assert reject(write(bytes(256), tags)) == TOO_COMPLEX


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


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "zstd", "jpeg"])
def test_a_file_that_is_cut_off_is_damaged(compression: str) -> None:
    noise = Image.frombytes("RGB", (90, 60), random.Random(1).randbytes(90 * 60 * 3))
    data = save(noise, "TIFF", compression=compression)
    with TiffImageFile(io.BytesIO(data)) as image:
        tags = dict(image.tag_v2)
    [start], [size] = tags[OFFSETS], tags[BYTE_COUNTS]
    whole = write_directory_first(tags, data[start : start + size])
    assert read(whole) == read(data)
    for kept in (0, size // 100, size // 2, size * 9 // 10, size - 100):
        assert reject(whole[: len(whole) - size + kept]) == BROKEN


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
