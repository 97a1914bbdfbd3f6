"""The result store: writes previews, thumbnails, documents and records, and keeps answers between tries.

A result's record comes last, so that a completed record refers only to what exists.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from catalog.transitions.finish import Completion, FailureSummary
from common.logs import get_logger
from common.object_keys import answers_key, converted_key, output_keys, preview_key, result_key, thumbnail_key
from common.storage import REVALIDATE, ObjectGone
from common.time import now
from processor import answers, earlier
from processor.imaging.interface import RENDERING_MEDIA_TYPE
from processor.result import MEDIA_TYPE, encode

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from catalog.catalog import Catalog
    from catalog.transitions.lease import Lease
    from common.object_keys import UploadKey
    from common.settings import ProcessorSettings
    from common.storage import Storage
    from processor.answers import KeptAnswers
    from processor.detectors import Call
    from processor.earlier import EarlierResult
    from processor.events import ObjectCreated
    from processor.result import Failure, Result

# An upload's id is its content's hash, so its renderings change only with the code that renders them. A day
# is as long as a tab stays open; a shared computer shouldn't keep deleted pictures for much longer.
_CACHE_CONTROL = "private, max-age=86400, immutable"
_SOURCE = "source"  # metadata of a converted JPEG: see KeptAnswers
_SOURCE_ETAG = "source-etag"  # metadata of a document: the ETag of the image it describes

_log = get_logger(__name__)


class ResultStore:
    """Stores results in the output bucket and the catalog."""

    def __init__(
        self,
        settings: ProcessorSettings,
        storage: Storage,
        catalog: Catalog,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._output_bucket = settings.output_bucket
        self._retention = timedelta(days=settings.retention_days)
        self._storage = storage
        self._catalog = catalog
        self._clock = clock

    def has_result(self, event: ObjectCreated, etag: str) -> bool:
        """Return whether a direct upload already has a final document about this version of the object."""
        if event.upload:
            return False
        try:
            document = self._storage.head(self._output_bucket, result_key(event.key))
        except ObjectGone:
            return False
        return document.metadata.get(_SOURCE_ETAG) == etag

    def load_earlier(self, key: str, etag: str | None) -> EarlierResult | None:
        """Return the earlier result of an image if it is about this version of its object."""
        try:
            document = self._storage.read(self._output_bucket, result_key(key))
        except ObjectGone:
            return None
        return earlier.parse(document, etag)

    def load_answers(self, key: str, source: str, calls: Sequence[Call]) -> KeptAnswers | None:
        """Return the answers to calls that an earlier try kept about this source."""
        try:
            document = self._storage.read(self._output_bucket, answers_key(key))
        except ObjectGone:
            return None
        return answers.decode(document, source, calls)

    def keep_answers(self, key: str, kept: KeptAnswers, calls: Sequence[Call]) -> None:
        """Store the answers to calls for the next try."""
        self._storage.write(
            self._output_bucket,
            answers_key(key),
            answers.encode(kept, calls),
            content_type=answers.MEDIA_TYPE,
        )

    def delete_answers(self, key: str) -> None:
        """Delete what was kept about a finished image. Log an error only: what is left expires."""
        try:
            self._storage.delete(self._output_bucket, answers_key(key))
            self._storage.delete(self._output_bucket, converted_key(key))
        except (BotoCoreError, ClientError) as error:
            _log.warning("answers not deleted", extra={"error": error})

    def save_converted(self, key: str, source: str, body: bytes) -> None:
        """Store the JPEG that Rekognition reads instead of the image."""
        self._storage.write(
            self._output_bucket,
            converted_key(key),
            body,
            content_type="image/jpeg",
            metadata={_SOURCE: source},
        )

    def has_converted(self, key: str, source: str) -> bool:
        """Return whether there is a JPEG of this source."""
        try:
            stored = self._storage.head(self._output_bucket, converted_key(key))
        except ObjectGone:
            return False
        return stored.metadata.get(_SOURCE) == source

    def has_renderings(self, key: str) -> bool:
        """Return whether there are a preview and a thumbnail of an image."""
        try:
            for rendering in (preview_key(key), thumbnail_key(key)):
                self._storage.head(self._output_bucket, rendering)
        except ObjectGone:
            return False
        return True

    def save_renderings(self, event: ObjectCreated, preview: bytes, thumbnail: bytes) -> None:
        """Store the preview and the thumbnail of an image."""
        cache_control = REVALIDATE if event.record else _CACHE_CONTROL  # a source object may be replaced
        self._write_rendering(preview_key(event.key), preview, cache_control)
        self._write_rendering(thumbnail_key(event.key), thumbnail, cache_control)

    def save_result(self, event: ObjectCreated, result: Result, new_calls: int, lease: Lease) -> bool:
        """Store a result and complete the record of an upload, with the calls billed since the last count.

        Return False if the record was deleted, restarted or completed meanwhile: a restarted upload has its
        own event.
        """
        self._write_document(event, result)
        if event.upload is None:
            return True
        completion = Completion(
            summary=result.summary,
            billed_calls=new_calls,
            processed_at=self._clock(),
            expires_at=self._expires_at(),
            etag=result.image.etag,
            size=result.image.size,
        )
        upload = event.upload
        self._catalog.label_categories.add(result.label_categories)
        is_saved = self._catalog.complete(
            upload.owner, upload.image_id, completion, lease.lease_owner, leased=lease.item
        )
        if not is_saved:
            self.delete_output_if_deleted(event.key, upload)
        return is_saved

    def save_failure(
        self, event: ObjectCreated, failure: Failure, lease_owner: str, *, keep_result: bool
    ) -> bool:
        """Fail the record of an upload and store the document. Return False as `save_result` does.

        The record comes first: a late failure must not overwrite the result of an image done meanwhile. With
        `keep_result`, the image has an earlier result, with which the record is done again.
        """
        upload = event.upload
        if upload is None:
            self._write_document(event, failure)
            return True
        image = failure.image
        summary = FailureSummary(failure.reason, self._clock(), self._expires_at(), image.etag, image.size)
        is_saved = self._catalog.fail(upload.owner, upload.image_id, summary, lease_owner)
        if is_saved and not keep_result:
            self._write_document(event, failure)
        self.delete_output_if_deleted(event.key, upload)
        return is_saved

    def delete_orphan(self, event: ObjectCreated, upload: UploadKey) -> None:
        """Delete an image without a record, which its owner can't find, and its output.

        The record is read again before each step, because the image may be uploaded again meanwhile. An
        object newer than the event has its own event. A source object is only ever read.
        """
        self.delete_output_if_deleted(event.key, upload)
        if event.record:
            return
        try:
            stored = self._storage.head(event.bucket, event.key)
        except ObjectGone:
            return
        if stored.modified_at <= event.created_at and self._is_deleted(upload):
            self._storage.delete(event.bucket, event.key)

    def delete_output_if_deleted(self, key: str, upload: UploadKey) -> None:
        if self._is_deleted(upload):
            for output_key in output_keys(key):
                self._storage.delete(self._output_bucket, output_key)

    def _is_deleted(self, upload: UploadKey) -> bool:
        return self._catalog.get(upload.owner, upload.image_id) is None

    def _write_rendering(self, key: str, body: bytes, cache_control: str) -> None:
        self._storage.write(
            self._output_bucket,
            key,
            body,
            content_type=RENDERING_MEDIA_TYPE,
            cache_control=cache_control,
        )

    def _write_document(self, event: ObjectCreated, outcome: Result | Failure) -> None:
        etag = outcome.image.etag if outcome.is_final else None
        self._storage.write(
            self._output_bucket,
            result_key(event.key),
            encode(outcome.document()),
            content_type=MEDIA_TYPE,
            metadata={_SOURCE_ETAG: etag} if etag else None,
        )

    def _expires_at(self) -> int:
        return int((self._clock() + self._retention).timestamp())
