"""Uploads: permission to PUT an image, unless it is already stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from catalog.bodies import image_body
from catalog.quotas import QuotaReached, UploadLimits
from catalog.records import ImageRecord, OwnData
from catalog.transitions.start import BeingDeleted
from common.auth import get_owner
from common.errors import CeilingReached, InternalError
from common.http import Response, json_response
from common.logs import add_log_keys, get_logger
from common.metrics import UPLOADS_ACCEPTED, emit
from common.object_keys import upload_key
from common.time import format_rfc3339, now
from limits.problems import quota_problem
from presign.requests import parse_request

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from catalog.catalog import Catalog
    from common.settings import PresignSettings
    from common.storage import SignedRequest, Storage, StoredObject
    from limits.ceiling import Ceiling
    from presign.requests import UploadRequest
    from retries.recoverer import Recoverer

UPLOAD_SECONDS = 300  # enough for the largest file on a slow connection; the URL permits nothing else
_log = get_logger(__name__)


@dataclass(frozen=True)
class Upload:
    """The image's record and the presigned PUT, which is None if the image is already stored."""

    image: ImageRecord
    put: SignedRequest | None


def respond(event: dict[str, Any], service: UploadService) -> Response:
    """Return 201 with the presigned upload, or 200 with the image alone if it is already stored."""
    owner = get_owner(event)  # first, so that validation errors don't leak to unauthenticated clients
    add_log_keys(owner=owner)
    request = parse_request(event, service.max_megabytes)
    add_log_keys(imageId=request.sha256)
    upload = service.create(owner, request)
    body: dict[str, Any] = {"image": image_body(upload.image)}
    if upload.put is None:
        return json_response(200, body)
    body["upload"] = {
        "method": upload.put.method,
        "url": upload.put.url,
        "headers": dict(upload.put.headers),
        "expiresAt": format_rfc3339(upload.put.expires_at),
    }
    emit(UPLOADS_ACCEPTED)
    return json_response(201, body)


class UploadService:
    """Creates uploads within the limits: starts the record and presigns the PUT."""

    def __init__(
        self,
        settings: PresignSettings,
        storage: Storage,
        catalog: Catalog,
        recoverer: Recoverer,
        ceiling: Ceiling,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self.max_megabytes = settings.max_upload_megabytes
        self._limits = UploadLimits(
            settings.uploads_per_day, settings.uploads_per_month, settings.uploads_per_minute
        )
        self._retention_days = settings.retention_days
        self._bucket = settings.input_bucket
        self._storage = storage
        self._catalog = catalog
        self._recoverer = recoverer
        self._ceiling = ceiling
        self._clock = clock

    def create(self, owner: str, request: UploadRequest) -> Upload:
        """Start a record and presign the upload, unless the image is already stored.

        A pending image that is stored is recovered if nothing processes it, for example because its event was
        lost. Its content is right: the presigned request that stored it pinned the checksum that is its id.
        Idempotent: each call presigns another URL for the same bytes, and an upload counts once. Raises
        LimitReached, or InternalError if the image is being deleted and the deletion doesn't finish in time.
        """
        try:
            record, stored = self._start(owner, request)
        except QuotaReached as reached:
            raise quota_problem(reached, self._clock()) from None
        except BeingDeleted:
            _log.warning("image is being deleted")
            raise InternalError("The same picture is being deleted. Try again in a moment.") from None
        if stored:
            _log.info("image already stored")
            return Upload(self._recoverer.recover(record, stored.modified_at), None)
        signed = self._storage.presign_put(
            self._bucket,
            upload_key(owner, record.id),
            content_type=request.content_type,
            size=request.size,
            sha256_hex=record.id,
            expires_seconds=UPLOAD_SECONDS,
        )
        _log.info("upload presigned")
        return Upload(record, signed)

    def _start(self, owner: str, request: UploadRequest) -> tuple[ImageRecord, StoredObject | None]:
        """Return the image's current record, started unless it is pending or done, and its object."""
        existing = self._catalog.get(owner, request.sha256)
        if existing and existing.status != "failed":
            stored = self._recoverer.find_upload(owner, existing.id)
            if stored:
                self._catalog.take_request(owner, self._limits.minute)
                return existing, stored
        try:
            self._ceiling.check()
        except CeilingReached:
            self._catalog.take_request(owner, self._limits.minute)  # otherwise `start` counts it
            raise
        own = existing.own if existing else OwnData()
        if existing and existing.status == "done":
            own = self._remove(existing)
        record = self._catalog.start(
            ImageRecord(
                owner=owner,
                id=request.sha256,
                status="pending",
                file_name=request.file_name,
                content_type=request.content_type,
                size=request.size,
                uploaded_at=self._clock(),
                own=own,  # `start` prefers that of a record that it replaces
            ),
            self._limits,
            retention_days=self._retention_days,
        )
        return record, self._recoverer.find_upload(owner, record.id)

    def _remove(self, done: ImageRecord) -> OwnData:
        """Delete the record of an image without its object, unless it changed meanwhile. Return its own data.

        The object may be gone before its record, for example since RetentionDays was lowered.
        """
        entry = self._catalog.begin_deletion(done.owner, done.id, if_unchanged=done)
        if entry is None:
            return done.own
        self._catalog.end_deletion(entry)
        return entry.own
