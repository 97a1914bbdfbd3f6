"""Formats, limits and sources of images, and how they are decoded."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from botocore.exceptions import ClientError
from PIL import Image, ImageOps

from local.rekognition.images import DETECTION_SIDE, decode_pixels
from local.rekognition.service import Rekognition
from tests.unit.local.rekognition.support import MODEL_ARN, MemoryStorage, client_of, encoded, flat

MIN_SIDES = {
    "detect_labels": 80,
    "detect_moderation_labels": 80,
    "detect_faces": 80,
    "detect_text": 80,
    "recognize_celebrities": 80,
    "detect_protective_equipment": 64,
}
INVALID_FORMAT = ("InvalidImageFormatException", "Request has invalid image format")


def error_of(
    client: Any, image: dict[str, Any], operation: str = "detect_labels", **parameters: str
) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        getattr(client, operation)(Image=image, **parameters)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def png_header(width: int, height: int) -> bytes:
    """Return a PNG without pixel data, which fails as soon as it is decoded."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


@pytest.mark.parametrize("kind", ["WEBP", "GIF", "TIFF", "BMP", "AVIF"])
def test_rejects_other_formats(client: Any, kind: str) -> None:
    assert error_of(client, {"Bytes": flat(100, 100, kind)}) == INVALID_FORMAT


@pytest.mark.parametrize("operation", MIN_SIDES)
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_every_operation_rejects_truncated_files(client: Any, kind: str, operation: str) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (200, 200, 3), dtype=np.uint8)
    whole = encoded(Image.fromarray(pixels), kind)
    for size in (8 if kind == "PNG" else 3, len(whole) // 2):  # only the signature, or half of the pixels
        assert error_of(client, {"Bytes": whole[:size]}, operation) == INVALID_FORMAT


@pytest.mark.parametrize(("operation", "min_side"), MIN_SIDES.items())
def test_min_side(client: Any, operation: str, min_side: int) -> None:
    getattr(client, operation)(Image={"Bytes": flat(min_side, 120)})
    assert error_of(client, {"Bytes": flat(120, min_side - 1)}, operation) == (
        "InvalidParameterException",
        f"Request has Invalid Parameters: the image is 120 x {min_side - 1} pixels; "
        f"each side must have at least {min_side} pixels.",
    )


@pytest.mark.parametrize(
    ("operation", "max_side"),
    [("detect_labels", 10_000), ("detect_moderation_labels", 10_000), ("detect_protective_equipment", 4096)],
)
def test_max_side(client: Any, operation: str, max_side: int) -> None:
    assert error_of(client, {"Bytes": png_header(max_side + 1, 80)}, operation) == (
        "ImageTooLargeException",
        f"Input image dimensions {max_side + 1} x 80 exceed maximum dimension size of {max_side} pixels",
    )
    assert error_of(client, {"Bytes": png_header(max_side, 80)}, operation) == INVALID_FORMAT


def test_max_object_size(client: Any, storage: MemoryStorage) -> None:
    max_bytes = 15 * 1024 * 1024
    image = flat(100, 100, "JPEG")
    storage.objects["bucket", "max"] = image + bytes(max_bytes - len(image))
    storage.objects["bucket", "too-large"] = image + bytes(max_bytes - len(image) + 1)
    client.detect_labels(Image={"S3Object": {"Bucket": "bucket", "Name": "max"}})
    assert error_of(client, {"S3Object": {"Bucket": "bucket", "Name": "too-large"}}) == (
        "ImageTooLargeException",
        f"Image size is too large: it has {max_bytes + 1} bytes; "
        f"the limit is {max_bytes} bytes for an S3 object.",
    )


def test_operations_limited_to_4_mib_of_bytes(client: Any) -> None:
    image = flat(100, 100, "JPEG")
    large = {"Bytes": image + bytes(4_194_305 - len(image))}
    expected = (
        "ImageTooLargeException",
        "Image size is too large: it has 4194305 bytes; the limit is 4194304 bytes for Bytes.",
    )
    assert error_of(client, large, "detect_protective_equipment") == expected
    assert error_of(client, large, "detect_custom_labels", ProjectVersionArn=MODEL_ARN) == expected
    client.detect_labels(Image=large)


def test_reads_objects_with_the_callers_permissions(rekognition: Rekognition, storage: MemoryStorage) -> None:
    storage.objects["bucket", "a b/é.jpg"] = flat(100, 100)
    image = {"S3Object": {"Bucket": "bucket", "Name": "a b/é.jpg", "Version": "7"}}
    unreadable = (
        "InvalidS3ObjectException",
        "Unable to get object metadata from S3. Check object key, region and/or access permissions.",
    )
    assert client_of(rekognition, "owner").detect_labels(Image=image)["Labels"] == []
    assert error_of(client_of(rekognition, "stranger"), image) == unreadable
    missing = {"S3Object": {"Bucket": "bucket", "Name": "missing"}}
    assert error_of(client_of(rekognition, "owner"), missing) == unreadable
    assert storage.reads == [
        ("bucket", "a b/é.jpg", "7", "owner"),
        ("bucket", "a b/é.jpg", "7", "stranger"),
        ("bucket", "missing", None, "owner"),
    ]


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
