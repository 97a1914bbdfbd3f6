"""Seed data: the objects that the files in `events/` refer to, so that each event can be invoked right away.

It isn't part of any one service: it needs S3 and the API of the running stack.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from local.client import upload

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# The file in samples/ by key. The last key contains every kind of character that S3 encodes in events.
DIRECT_UPLOADS = {
    "samples/astronaut.jpg": "astronaut.jpg",
    "samples/chelsea.jpg": "chelsea.jpg",
    "odd names/100% café + crème.jpg": "chelsea.jpg",
}
_COMMENT = b"seeded by the local stack"


def seeded_jpeg(samples: Path) -> bytes:
    """Return the content of the seeded upload; a JPEG comment makes its bytes differ from the sample's."""
    jpeg = (samples / "astronaut.jpg").read_bytes()
    comment = b"\xff\xfe" + (len(_COMMENT) + 2).to_bytes(2) + _COMMENT
    return jpeg[:2] + comment + jpeg[2:]


def seed(s3: S3Client, bucket: str, samples: Path, api_url: str, token: str) -> None:
    """Put the direct uploads into the input bucket, and upload one image as the owner of `token`.

    That image stays pending until one of the events is invoked. Raises local.client.ClientError if the
    API fails.
    """
    for key, name in DIRECT_UPLOADS.items():
        content = (samples / name).read_bytes()
        s3.put_object(Bucket=bucket, Key=key, Body=content, ContentType="image/jpeg")
    upload(api_url, "seeded.jpg", seeded_jpeg(samples), token)
