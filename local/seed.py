"""Seed data: the objects that the files in `events/` refer to, so that each event can be invoked right away.

It isn't part of any one service: it needs S3 and the API of the running stack.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from local.cli.client import send_json
from local.sign_in.user_pool import EVENTS_OWNER

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# The file in samples/ by key. The last key contains every kind of character that S3 encodes in events.
DIRECT_UPLOADS = {
    "samples/astronaut.jpg": "astronaut.jpg",
    "samples/chelsea.jpg": "chelsea.jpg",
    "odd names/100% café + crème.jpg": "chelsea.jpg",
}
_COMMENT = b"seeded by the local stack"


@dataclass(frozen=True)
class SeededUpload:
    """An upload that the processor hasn't seen; it stays pending until one of the events is invoked."""

    content: bytes

    @property
    def image_id(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def key(self) -> str:
        return f"uploads/{EVENTS_OWNER.sub}/{self.image_id}"


def seeded_upload(samples: Path) -> SeededUpload:
    """Return the upload; a JPEG comment makes its bytes differ from the sample's."""
    jpeg = (samples / "astronaut.jpg").read_bytes()
    comment = b"\xff\xfe" + (len(_COMMENT) + 2).to_bytes(2) + _COMMENT
    return SeededUpload(jpeg[:2] + comment + jpeg[2:])


def direct_uploads(samples: Path) -> Mapping[str, bytes]:
    """Return the content of each direct upload, by key."""
    return {key: (samples / name).read_bytes() for key, name in DIRECT_UPLOADS.items()}


def seed(s3: S3Client, bucket: str, samples: Path, api_url: str, token: str) -> None:
    """Put all objects into the input bucket, and create the upload's record through the API.

    Raises local.cli.client.ClientError if the API fails.
    """
    for key, content in direct_uploads(samples).items():
        s3.put_object(Bucket=bucket, Key=key, Body=content, ContentType="image/jpeg")
    upload = seeded_upload(samples)
    request = {
        "fileName": "seeded.jpg",
        "contentType": "image/jpeg",
        "size": len(upload.content),
        "sha256": upload.image_id,
    }
    send_json("POST", f"{api_url}/uploads", request, token=token)
    s3.put_object(Bucket=bucket, Key=upload.key, Body=upload.content, ContentType="image/jpeg")
