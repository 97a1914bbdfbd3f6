"""Processing of one image, from its event to its record."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from catalog.records import Reason
from catalog.transitions.lease import LeaseStatus
from common.logs import with_log_keys
from common.rejections import UNAVAILABLE, Rejection
from common.storage import ObjectForbidden, ObjectGone
from common.time import now, parse_rfc3339
from processor.errors import Postponed, TransientError
from processor.outcome import Outcome
from processor.progress import Progress
from processor.result import Failure, SourceImage

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from catalog.catalog import Catalog
    from catalog.transitions.lease import Lease
    from common.object_keys import UploadKey
    from common.storage import Storage
    from processor.events import ObjectCreated
    from processor.invocation import Invocation
    from processor.leases import HeldLease, LeaseKeeper
    from processor.parking import Parking
    from processor.pipeline import Pipeline
    from processor.sources import Sources
    from processor.store import ResultStore

_MIN_SECONDS = 40.0  # to prepare any image; with less left, another invocation should do it
_MAX_INTERRUPTED = 2  # tries that never ended: the function died twice, and isn't risked a third time
_UPLOAD_TIMEOUT = timedelta(hours=1)  # longer than any upload: its URL is valid for 5 minutes


class Processor:
    """Processes images. Raises TransientError, or AWS's own error, if one has to be processed again."""

    def __init__(
        self,
        input_bucket: str,
        pipeline: Pipeline,
        store: ResultStore,
        lease_keeper: LeaseKeeper,
        catalog: Catalog,
        storage: Storage,
        parking: Parking,
        sources: Sources,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self.input_bucket = input_bucket
        self._pipeline = pipeline
        self._store = store
        self._lease_keeper = lease_keeper
        self._catalog = catalog
        self._storage = storage
        self._parking = parking
        self.sources = sources
        self._clock = clock

    def process(self, event: ObjectCreated, invocation: Invocation) -> Outcome:
        """Process an image, unless it is already finished or another try is going on.

        An image that failed as unavailable isn't finished: its event was redriven. Nor is one that failed
        before its file was created: `POST /uploads` keeps such a file, so no other event would follow.
        """
        if invocation.seconds_left() < _MIN_SECONDS:
            raise TransientError("too little time left for another image")
        self.sources.start(event)
        is_late = not invocation.is_retry and self._parking.is_late(event)
        if is_late and self._parking.park_untried(event):
            return Outcome(event.key, "parked")
        return self._with_lease(event, invocation, self._try, reopen=True)

    def give_up(self, event: ObjectCreated, invocation: Invocation) -> Outcome:
        """Record that every try failed, unless one of them succeeded, or the image has an earlier result."""
        self.sources.start(event)
        return self._with_lease(event, invocation, self._fail_as_unavailable, reopen=False)

    def refuse(self, event: ObjectCreated, upload: UploadKey, invocation: Invocation) -> None:
        """Fail a pending image whose object the stack may no longer read: no other event would end it."""
        lease = self._catalog.acquire_lease(
            upload.owner, upload.image_id, invocation.lease_owner, self._lease_keeper.seconds
        )
        if lease.status is LeaseStatus.ACQUIRED:
            progress = self._start(event, invocation, lease)
            self._reject(event, progress, invocation, Rejection.of("not-permitted"))

    def _with_lease(
        self,
        event: ObjectCreated,
        invocation: Invocation,
        work: Callable[[ObjectCreated, Invocation, HeldLease], Outcome],
        *,
        reopen: bool,
    ) -> Outcome:
        lease = self._acquire(event, invocation, reopen=reopen)
        if lease.status is LeaseStatus.FINISHED and self.sources.start(event):  # with an older version
            lease = self._acquire(event, invocation, reopen=reopen)
        if lease.status is LeaseStatus.MISSING and event.upload:
            self._store.delete_orphan(event, event.upload)
        if lease.status is LeaseStatus.BUSY:
            return self._leave_busy(event, invocation)
        if lease.status is not LeaseStatus.ACQUIRED:
            return Outcome(event.key, "skipped")
        if lease.interrupted >= _MAX_INTERRUPTED:
            work = self._fail_as_unavailable
        with self._lease_keeper.keep(lease) as held:
            outcome = work(event, invocation, held)
            if event.upload is None or outcome.status == "skipped":
                self._catalog.release_lease(lease)  # otherwise, the record's change ended it
        return outcome

    def _acquire(self, event: ObjectCreated, invocation: Invocation, *, reopen: bool) -> Lease:
        seconds = self._lease_keeper.seconds
        if event.upload:
            return self._catalog.acquire_lease(
                event.upload.owner,
                event.upload.image_id,
                invocation.lease_owner,
                seconds,
                created_at=event.created_at,
                reopen=reopen,
                queued_until=self._parking.received_until() if invocation.is_retry else None,
            )
        return self._catalog.acquire_direct_lease(event.key, invocation.lease_owner, seconds)

    def _leave_busy(self, event: ObjectCreated, invocation: Invocation) -> Outcome:
        """Leave an image to the try that has its lease.

        The event of an upload is about the same bytes. That of another object may be about newer ones.
        """
        may_be_newer = event.upload is None or self.sources.is_about_other_version(event)
        if not may_be_newer or invocation.is_retry:
            return Outcome(event.key, "busy")
        if not self._parking.park_untried(event):
            raise TransientError("the try of another version has just ended")
        return Outcome(event.key, "parked")

    def _try(self, event: ObjectCreated, invocation: Invocation, held: HeldLease) -> Outcome:
        progress = self._start(event, invocation, held.lease)
        try:
            return self._recognize(event, progress, invocation, held)
        except Rejection as rejection:
            if rejection.code == "gone" and event.upload and self._is_restarted(event, event.upload):
                return self._leave_to_next_event(event, held.lease)
            return self._reject(event, progress, invocation, rejection)
        except Postponed:
            if held.is_lost:
                return self._leave_to_other_try(event, progress)
            self._parking.keep(event, progress)
            if self._parking.is_over(invocation):
                raise
            is_parked = self._parking.park(event, invocation, held.lease)
            return Outcome(event.key, "parked" if is_parked else "skipped")
        except Exception:  # raised again: whatever happened, the calls that were answered are billed
            if held.is_lost:
                self._parking.count(event, progress)
            elif not self._parking.is_done(event):
                self._parking.keep(event, progress)
            elif progress.has_leftovers:
                self._store.delete_answers(event.key)  # the next try finds the record done, and skips it
            raise
        finally:
            self._pipeline.count_usage(progress)

    def _recognize(
        self, event: ObjectCreated, progress: Progress, invocation: Invocation, held: HeldLease
    ) -> Outcome:
        result = self._pipeline.run(event, invocation, progress)
        if result is None:
            return Outcome(event.key, "skipped")
        if held.is_lost:
            return self._leave_to_other_try(event, progress)
        with ThreadPoolExecutor(1) as executor:  # the person waits for the result only
            executor.submit(with_log_keys(self._pipeline.count_usage), progress)
            is_saved = self._store.save_result(event, result, progress.uncounted_calls, held.lease)
        if not is_saved:
            return self._leave_to_other_try(event, progress)
        if progress.has_leftovers:
            self._store.delete_answers(event.key)
        return Outcome(
            event.key, "done", labels=result.summary.labels, seconds=self._seconds(event, progress)
        )

    def _seconds(self, event: ObjectCreated, progress: Progress) -> float | None:
        if event.record or not progress.uploaded_at or progress.done_at:
            return None
        return (self._clock() - parse_rfc3339(progress.uploaded_at)).total_seconds()

    def _leave_to_other_try(self, event: ObjectCreated, progress: Progress) -> Outcome:
        """Count the calls of an image that was deleted, or that another try has leased meanwhile."""
        self._parking.count(event, progress)
        if event.upload:
            self._store.delete_output_if_deleted(event.key, event.upload)
        return Outcome(event.key, "skipped")

    def _reject(
        self,
        event: ObjectCreated,
        progress: Progress,
        invocation: Invocation,
        rejection: Rejection,
        *,
        is_final: bool = True,
    ) -> Outcome:
        if progress.uncounted_calls:  # answered while the renderings failed
            self._parking.keep(event, progress)  # if they can't be counted, the next try has them
        reason = Reason(rejection.code, rejection.message)
        failure = Failure(progress.image, reason, progress.errors, is_final)
        is_kept = progress.keeps_result
        if not self._store.save_failure(event, failure, invocation.lease_owner, keep_result=is_kept):
            return Outcome(event.key, "skipped")
        if is_final:
            self._store.delete_answers(event.key)
        return Outcome(event.key, "kept" if is_kept else "failed", reason=reason)

    def _fail_as_unavailable(self, event: ObjectCreated, invocation: Invocation, held: HeldLease) -> Outcome:
        if event.upload is None:
            with suppress(ObjectGone, ObjectForbidden):
                stored = self._storage.head(event.bucket, event.key)
                if self._store.has_result(event, stored.etag):
                    return Outcome(event.key, "skipped")
        progress = self._start(event, invocation, held.lease)
        return self._reject(event, progress, invocation, Rejection.of(UNAVAILABLE), is_final=False)

    def _start(self, event: ObjectCreated, invocation: Invocation, lease: Lease) -> Progress:
        image = SourceImage(event.bucket, event.object_key)
        return Progress.begin(image, lease, invocation, self._pipeline.default_plan, self._clock())

    def _leave_to_next_event(self, event: ObjectCreated, lease: Lease) -> Outcome:
        """Skip an image whose file has an event of its own, unless that event came during the lease."""
        self._catalog.release_lease(lease)
        with suppress(ObjectGone):
            self._storage.head(event.bucket, event.key)
            raise TransientError("the file has just arrived")
        return Outcome(event.key, "skipped")

    def _is_restarted(self, event: ObjectCreated, upload: UploadKey) -> bool:
        """Return whether the image was started again after the event, and its file may still arrive."""
        record = self._catalog.get(upload.owner, upload.image_id)
        if event.record or record is None or record.uploaded_at <= event.created_at:
            return False
        return self._clock() - record.uploaded_at < _UPLOAD_TIMEOUT
