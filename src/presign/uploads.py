"""Uploads: whether a picture is wanted, and the permission to put it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from pipeline import times
from pipeline.keys import upload_key
from pipeline.logs import image_log
from pipeline.records import ImageRecord
from pipeline.storage import ObjectForbidden, ObjectGone

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from pipeline.catalog import Catalog
    from pipeline.settings import PresignSettings
    from pipeline.storage import SignedRequest, Storage
    from presign.requests import UploadRequest

UPLOAD_SECONDS = 300  # time to send the largest picture on a slow line; the URL lets nobody do anything else
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

    Asking again is harmless: it gives one more URL for the same bytes.
    """
    log = image_log(_log, owner, asked.sha256)
    record = _start(service, owner, asked)
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
    known = service.catalog.get(owner, asked.sha256)
    fresh = ImageRecord(
        owner=owner,
        id=asked.sha256,
        status="pending",
        file_name=asked.file_name,
        content_type=asked.content_type,
        size=asked.size,
        uploaded_at=service.clock(),
    )
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

    What is younger than that belongs to a request that came at the same time, and stays.
    """
    bucket, key = service.settings.input_bucket, upload_key(fresh.owner, fresh.id)
    try:
        left = service.storage.head(bucket, key)
    except (ObjectGone, ObjectForbidden):  # without s3:ListBucket S3 does not say what is missing
        return
    long_ago = fresh.uploaded_at - timedelta(seconds=2 * UPLOAD_SECONDS)  # no URL is good for so long
    if left.modified_at <= ((failed and failed.processed_at) or long_ago):
        service.storage.delete(bucket, key)
