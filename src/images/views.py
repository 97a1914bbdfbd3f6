"""Images as the API shows them: records, results, and links to the objects."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from catalog.bodies import image_body
from catalog.keys import encode_cursor
from catalog.quotas import UploadLimits
from catalog.transitions.annotate import RecordChanged
from common.errors import Changed, NotFound
from common.logs import get_logger
from common.object_keys import is_image_id, output_keys, result_key, upload_key
from common.storage import ObjectGone
from common.time import format_rfc3339, month_of, now
from images.counts import color_counts, label_counts, library_counts
from images.object_links import ObjectLinks
from images.similar import find_similar
from retries.retrier import Retrier
from search.run import find
from search.terms import suggest

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from catalog.catalog import Catalog
    from catalog.records import ImageRecord
    from common.settings import ImagesSettings
    from common.storage import Storage
    from images.own_data import Edit
    from images.queries import ListQuery, TermsQuery
    from limits.ceiling import Ceiling
    from retries.recoverer import Recoverer

_log = get_logger(__name__)


@dataclass(frozen=True)
class ImageView:
    """An image, its result document if there is one, and its links by name."""

    image: ImageRecord
    result: dict[str, Any] | None
    links: dict[str, str]


class ImageService:
    """Reads, annotates, retries and deletes an owner's images. Raises NotFound if none has the id."""

    def __init__(
        self,
        settings: ImagesSettings,
        storage: Storage,
        catalog: Catalog,
        recoverer: Recoverer,
        ceiling: Ceiling,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._input_bucket = settings.input_bucket
        self._output_bucket = settings.output_bucket
        self._storage = storage
        self._links = ObjectLinks(settings, storage)
        self._catalog = catalog
        self._recoverer = recoverer
        self._retrier = Retrier(catalog, recoverer, ceiling.check)
        self._limits = UploadLimits(settings.uploads_per_day, settings.uploads_per_month)
        self._recover_after_seconds = settings.recover_after_seconds
        self.clock = clock

    def list_images(self, owner: str, query: ListQuery) -> dict[str, Any]:
        """Return a page of images and the cursor of the next page, None on the last."""
        page = find(
            self._catalog.index,
            owner,
            query.query,
            order=query.order,
            limit=query.limit,
            before=query.position,
            clock=self.clock,
        )
        return {
            "images": [self.listed(record) for record in page.records],
            "cursor": None if page.position is None else encode_cursor(page.position),
        }

    def list_similar(self, owner: str, image_id: str, position: str | None) -> dict[str, Any]:
        """Return a page of images that look like an image, the most similar first, and the next cursor."""
        page = find_similar(self._catalog.index, self._get(owner, image_id), position)
        return {
            "images": [
                {**self.listed(similar.record), "distance": similar.distance} for similar in page.images
            ],
            "cursor": None if page.position is None else encode_cursor(page.position),
        }

    def list_labels(self, owner: str) -> dict[str, Any]:
        """Return counts of all images, the totals of the current month, and the upload quota."""
        vocabulary = self._catalog.index.vocabulary(owner)
        month = vocabulary.month(month_of(self.clock()))
        uploads = self._catalog.upload_counts(owner)
        cost = month.billed_calls * self._catalog.stack_usage().cost_per_call if month.billed_calls else 0
        return {
            "labels": label_counts(vocabulary, self._catalog.label_categories),
            "colors": color_counts(vocabulary),
            "library": library_counts(vocabulary),
            "thisMonth": {
                "images": month.images,
                "billedCalls": month.billed_calls,
                "estimatedCost": round(cost, 6),
            },
            "quota": {
                "day": _quota_body(self._limits.day, uploads.day, uploads.day_end),
                "month": _quota_body(self._limits.month, uploads.month, uploads.month_end),
            },
        }

    def list_terms(self, owner: str, query: TermsQuery) -> dict[str, Any]:
        """Return terms, most frequent first."""
        found = suggest(self._catalog.index.vocabulary(owner), query.prefix, query.kind, query.limit)
        return {
            "terms": [
                {"kind": each.term.kind, "value": each.term.value, "count": each.count} for each in found
            ]
        }

    def view(self, owner: str, image_id: str) -> ImageView:
        """Return an image with its result and links."""
        record = self.recover_if_overdue(self._get(owner, image_id))
        if record.status == "pending" and not record.has_result:
            return ImageView(record, None, {})
        result = self._read_result(record)
        return ImageView(record, result, self._links.all(record, has_result=result is not None))

    def get_many(self, owner: str, ids: Collection[str]) -> dict[str, ImageRecord]:
        """Return the images that exist, by id."""
        return self._catalog.index.records(owner, ids)

    def retry(self, owner: str, image_id: str) -> ImageRecord:
        """Process an image that failed as unavailable or is done again, and return its current record.

        Idempotent: an image that is pending is returned as it is. Raises NotRetryable if it failed for
        another reason, or if its file is gone, and CeilingReached.
        """
        current = self._retrier.retry(self._get(owner, image_id))
        if current is None:
            raise image_not_found()
        return current

    def annotate(
        self, owner: str, image_id: str, edit: Edit, revisions: Collection[int] | None = None
    ) -> ImageRecord:
        """Edit what the owner says about an image, and return its record.

        Raises Changed if it has none of the revisions, and what the edit raises.
        """
        try:
            record = (
                self._catalog.annotate(owner, image_id, edit, revisions=revisions)
                if is_image_id(image_id)
                else None
            )
        except RecordChanged:
            raise Changed from None
        if record is None:
            raise image_not_found()
        _log.info("image annotated")
        return record

    def delete(self, owner: str, image_id: str) -> None:
        """Delete an image: its objects first, its record last, so a repeated call can resume."""
        entry = self._catalog.begin_deletion(owner, image_id) if is_image_id(image_id) else None
        if entry is None:
            raise image_not_found()
        key = upload_key(owner, image_id)
        self._storage.delete(self._input_bucket, key)
        for output_key in output_keys(key):
            self._storage.delete(self._output_bucket, output_key)
        self._catalog.end_deletion(entry)
        _log.info("image deleted")

    def merge_sometimes(self, owner: str, changes: int = 1) -> None:
        """Shorten the log of the counts if it is due. Call it after images were annotated or deleted."""
        self._catalog.index.merge_sometimes(owner, changes)

    def _get(self, owner: str, image_id: str) -> ImageRecord:
        record = self._catalog.get(owner, image_id) if is_image_id(image_id) else None
        if record is None:
            raise image_not_found()
        return record

    def recover_if_overdue(self, record: ImageRecord) -> ImageRecord:
        """Recover a pending image if nothing has processed its file for a few minutes. Return its record."""
        active_until = max(record.uploaded_at.timestamp(), record.lease_expires_at or 0)
        is_overdue = self.clock().timestamp() - active_until >= self._recover_after_seconds
        if not is_overdue or not self._recoverer.is_idle(record):
            return record
        created_at = self._recoverer.event_time(record)
        return self._recoverer.recover(record, created_at) if created_at else record

    def _read_result(self, record: ImageRecord) -> dict[str, Any] | None:
        key = result_key(upload_key(record.owner, record.id))
        try:
            document: dict[str, Any] = json.loads(self._storage.read(self._output_bucket, key))
        except ObjectGone:
            _log.warning("result missing")
            return None
        return document

    def listed(self, record: ImageRecord) -> dict[str, Any]:
        """Return the image as lists have it."""
        return {**image_body(record), "thumbnailUrl": self._links.thumbnail(record)}


def _quota_body(limit: int, used: int, ends_at: datetime) -> dict[str, Any]:
    return {"limit": limit, "used": used, "resetsAt": format_rfc3339(ends_at)}


def image_not_found() -> NotFound:
    """Return the same problem for a missing image and for another owner's."""
    return NotFound("This picture doesn't exist. It may have been deleted.")
