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


@pytest.mark.parametrize("transform", [b"", b"\0", b"\2"])
def test_cmyk_is_inverted_as_adobe_writes_it(transform: bytes) -> None:
    image = Image.new("CMYK", (WIDTH, HEIGHT), (0, 255, 255, 0))
    data = save(image, "JPEG", quality=95)
    start = data.index(b"\xff\xee")
    changed = data[:start] + (adobe(transform) if transform else b"") + data[start + 16 :]
    if transform != b"\2":
        assert prepare_file(changed).image.getpixel((50, 50)) == close_to(255, 0, 0)
    assert prepare_file(changed).body is not None
