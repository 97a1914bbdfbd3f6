"""Where results go: thumbnail, document, record, in this order, as a record promises only what is there."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from catalog.records import Reason
from common import time as times
from common.object_keys import parse_upload_key, result_key, thumbnail_key
from common.storage import ObjectGone
from processor import result as results
from processor.imaging import thumbnail as thumbnails

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from PIL.Image import Image

    from catalog.catalog import Catalog
    from common.object_keys import UploadKey
    from common.settings import ProcessorSettings
    from common.storage import Storage
    from processor.events import Arrival

_SOURCE_ETAG = "source-etag"  # metadata of a document: which object it is about


class Keeper:
    """Keeps what was found out about pictures."""

    def __init__(
        self,
        settings: ProcessorSettings,
        storage: Storage,
        catalog: Catalog,
        clock: Callable[[], datetime] = times.now,
    ) -> None:
        self._settings = settings
        self._storage = storage
        self._catalog = catalog
        self._clock = clock

    def is_answered_drop(self, key: str, etag: str) -> bool:
        """Tell whether a drop has its document, which is about this very object."""
        if parse_upload_key(key) is not None:
            return False
        try:
            document = self._storage.head(self._settings.output_bucket, result_key(key))
        except ObjectGone:
            return False
        return document.metadata.get(_SOURCE_ETAG) == etag

    def keep_thumbnail(self, key: str, image: Image) -> None:
        """Store the thumbnail of an upright picture."""
        self._storage.write(
            self._settings.output_bucket,
            thumbnail_key(key),
            thumbnails.thumbnail(image),
            content_type=thumbnails.MEDIA_TYPE,
        )

    def keep_result(self, key: str, document: results.Document, claimant: str) -> bool:
        """Store a result and complete an upload's record; False where that was deleted meanwhile.

        One that was made anew since is not the claimant's: its own event finds what belongs to it.
        """
        self._write(key, document, document["Image"]["ETag"])
        upload = parse_upload_key(key)
        if upload is None:
            return True
        kept = self._catalog.complete(
            upload.owner,
            upload.image_id,
            width=document["Image"]["Width"],
            height=document["Image"]["Height"],
            labels=results.label_summaries(document),
            index_names=results.label_names(document),
            billed_calls=document["Recognition"]["BilledCalls"],
            processed_at=self._clock(),
            expires_at=self._expires_at(),
            claimant=claimant,
        )
        if not kept:
            self._forget_unless_anew(key, upload)
        return kept

    def keep_failure(
        self, key: str, document: results.Document, claimant: str, *, is_final: bool = True
    ) -> bool:
        """Fail the record and store the document; a drop may be tried again unless it is final.

        The record comes first: a late failure must not overwrite the result of a picture that is done by now.
        """
        upload = parse_upload_key(key)
        if upload is None:
            self._write(key, document, document["Image"].get("ETag") if is_final else None)
            return True
        failure = document["Failure"]
        kept = self._catalog.fail(
            upload.owner,
            upload.image_id,
            Reason(failure["Code"], failure["Message"]),
            processed_at=self._clock(),
            expires_at=self._expires_at(),
            claimant=claimant,
        )
        if kept:
            self._write(key, document, document["Image"].get("ETag") if is_final else None)
        self._forget_unless_anew(key, upload)
        return kept

    def clear(self, arrival: Arrival, upload: UploadKey) -> None:
        """Take away a picture that came after its deletion: nobody could find it any more, nor delete it.

        And what a try that was cut off wrote after the deletion. What was put since has its own event, and
        what was begun since is kept: before each step the record is looked for once more.
        """
        self._forget_unless_anew(arrival.key, upload)
        try:
            stored = self._storage.head(arrival.bucket, arrival.key)
        except ObjectGone:
            return
        if stored.modified_at <= arrival.at and self._is_gone(upload):
            self._storage.delete(arrival.bucket, arrival.key)

    def _forget_unless_anew(self, key: str, upload: UploadKey) -> None:
        if self._is_gone(upload):
            for written in (thumbnail_key(key), result_key(key)):
                self._storage.delete(self._settings.output_bucket, written)

    def _is_gone(self, upload: UploadKey) -> bool:
        return self._catalog.get(upload.owner, upload.image_id) is None

    def _write(self, key: str, document: results.Document, etag: str | None) -> None:
        self._storage.write(
            self._settings.output_bucket,
            result_key(key),
            results.encoded(document),
            content_type=results.MEDIA_TYPE,
            metadata={_SOURCE_ETAG: etag} if etag else None,
        )

    def _expires_at(self) -> int:
        return int((self._clock() + timedelta(days=self._settings.retention_days)).timestamp())
