"""The steps from a stored image to what was recognized in it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from common.logs import with_log_keys
from common.object_keys import converted_key
from common.rejections import Rejection
from common.storage import ObjectArchived, ObjectForbidden, ObjectGone
from common.time import now
from common.units import MEGABYTE
from processor.errors import Postponed, rejection_code
from processor.imaging.interface import MAX_PREPARE_SECONDS, ImageFacts
from processor.plan import CUSTOM_LABELS
from processor.recognition import CALL_SECONDS, collect
from processor.result import Result
from processor.review import ReviewRules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future
    from datetime import datetime

    from common.settings import ProcessorSettings
    from common.storage import Storage, StoredObject
    from processor.events import ObjectCreated
    from processor.imaging.interface import PreparedImage, PrepareImage
    from processor.invocation import Invocation
    from processor.plan import Planner
    from processor.progress import Progress
    from processor.recognition import CallResults, Recognizer
    from processor.store import ResultStore
    from processor.usage import UsageCounter

RESERVED_SECONDS = 5.0  # for writing the result after the last retry
_UNREADABLE = {ObjectGone: "gone", ObjectForbidden: "not-permitted", ObjectArchived: "archived"}


class Pipeline:
    """Reads, prepares and recognizes images. An image's state is its `Progress`. Thread-safe."""

    def __init__(
        self,
        settings: ProcessorSettings,
        storage: Storage,
        store: ResultStore,
        recognizer: Recognizer,
        prepare_image: PrepareImage,
        usage_counter: UsageCounter,
        planner: Planner,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._settings = settings
        self._storage = storage
        self._store = store
        self._recognizer = recognizer
        self._prepare_image = prepare_image
        self._usage_counter = usage_counter
        self._planner = planner
        self._clock = clock
        self._review_rules = ReviewRules(settings.review_confidence, settings.required_equipment)
        self._turn = threading.Lock()  # so that a batch doesn't hold the files of all its images at once
        self.default_plan = planner.default

    def run(self, event: ObjectCreated, invocation: Invocation, progress: Progress) -> Result | None:
        """Recognize an image. Return None if it is a direct upload that already has its result.

        Raises Rejection, Postponed or another TransientError, with what was found out in `progress`.
        """
        stored, data = self._inspect(event, progress)
        progress.image = progress.image.with_stored(stored)
        if self._store.has_result(event, stored.etag):
            return None
        self._check_size(stored.size)
        progress.set_plan(self._planner.plan(event))
        if not progress.is_first:
            self._resume(event.key, progress)
        if progress.is_prepared:
            results = self._call(event, invocation, progress)
        else:
            results = self._prepare_and_call(event, invocation, progress, data)
        results.raise_failure()
        if progress.plan.model and results.is_model_stopped:
            progress.is_model_stopped = True
            results = results.without_error(CUSTOM_LABELS)
        recognition = collect(
            progress.plan.calls,
            progress.responses,
            results.errors,
            progress.counted_calls + progress.uncounted_calls,
            progress.earlier,
        )
        if recognition.errors and not recognition.values:
            progress.errors = recognition.errors
            raise Rejection.of(rejection_code(recognition.errors.values()))
        return Result(
            image=progress.image,
            recognition=recognition,
            detectors=recognition.detectors(progress.plan.calls),
            min_confidence=self._settings.labels_min_confidence,
            started_at=progress.started_at,
            ended_at=self._clock(),
            is_converted=bool(progress.is_converted),
            facts=self._allowed(progress.facts or ImageFacts()),
            review_rules=self._review_rules,
            is_waiting=progress.lacks_custom_labels and self._settings.when_model_stopped == "wait",
        )

    def count_usage(self, progress: Progress) -> None:
        """Count the answered calls for the ceiling on the bill. Never raises an error."""
        calls, progress.unmetered_calls = progress.unmetered_calls, []
        if calls:
            self._usage_counter.count(calls)

    def _allowed(self, facts: ImageFacts) -> ImageFacts:
        """Return the facts without what the stack must not store, even if an earlier try kept it."""
        return facts if self._settings.store_location else facts.without_location()

    def _inspect(self, event: ObjectCreated, progress: Progress) -> tuple[StoredObject, bytes | None]:
        """Return what S3 reports about the object and, in a first try, its bytes by the same request.

        Another try may not need them, or is one of a batch, which holds one file at a time.
        """
        with _reject_unreadable():
            if progress.is_first:
                max_bytes = self._settings.max_upload_megabytes * MEGABYTE
                return self._storage.fetch(event.bucket, event.object_key, max_bytes)
            return self._storage.head(event.bucket, event.object_key), None

    def _check_size(self, size: int) -> None:
        max_megabytes = self._settings.max_upload_megabytes
        if size == 0:
            raise Rejection.of("empty")
        if size > max_megabytes * MEGABYTE:
            raise Rejection.of("too-large", megabytes=max_megabytes)

    def _resume(self, key: str, progress: Progress) -> None:
        """Go on from what is known: from an earlier result, and from an earlier try."""
        if progress.done_at:
            earlier = self._store.load_earlier(key, progress.image.etag)
            if earlier:
                progress.reuse(earlier)
                progress.is_prepared = self._is_up_to_date(progress) and self._store.has_renderings(key)
        kept = self._store.load_answers(key, progress.source, progress.plan.calls)
        if kept:
            progress.resume(kept)
            if progress.is_prepared and progress.is_converted:
                progress.is_prepared = self._store.has_converted(key, progress.source)

    def _is_up_to_date(self, progress: Progress) -> bool:
        """Return whether the earlier result of an image has everything, so that it needn't be decoded.

        For a call it has to be: it may have to be converted, and a JPEG isn't kept. So it has to be for its
        location, which may not have been stored before.
        """
        facts = progress.facts
        lacks_facts = facts is None or (self._settings.store_location and "Location" not in facts.exif)
        return not lacks_facts and not progress.missing_calls

    def _prepare_and_call(
        self, event: ObjectCreated, invocation: Invocation, progress: Progress, data: bytes | None
    ) -> CallResults:
        """Call the detectors once the image is decoded; render it, and store the renderings, meanwhile."""
        calls: list[Future[CallResults]] = []
        with ThreadPoolExecutor(1) as executor:

            def start(body: bytes | None) -> None:
                progress.is_converted = body is not None
                call = with_log_keys(self._call)
                calls.append(executor.submit(call, event, invocation, progress, body))

            prepared = self._prepare(event, invocation, progress, data, start)
            progress.facts = self._allowed(prepared.facts)
            self._save_renderings(event, prepared, progress)
        (call,) = calls
        return call.result()

    def _prepare(
        self,
        event: ObjectCreated,
        invocation: Invocation,
        progress: Progress,
        data: bytes | None,
        on_decoded: Callable[[bytes | None], None],
    ) -> PreparedImage:
        """Prepare an image, one at a time. Raises Postponed if too little time is left for that."""
        seconds = invocation.seconds_left() - RESERVED_SECONDS - MAX_PREPARE_SECONDS
        if seconds < 0 or not self._turn.acquire(timeout=seconds):
            raise Postponed("too little time left to prepare the image")
        try:
            if data is None:
                with _reject_unreadable():
                    data = self._storage.read(event.bucket, event.object_key)
            return self._prepare_image(data, progress.plan.limits, progress.set_header, on_decoded)
        finally:
            self._turn.release()

    def _call(
        self, event: ObjectCreated, invocation: Invocation, progress: Progress, body: bytes | None = None
    ) -> CallResults:
        """Make the missing calls, after storing the JPEG for them if there is one."""
        if body is not None:
            progress.has_leftovers = True
            self._store.save_converted(event.key, progress.source, body)
        seconds = invocation.seconds_left() - RESERVED_SECONDS
        if seconds < CALL_SECONDS:
            raise Postponed("too little time left for a call")
        results = self._recognizer.call(
            self._reference(event, progress),
            progress.missing_calls,
            seconds,
            wait_for_quota=invocation.is_retry,
        )
        answered = [call for call in progress.plan.calls if call.operation in results.responses]
        progress.unmetered_calls += answered
        if CUSTOM_LABELS in results.responses:
            self._planner.note_use(event, progress.plan)
        progress.responses |= results.responses
        progress.uncounted_calls += len(answered)
        return results

    def _save_renderings(self, event: ObjectCreated, prepared: PreparedImage, progress: Progress) -> None:
        may_differ = event.record or not progress.done_at  # only a source object can have been replaced
        if may_differ or not self._store.has_renderings(event.key):
            self._store.save_renderings(event, prepared.preview, prepared.thumbnail)
        progress.is_prepared = True

    def _reference(self, event: ObjectCreated, progress: Progress) -> dict[str, Any]:
        """Return Rekognition's `Image`: the object, or the JPEG that it was converted to.

        By reference, because in a batch the bytes of ten images, once for each call, would exceed the memory.
        """
        bucket, key = event.bucket, event.object_key
        if progress.is_converted:
            bucket, key = self._settings.output_bucket, converted_key(event.key)
        return {"S3Object": {"Bucket": bucket, "Name": key}}


@contextmanager
def _reject_unreadable() -> Iterator[None]:
    try:
        yield
    except tuple(_UNREADABLE) as error:
        raise Rejection.of(_UNREADABLE[type(error)]) from error
