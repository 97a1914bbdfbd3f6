"""Uploads: whether a picture is wanted, and the permission to put it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from catalog.records import ImageRecord
from catalog.starting import BeingDeleted
from common import time as times
from common.errors import InternalError
from common.logs import image_log
from common.object_keys import upload_key
from common.storage import ObjectForbidden, ObjectGone

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from catalog.catalog import Catalog
    from common.settings import PresignSettings
    from common.storage import SignedRequest, Storage
    from presign.requests import UploadRequest

UPLOAD_SECONDS = 300  # time to send the largest picture on a slow line; the URL lets nobody do anything else
_CLOCKS_SECONDS = 5  # by which two clocks may differ, and the part of a second that S3 cuts off
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Service:
    """What POST /uploads works with."""

    settings: PresignSettings
    storage: Storage
    catalog: Catalog
    clock: Callable[[], datetime] = times.now


@dataclass(frozen=True)
class Upload:
    """The image as the catalog has it, and how to put it; None when that is done already."""

    image: ImageRecord
    request: SignedRequest | None


def open_upload(service: Service, owner: str, asked: UploadRequest) -> Upload:
    """Start a record, unless the picture is known and done, and permit the upload.

    Asking again is harmless: it gives one more URL for the same bytes. A picture that is being deleted is
    waited for; a deletion that was cut off is overtaken.
    """
    log = image_log(_log, owner, asked.sha256)
    try:
        record = _start(service, owner, asked)
    except BeingDeleted:
        log.warning("still being deleted")
        raise InternalError("The same picture is being deleted. Please try again in a moment.") from None
    if record.status == "done":
        log.info("known already")
        return Upload(record, None)
    request = service.storage.presign_put(
        service.settings.input_bucket,
        upload_key(owner, record.id),
        content_type=asked.content_type,
        size=asked.size,
        sha256_hex=record.id,
        expires_seconds=UPLOAD_SECONDS,
    )
    log.info("upload permitted")
    return Upload(record, request)


def _start(service: Service, owner: str, asked: UploadRequest) -> ImageRecord:
    fresh = ImageRecord(
        owner=owner,
        id=asked.sha256,
        status="pending",
        file_name=asked.file_name,
        content_type=asked.content_type,
        size=asked.size,
        uploaded_at=service.clock(),  # before the catalog is read: `_make_room` relies on that
    )
    known = service.catalog.get(owner, asked.sha256)
    if known and known.status == "done":
        return known
    if known and known.status == "pending":
        known = service.catalog.start(fresh, after_failure=False)
        if known.status != "failed":
            return known
    _make_room(service, fresh, known)
    return service.catalog.start(fresh)


def _make_room(service: Service, fresh: ImageRecord, failed: ImageRecord | None) -> None:
    """Delete what an earlier upload left: it would let no other one through, and no event would follow.

    That may be a file that came late for a picture that was deleted. What is younger than this request, or
    than the failure, belongs to a request that came at the same time, and stays.
    """
    bucket, key = service.settings.input_bucket, upload_key(fresh.owner, fresh.id)
    try:
        left = service.storage.head(bucket, key)
    except (ObjectGone, ObjectForbidden):  # without s3:ListBucket S3 does not say what is missing
        return
    before = fresh.uploaded_at - timedelta(seconds=_CLOCKS_SECONDS)
    if left.modified_at <= ((failed and failed.processed_at) or before):
        service.storage.delete(bucket, key)
