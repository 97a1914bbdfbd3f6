"""JPEG: RGB and CMYK components are shown as Adobe writes them."""

from __future__ import annotations

import pytest
from PIL import Image

from tests.unit.processor.imaging.formats.jpeg_files import (
    HEIGHT,
    WIDTH,
    adobe,
    instead_of_jfif,
    jpeg,
)
from tests.unit.processor.imaging.support import close_to, prepare_file, save


@pytest.mark.parametrize(
    "data",
    [jpeg(keep_rgb=True), instead_of_jfif(adobe(b"\0"))],
    ids=["component ids", "Adobe"],
)
def test_rgb_components_are_converted(data: bytes) -> None:
    assert prepare_file(data).body is not None


def test_rgb_components_keep_their_colors() -> None:
    data = save(Image.new("RGB", (WIDTH, HEIGHT), (200, 60, 20)), "JPEG", quality=95, keep_rgb=True)
    assert prepare_file(data).image.getpixel((50, 50)) == close_to(200, 60, 20)


def cmyk(adobe_segment: bytes) -> bytes:
    """Return a red CMYK JPEG with this in place of its Adobe segment."""
    image = Image.new("CMYK", (WIDTH, HEIGHT), (0, 255, 255, 0))
    data = save(image, "JPEG", quality=95)
    start = data.index(b"\xff\xee")
    return data[:start] + adobe_segment + data[start + 16 :]


@pytest.mark.parametrize("adobe_segment", [b"", adobe(b"\0")], ids=["no Adobe", "CMYK"])
def test_cmyk_is_inverted_as_adobe_writes_it(adobe_segment: bytes) -> None:
    prepared = prepare_file(cmyk(adobe_segment))
    assert prepared.body is not None
    assert prepared.image.getpixel((50, 50)) == close_to(255, 0, 0)


def test_cmyk_that_is_declared_as_ycck_is_converted() -> None:
    assert prepare_file(cmyk(adobe(b"\2"))).body is not None
