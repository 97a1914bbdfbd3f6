"""Deletions: a picture, what was made of it, and every trace in the catalog."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from common.logs import image_log
from common.object_keys import is_image_id, result_key, thumbnail_key, upload_key
from images.views import no_such_picture

if TYPE_CHECKING:
    from images.service import Service

_log = logging.getLogger(__name__)


def delete_image(service: Service, owner: str, image_id: str) -> None:
    """Delete an image; NotFound where the owner has none of that id.

    The record goes last: until then the same call finds it, and goes on where one was cut off.
    """
    place = service.catalog.begin_deletion(owner, image_id) if is_image_id(image_id) else None
    if place is None:
        raise no_such_picture()
    key = upload_key(owner, image_id)
    service.storage.delete(service.settings.input_bucket, key)
    service.storage.delete(service.settings.output_bucket, thumbnail_key(key))
    service.storage.delete(service.settings.output_bucket, result_key(key))
    service.catalog.end_deletion(place)
    image_log(_log, owner, image_id).info("deleted")
