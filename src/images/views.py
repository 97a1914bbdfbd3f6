"""An image as the API shows it: the record, the result, and links to the objects."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from common.errors import NotFound
from common.logs import image_log
from common.object_keys import is_image_id, result_key, thumbnail_key, upload_key
from common.storage import ObjectForbidden, ObjectGone
from images.service import LINK_SECONDS

if TYPE_CHECKING:
    from catalog.records import ImageRecord
    from images.service import Service

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ImageView:
    """An image with its JSON document, if there is one, and links by name."""

    image: ImageRecord
    result: dict[str, Any] | None
    links: dict[str, str]


def no_such_picture() -> NotFound:
    """Return the problem of an image that is not there, or not for this owner, which sounds the same."""
    return NotFound("There is no such picture. It may have been deleted, or never been uploaded.")


def view_image(service: Service, owner: str, image_id: str) -> ImageView:
    """Look an image up; NotFound where the owner has none of that id."""
    record = service.catalog.get(owner, image_id) if is_image_id(image_id) else None
    if record is None:
        raise no_such_picture()
    if record.status == "pending":
        return ImageView(record, None, {})
    result = _result(service, record)
    return ImageView(record, result, _links(service, record, result))


def _result(service: Service, record: ImageRecord) -> dict[str, Any] | None:
    key = result_key(upload_key(record.owner, record.id))
    try:
        document: dict[str, Any] = json.loads(service.storage.read(service.settings.output_bucket, key))
    except (ObjectGone, ObjectForbidden):  # without s3:ListBucket S3 does not say what is missing
        image_log(_log, record.owner, record.id).warning("the result is missing")
        return None
    return document


def _links(service: Service, record: ImageRecord, result: dict[str, Any] | None) -> dict[str, str]:
    storage, settings = service.storage, service.settings
    key = upload_key(record.owner, record.id)
    links = {
        "original": storage.presign_get(
            settings.input_bucket, key, expires_seconds=LINK_SECONDS, download_name=record.file_name
        )
    }
    if record.status == "done":
        links["thumbnail"] = storage.presign_get(
            settings.output_bucket, thumbnail_key(key), expires_seconds=LINK_SECONDS
        )
    if result is not None:
        links["result"] = storage.presign_get(
            settings.output_bucket,
            result_key(key),
            expires_seconds=LINK_SECONDS,
            download_name=f"{PurePath(record.file_name).stem}.json",
        )
    return links
