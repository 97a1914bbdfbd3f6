"""Uploads: permission to PUT an image, unless it is already known."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from catalog.records import ImageRecord, image_body
from catalog.transitions.start import BeingDeleted
from common.auth import get_owner
from common.errors import InternalError
from common.http import Response, json_response
from common.logs import image_logger
from common.object_keys import upload_key
from common.storage import ObjectGone
from common.time import format_rfc3339, now
from presign.requests import parse_request

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from catalog.catalog import Catalog
    from common.settings import PresignSettings
    from common.storage import SignedRequest, Storage, StoredObject
    from presign.requests import UploadRequest

UPLOAD_SECONDS = 300  # enough for the largest file on a slow connection; the URL permits nothing else
_CLOCK_SKEW = timedelta(seconds=5)  # between S3 and this function, including S3's truncation to seconds
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Upload:
    """The image's record and the presigned PUT, which is None if the image is already done."""

    image: ImageRecord
    put: SignedRequest | None


def respond(event: dict[str, Any], service: UploadService) -> Response:
    """Return 201 with the presigned upload, or 200 with the image alone if it is already done."""
    owner = get_owner(event)  # first, so that validation errors don't leak to unauthenticated clients
    upload = service.create(owner, parse_request(event, service.max_megabytes))
    body: dict[str, Any] = {"image": image_body(upload.image)}
    if upload.put is None:
        return json_response(200, body)
    body["upload"] = {
        "method": upload.put.method,
        "url": upload.put.url,
        "headers": dict(upload.put.headers),
        "expiresAt": format_rfc3339(upload.put.expires_at),
    }
    return json_response(201, body)


class UploadService:
    """Creates uploads: starts the record and presigns the PUT."""

    def __init__(
        self,
        settings: PresignSettings,
        storage: Storage,
        catalog: Catalog,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self.max_megabytes = settings.max_upload_megabytes
        self._bucket = settings.input_bucket
        self._storage = storage
        self._catalog = catalog
        self._clock = clock

    def create(self, owner: str, request: UploadRequest) -> Upload:
        """Start a record and presign the upload, unless the image is already done and still stored.

        Idempotent: each call presigns another URL for the same bytes. Raises InternalError if the image is
        being deleted and the deletion doesn't finish in time.
        """
        log = image_logger(_log, owner, request.sha256)
        try:
            record = self._start(owner, request)
        except BeingDeleted:
            log.warning("image is being deleted")
            raise InternalError("The same picture is being deleted. Try again in a moment.") from None
        if record.status == "done":
            log.info("image already known")
            return Upload(record, None)
        signed = self._storage.presign_put(
            self._bucket,
            upload_key(owner, record.id),
            content_type=request.content_type,
            size=request.size,
            sha256_hex=record.id,
            expires_seconds=UPLOAD_SECONDS,
        )
        log.info("upload presigned")
        return Upload(record, signed)

    def _start(self, owner: str, request: UploadRequest) -> ImageRecord:
        new = ImageRecord(
            owner=owner,
            id=request.sha256,
            status="pending",
            file_name=request.file_name,
            content_type=request.content_type,
            size=request.size,
            uploaded_at=self._clock(),  # before the catalog is read: `_delete_leftover` relies on it
        )
        existing = self._catalog.get(owner, request.sha256)
        if existing and existing.status == "pending":
            existing = self._catalog.start(new, restart_failed=False)
        if existing is None:
            self._delete_leftover(new, new.uploaded_at - _CLOCK_SKEW)
        elif existing.status == "pending" or (existing.status == "done" and self._find_object(existing)):
            return existing
        else:
            self._remove(existing)
        return self._catalog.start(new)

    def _remove(self, finished: ImageRecord) -> None:
        """Delete the record of a failed image or of one without its object, unless it changed meanwhile.

        The object of a done image may be gone before its record, for example since RetentionDays was lowered.
        Marking the record first stops the processor, which may be about to reopen it for a retry.
        """
        entry = self._catalog.begin_deletion(finished.owner, finished.id, if_unchanged=finished)
        if entry:
            self._delete_leftover(finished, finished.processed_at or finished.uploaded_at)
            self._catalog.end_deletion(entry)

    def _delete_leftover(self, record: ImageRecord, newest: datetime) -> None:
        """Delete an object left by an earlier upload: it would block the PUT, and no event would follow.

        It belongs to a failed image, or arrived after its image was deleted. An object newer than `newest`
        belongs to a concurrent request and is kept.
        """
        leftover = self._find_object(record)
        if leftover and leftover.modified_at <= newest:
            self._storage.delete(self._bucket, upload_key(record.owner, record.id))

    def _find_object(self, record: ImageRecord) -> StoredObject | None:
        try:
            return self._storage.head(self._bucket, upload_key(record.owner, record.id))
        except ObjectGone:
            return None
