"""Images are decoded as a viewer shows them."""

from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np
import pytest
from botocore.exceptions import ClientError
from PIL import Image, ImageOps

from local.rekognition.images import DETECTION_SIDE, decode_pixels
from tests.unit.local.rekognition.support import encoded


def corners() -> Image.Image:
    """Return an image with a different color in each quarter."""
    image = Image.new("RGB", (160, 96))
    for color, (left, top) in (("red", (0, 0)), ("lime", (80, 0)), ("blue", (0, 48)), ("white", (80, 48))):
        image.paste(color, (left, top, left + 80, top + 48))
    return image


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_applies_to_jpeg_but_not_to_png(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    for kind, is_rotated in (("JPEG", True), ("PNG", False)):
        data = encoded(corners(), kind, exif=exif)
        pixels = decode_pixels(data, DETECTION_SIDE)
        with Image.open(io.BytesIO(data)) as image:
            upright = ImageOps.exif_transpose(image) if is_rotated else image
            expected = np.asarray(upright.convert("RGB")).astype(int)
        assert pixels.shape == expected.shape
        assert np.abs(pixels[:, :, ::-1].astype(int) - expected).max() <= 8


@pytest.mark.parametrize(
    "exif",
    [
        b"Exif\0\0II*\0\x08\0\0\0\xff\xff",
        b"Exif\0\0",
        b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x63\0\0",
    ],
)
def test_ignores_a_damaged_orientation(exif: bytes) -> None:
    assert decode_pixels(encoded(corners(), exif=exif), DETECTION_SIDE).shape == (96, 160, 3)


def test_applies_the_orientation_if_another_tag_is_damaged() -> None:
    entries = struct.pack("<HHLL", 0x010F, 5, 1, 38) + struct.pack("<HHLHH", 0x0112, 3, 1, 6, 0)
    number_as_text = b"Exif\0\0II*\0\x08\0\0\0\x02\0" + entries + bytes(4) + struct.pack("<LL", 1, 1)
    assert decode_pixels(encoded(corners(), exif=number_as_text), DETECTION_SIDE).shape == (160, 96, 3)


def color_of(data: bytes) -> list[int]:
    return [int(value) for value in decode_pixels(data, DETECTION_SIDE)[50, 50, ::-1]]


def test_converts_all_pixel_modes_to_rgb() -> None:
    size = (100, 100)
    assert color_of(encoded(Image.new("L", size, 90), "PNG")) == [90, 90, 90]
    assert color_of(encoded(Image.new("1", size, 1), "PNG")) == [255, 255, 255]
    deep = Image.fromarray(np.full(size, 257 * 90, dtype=np.uint16))
    assert color_of(encoded(deep, "PNG")) == [90, 90, 90]
    assert color_of(encoded(Image.new("RGBA", size, (200, 0, 0, 0)), "PNG")) == [255, 255, 255]
    assert color_of(encoded(Image.new("LA", size, (0, 255)), "PNG")) == [0, 0, 0]
    palette = Image.new("P", size, 3)
    palette.putpalette([10, 20, 30] * 4)
    assert color_of(encoded(palette, "PNG")) == [10, 20, 30]
    assert color_of(encoded(palette, "PNG", transparency=3)) == [255, 255, 255]
    red, green, blue = color_of(encoded(Image.new("CMYK", size, (0, 255, 255, 0)), "JPEG"))
    assert red > 240 and green < 15 and blue < 15


def test_damaged_files_cause_client_errors_only(client: Any, cat: bytes) -> None:
    random = np.random.default_rng(7)
    small = encoded(Image.open(io.BytesIO(cat)).resize((120, 90)), quality=60)
    for whole in (small, encoded(Image.open(io.BytesIO(small)), "PNG")):
        for _ in range(60):
            data = bytearray(whole)
            for position in random.integers(0, min(len(data), 700), 3):
                data[position] = random.integers(0, 256)
            try:
                client.detect_moderation_labels(Image={"Bytes": bytes(data)})
            except ClientError as error:
                assert error.response["Error"]["Code"] in (
                    "InvalidImageFormatException",
                    "InvalidParameterException",
                    "ImageTooLargeException",
                )
