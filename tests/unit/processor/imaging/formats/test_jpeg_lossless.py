"""JPEG: lossless files are decoded without a change of their colors, whatever their markers say."""

from __future__ import annotations

import pytest
from PIL import ImageChops

from processor.imaging.formats.jpeg import JpegImage
from tests.unit.processor.imaging.formats.jpeg_files import (
    HEIGHT,
    WIDTH,
    adobe,
    insert,
    jpeg,
    lossless_jpeg,
    picture,
)
from tests.unit.processor.imaging.support import prepare_file

BASELINE = jpeg()
JFIF = BASELINE[2:20]  # the segment that Pillow writes


@pytest.mark.parametrize(
    "markers",
    [(), (JFIF,), (adobe(b"\0"),), (adobe(b"\1"),), (JFIF, adobe(b"\1"))],
    ids=["none", "JFIF", "Adobe, RGB", "Adobe, YCbCr", "JFIF and Adobe"],
)
def test_a_lossless_jpeg_is_converted_without_a_change_of_its_colors(markers: tuple[bytes, ...]) -> None:
    prepared = prepare_file(insert(lossless_jpeg(picture()), *markers))
    assert prepared.body is not None
    assert prepared.image.tobytes() == picture().tobytes()


@pytest.mark.parametrize("transform", [b"\0", b"\2"], ids=["CMYK", "YCCK"])
def test_a_lossless_jpeg_of_four_components_is_cmyk(transform: bytes) -> None:
    shown = prepare_file(insert(lossless_jpeg(picture("CMYK")), adobe(transform))).image
    assert shown.tobytes() == ImageChops.invert(picture("CMYK")).convert("RGB").tobytes()


@pytest.mark.parametrize("markers", [(), (JFIF,)], ids=["none", "JFIF"])
def test_a_lossless_gray_jpeg_is_converted(markers: tuple[bytes, ...]) -> None:
    shown = prepare_file(insert(lossless_jpeg(picture("L")), *markers)).image
    assert shown.convert("L").tobytes() == picture("L").tobytes()


def test_a_lossless_jpeg_has_no_reduced_size() -> None:
    assert JpegImage(BASELINE).draft(None, (WIDTH // 2, HEIGHT // 2)) is not None
    assert JpegImage(lossless_jpeg(picture())).draft(None, (WIDTH // 2, HEIGHT // 2)) is None
