"""Which pictures are taken, and that they are seen as a viewer shows them."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from botocore.exceptions import ClientError
from PIL import Image

from tests.unit.local.rekognition.support import Store, client_of, encoded, flat

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.rekognition import Rekognition

ARN = "arn:aws:rekognition:us-east-1:123456789012:project/birds/version/birds.2026/1234567890"
CALLS: dict[str, Callable[..., Any]] = {
    "labels": lambda client, image: client.detect_labels(Image=image),
    "moderation": lambda client, image: client.detect_moderation_labels(Image=image),
    "faces": lambda client, image: client.detect_faces(Image=image),
    "text": lambda client, image: client.detect_text(Image=image),
    "celebrities": lambda client, image: client.recognize_celebrities(Image=image),
    "ppe": lambda client, image: client.detect_protective_equipment(Image=image),
    "custom": lambda client, image: client.detect_custom_labels(Image=image, ProjectVersionArn=ARN),
}
INVALID_FORMAT = ("InvalidImageFormatException", "Request has invalid image format")


def refusal(client: Any, image: dict[str, Any], detector: str = "labels") -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        CALLS[detector](client, image)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def broad_png(width: int, height: int) -> bytes:
    """Return a PNG whose header alone is true: what is refused by its size must not be decoded first."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


@pytest.mark.parametrize("kind", ["WEBP", "GIF", "TIFF", "BMP", "AVIF"])
def test_other_formats_are_refused(client: Any, kind: str) -> None:
    assert refusal(client, {"Bytes": flat(100, 100, kind)}) == INVALID_FORMAT


@pytest.mark.parametrize("detector", [name for name in CALLS if name != "custom"])
def test_what_is_no_picture_is_refused_by_every_detector(client: Any, detector: str) -> None:
    assert refusal(client, {"Bytes": b"GIF89a, or so"}, detector) == INVALID_FORMAT
    assert refusal(client, {"Bytes": b"\xff\xd8\xff"}, detector) == INVALID_FORMAT
    assert refusal(client, {"Bytes": b"\x89PNG\r\n\x1a\n"}, detector) == INVALID_FORMAT


@pytest.mark.parametrize("detector", [name for name in CALLS if name != "custom"])
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_that_is_cut_short_is_refused(client: Any, kind: str, detector: str) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (200, 200, 3), dtype=np.uint8)
    whole = encoded(Image.fromarray(pixels), kind)
    assert refusal(client, {"Bytes": whole[: len(whole) // 2]}, detector) == INVALID_FORMAT


@pytest.mark.parametrize(
    ("detector", "smallest"),
    [("labels", 80), ("moderation", 80), ("faces", 80), ("text", 80), ("celebrities", 80), ("ppe", 64)],
)
def test_the_smallest_side(client: Any, detector: str, smallest: int) -> None:
    CALLS[detector](client, {"Bytes": flat(smallest, 120)})
    assert refusal(client, {"Bytes": flat(120, smallest - 1)}, detector) == (
        "InvalidParameterException",
        f"Request has Invalid Parameters: the image is 120 x {smallest - 1} pixels; "
        f"the smallest side must have {smallest}.",
    )


@pytest.mark.parametrize(
    ("detector", "largest"), [("labels", 10_000), ("moderation", 10_000), ("ppe", 4096), ("text", 10_000)]
)
def test_the_largest_side(client: Any, detector: str, largest: int) -> None:
    assert refusal(client, {"Bytes": broad_png(largest + 1, 80)}, detector) == (
        "ImageTooLargeException",
        f"Input image dimensions {largest + 1} x 80 exceed maximum dimension size of {largest} pixels",
    )
    assert refusal(client, {"Bytes": broad_png(largest, 80)}, detector) == INVALID_FORMAT  # only decoded now


def test_the_largest_object(client: Any, store: Store) -> None:
    most = 15 * 1024 * 1024
    picture = flat(100, 100, "JPEG")
    store.objects["bucket", "just"] = picture + bytes(most - len(picture))
    store.objects["bucket", "over"] = picture + bytes(most - len(picture) + 1)
    client.detect_labels(Image={"S3Object": {"Bucket": "bucket", "Name": "just"}})
    assert refusal(client, {"S3Object": {"Bucket": "bucket", "Name": "over"}}) == (
        "ImageTooLargeException",
        f"Image size is too large: it has {most + 1} bytes; at most {most} are taken this way.",
    )


@pytest.mark.parametrize("detector", ["ppe", "custom"])
def test_detectors_that_take_four_megabytes(client: Any, detector: str) -> None:
    picture = flat(100, 100, "JPEG")
    assert refusal(client, {"Bytes": picture + bytes(4_194_305 - len(picture))}, detector) == (
        "ImageTooLargeException",
        "Image size is too large: it has 4194305 bytes; at most 4194304 are taken this way.",
    )
    client.detect_labels(Image={"Bytes": picture + bytes(4_194_305 - len(picture))})


def test_an_object_is_read_as_the_caller_may(rekognition: Rekognition, store: Store) -> None:
    store.objects["bucket", "a b/é.jpg"] = flat(100, 100)
    image = {"S3Object": {"Bucket": "bucket", "Name": "a b/é.jpg", "Version": "7"}}
    unreadable = (
        "InvalidS3ObjectException",
        "Unable to get object metadata from S3. Check object key, region and/or access permissions.",
    )
    assert client_of(rekognition, "owner").detect_labels(Image=image)["Labels"] == []
    assert refusal(client_of(rekognition, "stranger"), image) == unreadable
    missing = {"S3Object": {"Bucket": "bucket", "Name": "missing"}}
    assert refusal(client_of(rekognition, "owner"), missing) == unreadable
    assert store.reads == [
        ("bucket", "a b/é.jpg", "7", "owner"),
        ("bucket", "a b/é.jpg", "7", "stranger"),
        ("bucket", "missing", None, "owner"),
    ]
