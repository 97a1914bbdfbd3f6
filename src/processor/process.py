"""Processing of one image, from its event to its record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from catalog.records import Reason
from catalog.transitions.lease import LeaseStatus
from common.rejections import Rejection
from common.settings import MEGABYTE
from common.storage import ObjectForbidden, ObjectGone
from common.time import now
from processor.detectors import build_calls, common_limits, enabled_detectors
from processor.errors import DetectorError, TransientError, rejection_code
from processor.outcome import Outcome
from processor.result import Failure, Result, SourceImage
from processor.store import ResultStore

if TYPE_CHECKING:
    from datetime import datetime

    from catalog.catalog import Catalog
    from catalog.transitions.lease import Lease
    from common.settings import ProcessorSettings
    from common.storage import Storage
    from processor.events import ObjectCreated
    from processor.imaging.interface import ImageHeader, PreparedImage, PrepareImage
    from processor.recognition import Recognition, Recognizer

_MIN_SECONDS = 40.0  # to prepare and to recognize any image; with less left, another invocation should do it
_RESERVED_SECONDS = 5.0  # for writing the result after the last retry
_UPLOAD_TIMEOUT = timedelta(hours=1)  # longer than any upload: its URL is valid for 5 minutes
_LEASE_MARGIN = 5  # seconds that a lease outlives its invocation, so that two never overlap


@dataclass(frozen=True)
class Invocation:
    """One invocation of the function: the owner of its leases, and the seconds it has left."""

    lease_owner: str
    seconds_left: Callable[[], float]


class Processor:
    """Processes images. Raises TransientError, or AWS's own error, if one has to be processed again."""

    def __init__(
        self,
        settings: ProcessorSettings,
        storage: Storage,
        catalog: Catalog,
        recognizer: Recognizer,
        prepare_image: PrepareImage,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self.input_bucket = settings.input_bucket
        self._settings = settings
        self._storage = storage
        self._catalog = catalog
        self._recognizer = recognizer
        self._prepare_image = prepare_image
        self._clock = clock
        self._store = ResultStore(settings, storage, catalog, clock)
        self._detectors = enabled_detectors(settings)
        self._calls = build_calls(self._detectors, settings)
        self._limits = common_limits(self._detectors)

    def process(self, event: ObjectCreated, invocation: Invocation) -> Outcome:
        """Process an image, unless it is already finished or another invocation is processing it.

        An image that failed as unavailable isn't finished: its event was redriven. Nor is one that failed
        before its file was created: `POST /uploads` keeps such a file, so no other event would follow.
        """
        if invocation.seconds_left() < _MIN_SECONDS:
            raise TransientError("too little time left for another image")
        return self._with_lease(event, invocation, self._process, reopen=True)

    def give_up(self, event: ObjectCreated, invocation: Invocation) -> Outcome:
        """Record that every attempt failed, unless one of them succeeded."""
        return self._with_lease(event, invocation, self._fail_as_unavailable, reopen=False)

    def _with_lease(
        self,
        event: ObjectCreated,
        invocation: Invocation,
        work: Callable[[_Job], Outcome],
        *,
        reopen: bool,
    ) -> Outcome:
        upload, lease_owner = event.upload, invocation.lease_owner
        if upload is None:
            return work(_Job(event, invocation))
        seconds = int(invocation.seconds_left()) + _LEASE_MARGIN
        lease = self._catalog.acquire_lease(
            upload.owner,
            upload.image_id,
            lease_owner,
            seconds,
            created_at=event.created_at,
            reopen=reopen,
        )
        if lease.status is LeaseStatus.MISSING:
            self._store.delete_orphan(event, upload)
        if lease.status is not LeaseStatus.ACQUIRED:
            return Outcome(event.key, "busy" if lease.status is LeaseStatus.BUSY else "skipped")
        with ExitStack() as stack:
            stack.callback(self._catalog.release_lease, lease)
            outcome = work(_Job(event, invocation, lease))
            if outcome.status != "skipped":
                stack.pop_all()  # finishing the record ended the lease
        return outcome

    def _process(self, job: _Job) -> Outcome:
        try:
            return self._recognize_image(job)
        except Rejection as rejection:
            if rejection.code == "gone" and job.lease and self._is_restarted(job.event):
                return self._leave_to_next_event(job, job.lease)
            return self._reject(job, rejection)

    def _fail_as_unavailable(self, job: _Job) -> Outcome:
        event = job.event
        with suppress(ObjectGone, ObjectForbidden):
            stored = self._storage.head(event.bucket, event.key)
            if self._store.has_result(event, stored.etag):
                return Outcome(event.key, "skipped")
        return self._reject(job, Rejection.of("unavailable"), is_final=False)

    def _recognize_image(self, job: _Job) -> Outcome:
        event, started_at = job.event, self._clock()
        with _reject_unreadable():
            stored = self._storage.head(event.bucket, event.key)
        job.image = job.image.with_stored(stored)
        if self._store.has_result(event, stored.etag):
            return Outcome(event.key, "skipped")
        prepared = self._prepare(job, stored.size)
        recognition = self._recognize(job, prepared)
        if recognition.errors and not recognition.values:
            job.errors = recognition.errors
            raise Rejection.of(rejection_code(recognition.errors.values()))
        result = Result(
            image=job.image,
            recognition=recognition,
            detectors=tuple(detector.name for detector in self._detectors),
            min_confidence=self._settings.labels_min_confidence,
            started_at=started_at,
            ended_at=self._clock(),
            is_converted=prepared.body is not None,
        )
        if not self._store.save_result(event, result, job.lease_owner):
            return Outcome(event.key, "skipped")
        return Outcome(event.key, "done", labels=result.summary.labels)

    def _prepare(self, job: _Job, size: int) -> PreparedImage:
        max_megabytes = self._settings.max_upload_megabytes
        if size == 0:
            raise Rejection.of("empty")
        if size > max_megabytes * MEGABYTE:
            raise Rejection.of("too-large", megabytes=max_megabytes)
        with _reject_unreadable():
            data = self._storage.read(job.event.bucket, job.event.key)
        return self._prepare_image(data, self._limits, job.set_header)

    def _recognize(self, job: _Job, prepared: PreparedImage) -> Recognition:
        event = job.event
        image: dict[str, Any] = (
            {"S3Object": {"Bucket": event.bucket, "Name": event.key}}
            if prepared.body is None
            else {"Bytes": prepared.body}
        )
        with ThreadPoolExecutor(1) as executor:
            renderings = executor.submit(
                self._store.save_renderings, event.key, prepared.preview, prepared.thumbnail
            )
            seconds = job.seconds_left() - _RESERVED_SECONDS
            recognition = self._recognizer.recognize(image, self._calls, seconds)
        renderings.result()
        return recognition

    def _reject(self, job: _Job, rejection: Rejection, *, is_final: bool = True) -> Outcome:
        reason = Reason(rejection.code, rejection.message)
        failure = Failure(job.image, reason, job.errors, is_final)
        if not self._store.save_failure(job.event, failure, job.lease_owner):
            return Outcome(job.event.key, "skipped")
        return Outcome(job.event.key, "failed", reason=reason)

    def _leave_to_next_event(self, job: _Job, lease: Lease) -> Outcome:
        """Skip an image whose file has an event of its own, unless that event came during the lease."""
        self._catalog.release_lease(lease)
        with suppress(ObjectGone):
            self._storage.head(job.event.bucket, job.event.key)
            raise TransientError("the file has just arrived")
        return Outcome(job.event.key, "skipped")

    def _is_restarted(self, event: ObjectCreated) -> bool:
        """Return whether the image was started again after the event, and its file may still arrive."""
        if event.upload is None:
            return False
        record = self._catalog.get(event.upload.owner, event.upload.image_id)
        if record is None or record.uploaded_at <= event.created_at:
            return False
        return self._clock() - record.uploaded_at < _UPLOAD_TIMEOUT


class _Job:
    """An image being processed: collects what a failure's document reports about it."""

    def __init__(self, event: ObjectCreated, invocation: Invocation, lease: Lease | None = None) -> None:
        self.event = event
        self.lease = lease
        self.lease_owner = invocation.lease_owner
        self.seconds_left = invocation.seconds_left
        self.image = SourceImage(event.bucket, event.key)
        self.errors: Mapping[str, DetectorError] = {}

    def set_header(self, header: ImageHeader) -> None:
        self.image = self.image.with_header(header)


@contextmanager
def _reject_unreadable() -> Iterator[None]:
    try:
        yield
    except ObjectGone as error:
        raise Rejection.of("gone") from error
    except ObjectForbidden as error:
        raise Rejection.of("not-permitted") from error
