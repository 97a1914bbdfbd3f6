"""Parking: an image that has to wait goes to the retry queue, and what was found out about it is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from common.time import now
from retries.queue import QUEUED_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from catalog.catalog import Catalog
    from catalog.transitions.lease import Lease
    from processor.detectors import Call
    from processor.events import ObjectCreated
    from processor.invocation import Invocation
    from processor.pipeline import Progress
    from processor.store import ResultStore
    from retries.queue import RetryQueue

# An event this old was throttled by Lambda, which tries it again after longer and longer pauses.
# The retry queue is faster: there, a function processes ten images side by side.
LATE = timedelta(seconds=10)
MAX_EVENT_AGE = timedelta(hours=6)  # MaximumEventAgeInSeconds in template.yaml: an older event never waited
_MAX_PARKED = timedelta(days=7)  # then waiting counts as a failure, so that every image comes to an end


class Parking:
    """Parks images in the retry queue, where waiting doesn't count as a failed try."""

    def __init__(
        self,
        store: ResultStore,
        catalog: Catalog,
        retry_queue: RetryQueue,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._store = store
        self._catalog = catalog
        self._retry_queue = retry_queue
        self._clock = clock

    def is_late(self, event: ObjectCreated) -> bool:
        """Return whether an event waited so long for Lambda that it is better parked than processed."""
        return LATE < self._clock() - event.created_at <= MAX_EVENT_AGE

    def is_over(self, invocation: Invocation) -> bool:
        """Return whether an image was parked for too long to be parked again."""
        since = invocation.parked_since
        return since is not None and self._clock() - since > _MAX_PARKED

    def park_untried(self, event: ObjectCreated) -> bool:
        """Park an image that wasn't leased. Return False if its record isn't pending."""
        return self._queue(event)

    def park(self, event: ObjectCreated, invocation: Invocation, lease: Lease) -> bool:
        """Park an image and end its lease. Return False if it was deleted or restarted meanwhile."""
        if event.upload is None:
            self._catalog.release_lease(lease)  # before the event is sent, which would find the image busy
        if self._queue(event, lease_owner=lease.lease_owner, parked_since=invocation.parked_since):
            return True
        if event.upload:
            self._store.delete_output_if_deleted(event.key, event.upload)
        return False

    def keep(self, event: ObjectCreated, progress: Progress, calls: Sequence[Call]) -> None:
        """Keep what was found out, for the next try.

        The calls are counted first: if their answers can't be stored, they are made and counted again.
        """
        self.count(event, progress)
        kept = progress.kept_answers()
        if kept:
            self._store.keep_answers(event.key, kept, calls, progress.converted)

    def count(self, event: ObjectCreated, progress: Progress) -> None:
        """Count the calls that were billed in this try, and that no completed record counts."""
        if event.upload and progress.uncounted_calls:
            self._catalog.count_calls(event.upload.owner, event.upload.image_id, progress.uncounted_calls)

    def _queue(
        self, event: ObjectCreated, *, lease_owner: str | None = None, parked_since: datetime | None = None
    ) -> bool:
        """Send an event to the retry queue. Return False if its record isn't pending, or no longer leased.

        The record is marked first: if the event can't be sent then, the current one is tried again.
        """
        upload, time = event.upload, self._clock()
        if upload and not self._catalog.mark_queued(
            upload.owner,
            upload.image_id,
            int(time.timestamp()) + QUEUED_SECONDS,
            lease_owner=lease_owner,
        ):
            return False
        self._retry_queue.send(
            event.bucket,
            event.key,
            event.created_at,
            upload.owner if upload else None,
            parked_since=parked_since or time,
        )
        return True
