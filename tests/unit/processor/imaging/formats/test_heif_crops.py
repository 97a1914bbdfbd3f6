"""HEIC and AVIF: crop, rotation and mirroring are applied in this order, orientation in EXIF never."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest
from PIL import Image

from processor.imaging.decode import decode, open_image
from tests.heif_files import Item, box, clap, coded_item, write_heif
from tests.unit.processor.imaging.formats.heif_reading import (
    BRANDS,
    EACH_CODEC,
    photo,
    read,
)
from tests.unit.processor.imaging.formats.reading import Color
from tests.unit.processor.imaging.support import SIZE, close_to

TURN = box(b"irot", b"\1")  # by 90° counterclockwise
CROP = clap((60, 40), (-30, -30))
RED, BLUE = (255, 0, 0), (0, 0, 255)


@EACH_CODEC
@pytest.mark.parametrize(
    ("properties", "size", "left", "right"),  # the colors in the lower corners
    [
        ((CROP,), (60, 40), RED, RED),
        ((CROP, TURN), (40, 60), RED, RED),
        ((TURN,), (100, 120), RED, BLUE),
        ((box(b"pasp", struct.pack(">II", 2, 1)),), (120, 100), BLUE, BLUE),
    ],
)
def test_crop_and_rotation_are_applied(
    name: str, properties: tuple[bytes, ...], size: tuple[int, int], left: Color, right: Color
) -> None:
    image = Image.new("RGB", SIZE, "blue")
    image.paste("red", (0, 0, 60, 40))
    item = coded_item(image, name)
    data = write_heif({1: replace(item, properties=item.properties + properties)}, [], BRANDS[name])
    opened = open_image(data)
    assert (opened.width, opened.height) == size
    shown = decode(opened, 4096).image
    assert shown.size == size
    assert shown.getpixel((8, size[1] - 8)) == close_to(*left)
    assert shown.getpixel((size[0] - 8, size[1] - 8)) == close_to(*right)


@pytest.mark.parametrize(
    "transforms",
    [(), (box(b"irot", b"\1"),), (box(b"imir", b"\0"),), (box(b"irot", b"\3"), box(b"imir", b"\1"))],
)
def test_a_heic_is_cropped_to_a_small_part(transforms: tuple[bytes, ...]) -> None:
    image = Image.new("RGB", (640, 480), "blue")
    image.paste("red", (400, 300, 520, 400))
    item = coded_item(image, "HEIC")
    crop = clap((120, 100), (460 - 320, 350 - 240))
    data = write_heif({1: replace(item, properties=(*item.properties, crop, *transforms))}, [], "heic")
    opened = open_image(data)
    shown = read(data)
    is_turned = any(each[4:8] == b"irot" for each in transforms)
    assert shown.size == (opened.width, opened.height) == ((100, 120) if is_turned else (120, 100))
    assert shown.resize((1, 1)).getpixel((0, 0)) == pytest.approx((255, 0, 0), abs=6)


@pytest.mark.parametrize("turn", range(4))
@pytest.mark.parametrize("mirror", [None, 0, 1])
def test_a_crop_keeps_rotation_and_mirroring(turn: int, mirror: int | None) -> None:
    image = photo((320, 200))
    item = coded_item(image, "HEIC")
    turned = (box(b"irot", bytes((turn,))), *([] if mirror is None else [box(b"imir", bytes((mirror,)))]))
    whole = read(write_heif({1: replace(item, properties=item.properties + turned)}, [], "heic"))
    uncropped = (*item.properties, clap((320, 200)), *turned)
    assert read(write_heif({1: replace(item, properties=uncropped)}, [], "heic")) == whole


def test_a_crop_of_an_avif_on_the_left_is_ignored_as_in_browsers() -> None:
    item = coded_item(photo(SIZE), "AVIF")
    data = write_heif({1: replace(item, properties=(*item.properties, clap((60, 40))))}, [], "avif")
    assert read(data).size == SIZE


@EACH_CODEC
def test_exif_orientation_is_ignored(name: str) -> None:
    exif = Image.Exif()
    exif[274] = 6
    items = {1: coded_item(photo(SIZE), name), 2: Item("Exif", bytes(4) + exif.tobytes()[6:])}
    assert read(write_heif(items, [("cdsc", 2, [1])], BRANDS[name])).size == SIZE
