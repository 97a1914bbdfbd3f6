"""A retry: an image that failed as unavailable, or is done, is recognized again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from common.errors import NotRetryable
from common.logs import get_logger
from common.rejections import MESSAGES, UNAVAILABLE
from common.storage import ObjectForbidden

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from catalog.catalog import Catalog
    from catalog.records import ImageRecord
    from common.storage import StoredObject
    from retries.recoverer import Recoverer

_log = get_logger(__name__)


class OriginalForbidden(NotRetryable):
    """A source object may not be read."""


class Retrier:
    """Retries images. `check_ceiling` raises CeilingReached if nothing may be billed anymore."""

    def __init__(self, catalog: Catalog, recoverer: Recoverer, check_ceiling: Callable[[], None]) -> None:
        self._catalog = catalog
        self._recoverer = recoverer
        self._check_ceiling = check_ceiling

    def retry(self, record: ImageRecord, ask_again: Collection[str] = ()) -> ImageRecord | None:
        """Process an image again, and return its current record, or None if it is gone.

        Idempotent: an image that is pending is returned as it is. Raises NotRetryable if it failed for
        another reason, or if its file is gone or forbidden, and CeilingReached. See `RetryQueue.send` for
        `ask_again`.
        """
        if record.status == "pending":
            return record
        if record.reason and record.reason.code != UNAVAILABLE:
            raise NotRetryable(record.reason.message)  # it says why, and what to do instead
        stored = self._find_original(record)
        if stored is None:
            raise NotRetryable(MESSAGES["gone"])
        self._check_ceiling()
        current = self._reopen(record, stored, ask_again)
        if current is None:
            return None
        self._recoverer.mark(record.owner, record.id)
        _log.info("image retried")
        return current

    def _reopen(
        self, record: ImageRecord, stored: StoredObject, ask_again: Collection[str]
    ) -> ImageRecord | None:
        """Reopen a finished image and send its event, in the order in which an interruption loses nothing.

        The processor reopens a failed image as well, but ignores an event about a done one. That is pending
        without an event after an interruption, until it is recovered.
        """
        if record.status == "failed":
            self._recoverer.send(record, stored.modified_at)
            return self._catalog.reopen(record)
        current = self._reopen_done(record, stored)
        if current and current.status == "pending":
            self._recoverer.send(current, stored.modified_at, ask_again)
        return current

    def _reopen_done(self, record: ImageRecord, stored: StoredObject) -> ImageRecord | None:
        if record.source is None or record.source.etag == stored.etag:
            return self._catalog.reopen(record)
        source = replace(record.source, etag=stored.etag)  # its result is about an earlier version
        return self._catalog.reopen(record, replace(record, source=source, size=stored.size))

    def _find_original(self, record: ImageRecord) -> StoredObject | None:
        try:
            return self._recoverer.find_original(record)
        except ObjectForbidden:
            if record.source is None:  # a permission of the stack's own is missing
                raise
            raise OriginalForbidden(MESSAGES["not-permitted"]) from None
