"""Parking: an image that has to wait goes to the retry queue, and what was found out about it is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from common.time import now
from retries.queue import QUEUED_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from catalog.catalog import Catalog
    from catalog.transitions.lease import Lease
    from processor.events import ObjectCreated
    from processor.invocation import Invocation
    from processor.progress import Progress
    from processor.store import ResultStore
    from retries.queue import RetryQueue

# An event this old was throttled by Lambda, which tries it again after longer and longer pauses.
# The retry queue is faster: there, a function processes ten images side by side.
LATE = timedelta(seconds=10)
MAX_EVENT_AGE = timedelta(hours=6)  # MaximumEventAgeInSeconds in template.yaml: an older event never waited
RECEIVED_SECONDS = 3 * 60 * 60  # maxReceiveCount times VisibilityTimeout in template.yaml, and some
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

    def received_until(self) -> int:
        """Return until when an event that was received is in the retry queue, in epoch seconds."""
        return int(self._clock().timestamp()) + RECEIVED_SECONDS

    def park_untried(self, event: ObjectCreated) -> bool:
        """Park an event without a try. Return False if its image isn't pending, or started after the event.

        The time of an event about a source object has whole seconds only, and says nothing about which came
        first.
        """
        return self._queue(event, created_at=None if event.record else event.created_at)

    def park(self, event: ObjectCreated, invocation: Invocation, lease: Lease) -> bool:
        """Park an image and end its lease. Return False if it was deleted or restarted meanwhile."""
        if event.upload is None:
            self._catalog.release_lease(lease)  # before the event is sent, which would find the image busy
        is_queued = self._queue(
            event,
            lease_owner=lease.lease_owner,
            parked_since=invocation.parked_since,
            ask_again=invocation.ask_again,
        )
        if is_queued:
            return True
        if event.upload:
            self._store.delete_output_if_deleted(event.key, event.upload)
        return False

    def keep(self, event: ObjectCreated, progress: Progress) -> None:
        """Keep what was found out, for the next try.

        The calls are counted first: if their answers can't be stored, they are made and counted again. If
        they can't be counted, the next try does.
        """
        try:
            self.count(event, progress)
        finally:
            kept = progress.kept_answers()
            if kept:
                self._store.keep_answers(event.key, kept, progress.plan.calls)

    def count(self, event: ObjectCreated, progress: Progress) -> None:
        """Count the calls that were billed, and that no completed record counts."""
        if event.upload and progress.uncounted_calls:
            self._catalog.count_calls(event.upload.owner, event.upload.image_id, progress.uncounted_calls)
        progress.counted_calls += progress.uncounted_calls
        progress.uncounted_calls = 0

    def is_done(self, event: ObjectCreated) -> bool:
        """Return whether the record was completed, even if the try didn't learn of it."""
        upload = event.upload
        record = self._catalog.get(upload.owner, upload.image_id) if upload else None
        return record is not None and record.status == "done"

    def _queue(
        self,
        event: ObjectCreated,
        *,
        lease_owner: str | None = None,
        created_at: datetime | None = None,
        parked_since: datetime | None = None,
        ask_again: Collection[str] = (),
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
            created_at=created_at,
        ):
            return False
        since = parked_since or time
        if event.record:
            self._retry_queue.send_source(
                event.record, event.created_at, parked_since=since, ask_again=ask_again
            )
            return True
        self._retry_queue.send(
            event.bucket,
            event.key,
            event.created_at,
            upload.owner if upload else None,
            parked_since=since,
            ask_again=ask_again,
        )
        return True
