"""Formats, limits and sources of images."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from botocore.exceptions import ClientError
from PIL import Image

from local.rekognition.service import Rekognition
from tests.unit.local.rekognition.support import MODEL_ARN, MemoryStorage, client_of, encoded, flat

CALLS: dict[str, Callable[..., Any]] = {
    "labels": lambda client, image: client.detect_labels(Image=image),
    "moderation": lambda client, image: client.detect_moderation_labels(Image=image),
    "faces": lambda client, image: client.detect_faces(Image=image),
    "text": lambda client, image: client.detect_text(Image=image),
    "celebrities": lambda client, image: client.recognize_celebrities(Image=image),
    "ppe": lambda client, image: client.detect_protective_equipment(Image=image),
    "custom": lambda client, image: client.detect_custom_labels(Image=image, ProjectVersionArn=MODEL_ARN),
}
INVALID_FORMAT = ("InvalidImageFormatException", "Request has invalid image format")


def error_of(client: Any, image: dict[str, Any], detector: str = "labels") -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        CALLS[detector](client, image)
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


@pytest.mark.parametrize("detector", [name for name in CALLS if name != "custom"])
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_every_operation_rejects_truncated_files(client: Any, kind: str, detector: str) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (200, 200, 3), dtype=np.uint8)
    whole = encoded(Image.fromarray(pixels), kind)
    for size in (8 if kind == "PNG" else 3, len(whole) // 2):  # only the signature, or half of the pixels
        assert error_of(client, {"Bytes": whole[:size]}, detector) == INVALID_FORMAT


@pytest.mark.parametrize(
    ("detector", "min_side"),
    [("labels", 80), ("moderation", 80), ("faces", 80), ("text", 80), ("celebrities", 80), ("ppe", 64)],
)
def test_min_side(client: Any, detector: str, min_side: int) -> None:
    CALLS[detector](client, {"Bytes": flat(min_side, 120)})
    assert error_of(client, {"Bytes": flat(120, min_side - 1)}, detector) == (
        "InvalidParameterException",
        f"Request has Invalid Parameters: the image is 120 x {min_side - 1} pixels; "
        f"each side must have at least {min_side} pixels.",
    )


@pytest.mark.parametrize(
    ("detector", "max_side"), [("labels", 10_000), ("moderation", 10_000), ("ppe", 4096), ("text", 10_000)]
)
def test_max_side(client: Any, detector: str, max_side: int) -> None:
    assert error_of(client, {"Bytes": png_header(max_side + 1, 80)}, detector) == (
        "ImageTooLargeException",
        f"Input image dimensions {max_side + 1} x 80 exceed maximum dimension size of {max_side} pixels",
    )
    assert error_of(client, {"Bytes": png_header(max_side, 80)}, detector) == INVALID_FORMAT


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


@pytest.mark.parametrize("detector", ["ppe", "custom"])
def test_operations_limited_to_4_mib_of_bytes(client: Any, detector: str) -> None:
    image = flat(100, 100, "JPEG")
    assert error_of(client, {"Bytes": image + bytes(4_194_305 - len(image))}, detector) == (
        "ImageTooLargeException",
        "Image size is too large: it has 4194305 bytes; the limit is 4194304 bytes for Bytes.",
    )
    client.detect_labels(Image={"Bytes": image + bytes(4_194_305 - len(image))})


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
