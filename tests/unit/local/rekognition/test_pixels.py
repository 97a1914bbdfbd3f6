"""Pictures are seen as a viewer shows them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pytest
from botocore.exceptions import ClientError
from PIL import Image, ImageOps

from local.rekognition import images
from tests.unit.local.rekognition.support import client_of, encoded, flat

if TYPE_CHECKING:
    from local.rekognition import Rekognition


def corners() -> Image.Image:
    """Return a picture with a colour of its own in each quarter."""
    image = Image.new("RGB", (160, 96))
    for colour, place in (("red", (0, 0)), ("lime", (80, 0)), ("blue", (0, 48)), ("white", (80, 48))):
        image.paste(colour, (*place, place[0] + 80, place[1] + 48))
    return image


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_jpeg_is_turned_upright_and_a_png_is_not(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    for kind, turned in (("JPEG", True), ("PNG", False)):
        data = encoded(corners(), kind, exif=exif)
        picture = images.read_picture(data)
        with Image.open(io.BytesIO(data)) as image:
            shown = ImageOps.exif_transpose(image) if turned else image
            shown = np.asarray(shown.convert("RGB")).astype(int)
        assert (picture.width, picture.height) == (shown.shape[1], shown.shape[0])
        assert np.abs(picture.pixels[:, :, ::-1].astype(int) - shown).max() <= 8


def test_a_damaged_orientation_is_none() -> None:
    for tag in (
        b"Exif\0\0II*\0\x08\0\0\0\xff\xff",
        b"Exif\0\0",
        b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x63\0\0",
    ):
        picture = images.read_picture(encoded(corners(), exif=tag))
        assert (picture.width, picture.height) == (160, 96)


def test_a_big_picture_is_seen_small_and_measured_as_it_is() -> None:
    picture = images.read_picture(flat(3000, 2000, "JPEG"))
    assert (picture.width, picture.height) == (3000, 2000)
    assert picture.pixels.shape == (533, 800, 3)


def colour_of(data: bytes) -> list[int]:
    return [int(value) for value in images.read_picture(data).pixels[50, 50, ::-1]]


def test_modes_beyond_rgb() -> None:
    size = (100, 100)
    assert colour_of(encoded(Image.new("L", size, 90), "PNG")) == [90, 90, 90]
    assert colour_of(encoded(Image.new("1", size, 1), "PNG")) == [255, 255, 255]
    deep = Image.fromarray(np.full(size, 257 * 90, dtype=np.uint16))
    assert colour_of(encoded(deep, "PNG")) == [90, 90, 90]
    assert colour_of(encoded(Image.new("RGBA", size, (200, 0, 0, 0)), "PNG")) == [255, 255, 255]
    assert colour_of(encoded(Image.new("LA", size, (0, 255)), "PNG")) == [0, 0, 0]
    palette = Image.new("P", size, 3)
    palette.putpalette([10, 20, 30] * 4)
    assert colour_of(encoded(palette, "PNG")) == [10, 20, 30]
    assert colour_of(encoded(palette, "PNG", transparency=3)) == [255, 255, 255]
    red, green, blue = colour_of(encoded(Image.new("CMYK", size, (0, 255, 255, 0)), "JPEG"))
    assert red > 240 and green < 15 and blue < 15


def test_damaged_files_are_answered_not_failed(rekognition: Rekognition, cat: bytes) -> None:
    random = np.random.default_rng(7)
    small = encoded(Image.open(io.BytesIO(cat)).resize((120, 90)), quality=60)
    client = client_of(rekognition)
    for whole in (small, encoded(Image.open(io.BytesIO(small)), "PNG")):
        for _ in range(60):
            data = bytearray(whole)
            for place in random.integers(0, min(len(data), 700), 3):
                data[place] = random.integers(0, 256)
            try:
                client.detect_moderation_labels(Image={"Bytes": bytes(data)})
            except ClientError as error:
                assert error.response["Error"]["Code"] in (
                    "InvalidImageFormatException",
                    "InvalidParameterException",
                    "ImageTooLargeException",
                )
