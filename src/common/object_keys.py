"""Object keys of images and their results."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

_OWNER = r"[A-Za-z0-9_-]{1,128}"  # characters that need no escaping in a key, an event or a URL
_IMAGE_ID = r"[0-9a-f]{64}"  # SHA-256 of the file's bytes, or of a source object's location
_UPLOAD = re.compile(f"uploads/(?P<owner>{_OWNER})/(?P<image_id>{_IMAGE_ID})")
_MAX_KEY_BYTES = 1024  # S3's limit for a key, in UTF-8


@dataclass(frozen=True)
class UploadKey:
    """The owner and image id in the key of an upload."""

    owner: str
    image_id: str


def is_image_id(text: str) -> bool:
    """Return whether a text is an image id: 64 lower-case hex digits."""
    return re.fullmatch(_IMAGE_ID, text) is not None


def is_owner(text: str) -> bool:
    """Return whether a text can be an owner in the key of an upload."""
    return re.fullmatch(_OWNER, text) is not None


def source_image_id(bucket: str, key: str) -> str:
    """Return the id of the image of a source object: its bytes haven't been read when its record is made."""
    return hashlib.sha256(f"s3://{bucket}/{key}".encode()).hexdigest()


def owner_prefix(owner: str) -> str:
    """Return how the keys of an owner's uploads and their results start, in both buckets."""
    return f"uploads/{owner}/"


def owner_models_prefix(owner: str) -> str:
    """Return how the keys of the copies, manifests and results of an owner's models start."""
    return f"models/{owner}/"


def model_prefix(owner: str, model_id: str) -> str:
    """Return how the keys, in the output bucket, of everything about a model start."""
    return f"{owner_models_prefix(owner)}{model_id}/"


def model_images_prefix(owner: str, model_id: str) -> str:
    """Return how the keys of the copies of a model's pictures start."""
    return f"{model_prefix(owner, model_id)}images/"


def model_image_key(owner: str, model_id: str, image_id: str) -> str:
    """Return the key of the copy of a picture that a model is trained with."""
    return f"{model_images_prefix(owner, model_id)}{image_id}.jpg"


def model_plan_key(owner: str, model_id: str) -> str:
    """Return the key of the list of a model's pictures."""
    return f"{model_prefix(owner, model_id)}pictures.json"


def model_manifest_key(owner: str, model_id: str, dataset: str) -> str:
    """Return the key of the manifest of a model's dataset, `TRAIN` or `TEST`."""
    return f"{model_prefix(owner, model_id)}{dataset.lower()}.manifest"


def upload_key(owner: str, image_id: str) -> str:
    """Return the key of an upload. Raises ValueError if the parts can't be parsed back from it."""
    key = f"{owner_prefix(owner)}{image_id}"
    if _UPLOAD.fullmatch(key) is None:
        raise ValueError(f"invalid owner or image id: {owner!r}, {image_id!r}")
    return key


def parse_upload_key(key: str) -> UploadKey | None:
    """Parse the key of an upload. Return None for any other key, which is a direct upload's."""
    match = _UPLOAD.fullmatch(key)
    return match and UploadKey(match["owner"], match["image_id"])


def result_key(key: str) -> str:
    """Return the key, in the output bucket, of the result document of the image at `key`."""
    return f"{key}.json"


def preview_key(key: str) -> str:
    """Return the key, in the output bucket, of the preview of the image at `key`."""
    return f"{key}.preview.webp"


def thumbnail_key(key: str) -> str:
    """Return the key, in the output bucket, of the thumbnail of the image at `key`."""
    return f"{key}.thumb.webp"


def answers_key(key: str) -> str:
    """Return the key, in the output bucket, of the answers kept about the unfinished image at `key`."""
    return f"{key}.answers"


def converted_key(key: str) -> str:
    """Return the key, in the output bucket, of the JPEG made of the unfinished image at `key`."""
    return f"{key}.answers.jpg"


def output_keys(key: str) -> tuple[str, ...]:
    """Return the keys of everything that the output bucket may hold about the image at `key`."""
    return answers_key(key), converted_key(key), preview_key(key), thumbnail_key(key), result_key(key)


# What is left for the key of an image, whose output has longer keys. Only a direct upload can have more.
MAX_IMAGE_KEY_BYTES = _MAX_KEY_BYTES - max(len(suffix) for suffix in output_keys(""))
