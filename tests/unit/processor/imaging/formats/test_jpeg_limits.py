"""JPEG: the work and the memory for a file are limited, whatever its markers are."""

from __future__ import annotations

import struct
import weakref
from typing import Any

import pytest

from processor.imaging.decode import open_image
from processor.imaging.formats import jpeg
from processor.imaging.formats.jpeg import JpegImage
from processor.imaging.formats.jpeg_markers import ARITHMETIC_PROGRESSIVE, PROGRESSIVE, read_markers
from tests.unit.processor.imaging.formats.jpeg_files import BASELINE, END, KINDS, insert, scan, segment
from tests.unit.processor.imaging.formats.reading import rejection
from tests.unit.processor.imaging.support import prepare_file


def many_scans(count: int, side: int, kind: int = PROGRESSIVE) -> bytes:
    """Return a gray progressive JPEG whose scans contain nothing."""
    head = segment(kind, struct.pack(">BHHB", 8, side, side, 1) + bytes((1, 0x11, 0)))
    return b"\xff\xd8" + head + scan(range(1), 0, 0) + scan(range(1), 1, 63) * (count - 1) + END


@pytest.mark.parametrize(("count", "side"), [(500, 64), (40, 10_000), (40, 60_000)])
def test_a_number_of_scans_is_accepted(count: int, side: int) -> None:
    assert len(read_markers(many_scans(count, side)).scans) == count


@pytest.mark.parametrize(("count", "side"), [(501, 64), (41, 10_000), (41, 60_000)])
def test_too_many_scans_are_too_complex(count: int, side: int) -> None:
    assert rejection(many_scans(count, side)).code == "too-complex"


@pytest.mark.parametrize(("count", "is_accepted"), [(20, True), (21, False)])
def test_arithmetic_coded_scans_count_twice(count: int, is_accepted: bool) -> None:
    data = many_scans(count, 10_000, ARITHMETIC_PROGRESSIVE)
    if is_accepted:
        assert len(read_markers(data).scans) == count
    else:
        assert rejection(data).code == "too-complex"


def test_an_image_that_may_lack_pixels_is_decoded_again_within_a_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = KINDS["progressive"][:-2]
    cost = 4 * read_markers(data).scanned_pixels
    monkeypatch.setattr(jpeg, "MAX_CHECKED_PIXELS", cost)
    assert prepare_file(data).body is not None
    monkeypatch.setattr(jpeg, "MAX_CHECKED_PIXELS", cost - 1)
    assert rejection(data).code == "too-complex"


def test_split_exif_is_joined_up_to_a_limit() -> None:
    parts = [segment(0xE1, b"Exif\0\0" + bytes((number % 256,)) * 100) for number in range(1000)]
    joined = b"".join(bytes((number,)) * 100 for number in range(16))
    assert read_markers(insert(BASELINE, *parts)).exif == b"Exif\0\0" + joined


def test_a_check_of_the_pixels_keeps_one_more_image_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    images: weakref.WeakValueDictionary[int, JpegImage] = weakref.WeakValueDictionary()
    counts = []
    load = JpegImage.load

    def count(image: JpegImage) -> Any:
        images[id(image)] = image
        counts.append(len(images))
        return load(image)

    monkeypatch.setattr(JpegImage, "load", count)
    image = open_image(BASELINE[:-2]).image
    image.load()
    assert len(counts) >= 4
    assert max(counts) == 2
