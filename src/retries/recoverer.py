"""Recovery of one image: its event is sent again, in case the first one was lost or given up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.source_records import original_of
from common.logs import get_logger, log_scope
from common.metrics import IMAGES_RECOVERED, emit
from common.object_keys import upload_key
from common.storage import ObjectGone
from common.time import now
from retries.queue import QUEUED_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from catalog.catalog import Catalog
    from catalog.records import ImageRecord
    from common.storage import Storage, StoredObject
    from retries.queue import RetryQueue

_log = get_logger(__name__)


class Recoverer:
    """Recovers images: uploads, and those of the source bucket."""

    def __init__(
        self,
        catalog: Catalog,
        storage: Storage,
        retry_queue: RetryQueue,
        input_bucket: str,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._catalog = catalog
        self._storage = storage
        self._retry_queue = retry_queue
        self._input_bucket = input_bucket
        self._clock = clock

    def find_upload(self, owner: str, image_id: str) -> StoredObject | None:
        """Return the metadata of an upload's object, or None if there is none."""
        return self._find(self._input_bucket, upload_key(owner, image_id))

    def find_original(self, record: ImageRecord) -> StoredObject | None:
        """Return the metadata of an image's object, or None if there is none. Raises ObjectForbidden."""
        return self._find(*original_of(record, self._input_bucket))

    def is_idle(self, record: ImageRecord) -> bool:
        """Return whether a pending image is neither being processed nor in the retry queue."""
        active_until = max(record.lease_expires_at or 0, record.queued_until or 0)
        return record.status == "pending" and active_until <= self._clock().timestamp()

    def event_time(self, record: ImageRecord) -> datetime | None:
        """Return the time of the event that recovers a pending image, or None without an object.

        An image that is recognized again is recovered without its object as well: the processor then ends
        that, and the image is done with its earlier result. So is one of a source object, which fails then.
        """
        if record.source:
            return record.uploaded_at
        stored = self.find_upload(record.owner, record.id)
        if stored:
            return stored.modified_at
        return record.uploaded_at if record.has_result else None

    def recover(self, record: ImageRecord, created_at: datetime) -> ImageRecord:
        """Send the event that an image's object was created, if the image is idle. Return the current record.

        Idempotent: the image is marked as queued, so that a repeated call sends no second event.
        """
        if not self.is_idle(record):
            return record
        self.send(record, created_at)
        self.mark(record.owner, record.id)
        with log_scope(owner=record.owner, imageId=record.id):
            _log.info("image recovered")
            emit(IMAGES_RECOVERED)
        return self._catalog.get(record.owner, record.id) or record

    def send(self, record: ImageRecord, created_at: datetime, ask_again: Collection[str] = ()) -> None:
        """Send an image's event. Call `mark` afterwards: an interruption in between loses nothing.

        The time is the object's, so that the processor sees if the image was started again since. See
        `RetryQueue.send` for `ask_again`.
        """
        if record.source:
            self._retry_queue.send_source(record, created_at, ask_again=ask_again)
            return
        key = upload_key(record.owner, record.id)
        self._retry_queue.send(self._input_bucket, key, created_at, record.owner, ask_again=ask_again)

    def mark(self, owner: str, image_id: str) -> None:
        """Mark a pending image as queued, and keep its record as long as its event."""
        until = int(self._clock().timestamp()) + QUEUED_SECONDS
        self._catalog.mark_queued(owner, image_id, until)

    def _find(self, bucket: str, key: str) -> StoredObject | None:
        try:
            return self._storage.head(bucket, key)
        except ObjectGone:
            return None
