"""The objects that the files in `events/` name, so that each event can be invoked at once."""

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

# samples/ file for each drop; the second name has all that S3 encodes in an event's key
DROPS = {
    "samples/astronaut.jpg": "astronaut.jpg",
    "samples/chelsea.jpg": "chelsea.jpg",
    "odd names/100% café + crème.jpg": "chelsea.jpg",
}
_COMMENT = b"seeded by the local stack"


@dataclass(frozen=True)
class SeededUpload:
    """An upload whose bytes have arrived and which nobody has looked at yet."""

    content: bytes

    @property
    def image_id(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def key(self) -> str:
        return f"uploads/{EVENTS_OWNER.sub}/{self.image_id}"


def seeded_upload(samples: Path) -> SeededUpload:
    """Give the upload that the files in `events/` are about; it stays pending until one is invoked."""
    picture = (samples / "astronaut.jpg").read_bytes()
    comment = b"\xff\xfe" + (len(_COMMENT) + 2).to_bytes(2) + _COMMENT
    return SeededUpload(picture[:2] + comment + picture[2:])


def drops(samples: Path) -> Mapping[str, bytes]:
    return {key: (samples / name).read_bytes() for key, name in DROPS.items()}


def seed(s3: S3Client, bucket: str, samples: Path, api_url: str, token: str) -> None:
    """Put the drops, and the upload with its record, which the API makes.

    Raises local.client.ClientError when the API cannot.
    """
    for key, content in drops(samples).items():
        s3.put_object(Bucket=bucket, Key=key, Body=content, ContentType="image/jpeg")
    upload = seeded_upload(samples)
    asked = {
        "fileName": "seeded.jpg",
        "contentType": "image/jpeg",
        "size": len(upload.content),
        "sha256": upload.image_id,
    }
    send_json("POST", f"{api_url}/uploads", asked, token=token)
    s3.put_object(Bucket=bucket, Key=upload.key, Body=upload.content, ContentType="image/jpeg")
