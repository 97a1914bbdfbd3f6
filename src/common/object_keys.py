"""Object keys: where a picture and what is made of it are kept."""

from __future__ import annotations

import re
from dataclasses import dataclass

_OWNER = r"[A-Za-z0-9_-]{1,128}"  # nothing that a key, an event or a URL would have to escape
_IMAGE_ID = r"[0-9a-f]{64}"  # the SHA-256 of the picture's bytes
_UPLOAD = re.compile(f"uploads/(?P<owner>{_OWNER})/(?P<image_id>{_IMAGE_ID})")


@dataclass(frozen=True)
class UploadKey:
    """The owner and the id that an upload's key holds."""

    owner: str
    image_id: str


def is_image_id(text: str) -> bool:
    """Tell whether a text is an image id: 64 hex digits in lower case."""
    return re.fullmatch(_IMAGE_ID, text) is not None


def upload_key(owner: str, image_id: str) -> str:
    """Name the object of an upload; ValueError where the parts would not come back out of the key."""
    key = f"uploads/{owner}/{image_id}"
    if _UPLOAD.fullmatch(key) is None:
        raise ValueError(f"not the owner and id of an upload: {owner!r}, {image_id!r}")
    return key


def parse_upload_key(key: str) -> UploadKey | None:
    """Split an upload's key; None for any other key, which is a drop's."""
    match = _UPLOAD.fullmatch(key)
    return match and UploadKey(match["owner"], match["image_id"])


def result_key(key: str) -> str:
    """Name the JSON document, in the output bucket, about the picture at a key."""
    return f"{key}.json"


def thumbnail_key(key: str) -> str:
    """Name the thumbnail, in the output bucket, of the picture at a key."""
    return f"{key}.thumb.webp"
