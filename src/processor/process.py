"""One picture, from its arrival to its record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from catalog.catalog import Claim
from common import time as times
from common.object_keys import parse_upload_key
from common.rejections import Rejection
from common.storage import ObjectForbidden, ObjectGone
from processor import detectors
from processor import result as results
from processor.errors import DetectorError, TransientFault, rejection_code
from processor.imaging.pictures import Prepared, open_picture, prepare
from processor.outcomes import Outcome
from processor.store import Keeper

if TYPE_CHECKING:
    from datetime import datetime

    from catalog.catalog import Catalog
    from common.settings import ProcessorSettings
    from common.storage import Storage, StoredObject
    from processor.events import Arrival
    from processor.recognition import Recognised, Recogniser

_LEAST_SECONDS = 20.0  # what the largest picture may need; with less left it is better tried afresh
_RESERVED_SECONDS = 5.0  # for writing, after the last retry
_LEASE_MARGIN = 5  # seconds by which a claim outlives its invocation, so that two never overlap


@dataclass(frozen=True)
class Attempt:
    """One invocation: who claims, and how many seconds it has left."""

    claimant: str
    seconds_left: Callable[[], float]


@dataclass
class _Findings:
    """What came to be known of a picture so far; filled as the work goes on, for the failure's document."""

    image: dict[str, Any]
    errors: Mapping[str, DetectorError] = field(default_factory=dict)


class Processor:
    """Looks at pictures; TransientFault, or AWS's own error, where one is to be tried again."""

    def __init__(
        self,
        settings: ProcessorSettings,
        storage: Storage,
        catalog: Catalog,
        recogniser: Recogniser,
        clock: Callable[[], datetime] = times.now,
    ) -> None:
        self.input_bucket = settings.input_bucket
        self._settings = settings
        self._storage = storage
        self._catalog = catalog
        self._recogniser = recogniser
        self._clock = clock
        self._keeper = Keeper(settings, storage, catalog, clock)
        self._detectors = detectors.chosen(settings)
        self._calls = detectors.calls(self._detectors, settings)
        self._limits = detectors.common_limits(self._detectors)

    def process(self, arrival: Arrival, attempt: Attempt) -> Outcome:
        """Take one picture to its end, unless it is there already or another invocation is at it."""
        if attempt.seconds_left() < _LEAST_SECONDS:
            raise TransientFault("too little time is left for another picture")
        return self._claimed(arrival, attempt, self._answer)

    def give_up(self, arrival: Arrival, attempt: Attempt) -> Outcome:
        """Record that a picture failed in all its tries, unless it came to its end in one of them."""
        return self._claimed(arrival, attempt, self._answer_unavailable)

    def _claimed(
        self, arrival: Arrival, attempt: Attempt, answer: Callable[[Arrival, Attempt], Outcome]
    ) -> Outcome:
        upload = parse_upload_key(arrival.key)
        if upload is None:
            return answer(arrival, attempt)
        seconds = int(attempt.seconds_left()) + _LEASE_MARGIN
        claim = self._catalog.claim(upload.owner, upload.image_id, attempt.claimant, seconds)
        if claim is Claim.MISSING:
            self._keeper.clear(arrival, upload)
        if claim is not Claim.TAKEN:
            return Outcome(arrival.key, "busy" if claim is Claim.BUSY else "skipped")
        with ExitStack() as unfinished:
            unfinished.callback(self._catalog.release, upload.owner, upload.image_id, attempt.claimant)
            outcome = answer(arrival, attempt)
            if outcome.status != "skipped":
                unfinished.pop_all()  # the record is closed, and the claim with it
        return outcome

    def _awaits_upload(self, arrival: Arrival) -> bool:
        """Tell whether a late event is about a failed upload that was deleted, and is now made anew."""
        upload = parse_upload_key(arrival.key)
        if upload is None:
            return False
        record = self._catalog.get(upload.owner, upload.image_id)
        return record is not None and arrival.at < record.uploaded_at

    def _answer(self, arrival: Arrival, attempt: Attempt) -> Outcome:
        findings = _Findings({"Bucket": arrival.bucket, "Key": arrival.key})
        try:
            return self._look(arrival, attempt, findings)
        except Rejection as rejection:
            if rejection.code == "gone" and self._awaits_upload(arrival):
                return Outcome(arrival.key, "skipped")
            return self._reject(arrival, findings, rejection, attempt.claimant)

    def _answer_unavailable(self, arrival: Arrival, attempt: Attempt) -> Outcome:
        with suppress(ObjectGone, ObjectForbidden):
            stored = self._storage.head(arrival.bucket, arrival.key)
            if self._keeper.is_answered_drop(arrival.key, stored.etag):
                return Outcome(arrival.key, "skipped")
        findings = _Findings({"Bucket": arrival.bucket, "Key": arrival.key})
        rejection = Rejection.of("unavailable")
        return self._reject(arrival, findings, rejection, attempt.claimant, is_final=False)

    def _look(self, arrival: Arrival, attempt: Attempt, findings: _Findings) -> Outcome:
        started_at = self._clock()
        with _readable():
            stored = self._storage.head(arrival.bucket, arrival.key)
        findings.image.update(ETag=stored.etag, Bytes=stored.size)
        if self._keeper.is_answered_drop(arrival.key, stored.etag):
            return Outcome(arrival.key, "skipped")
        prepared = self._prepare(arrival, stored, findings)
        recognised = self._recognise(arrival, attempt, prepared)
        if recognised.errors and not recognised.lists:
            findings.errors = recognised.errors
            raise Rejection.of(rejection_code(recognised.errors.values()))
        document = results.result(
            findings.image,
            recognised,
            detectors=self._detectors,
            min_confidence=self._settings.labels_min_confidence,
            started_at=started_at,
            ended_at=self._clock(),
            converted=prepared.body is not None,
        )
        if not self._keeper.keep_result(arrival.key, document, attempt.claimant):
            return Outcome(arrival.key, "skipped")
        return Outcome(arrival.key, "done", labels=results.label_summaries(document))

    def _prepare(self, arrival: Arrival, stored: StoredObject, findings: _Findings) -> Prepared:
        if stored.size == 0:
            raise Rejection.of("empty")
        if stored.size > self._settings.max_upload_bytes:
            raise Rejection.of("too-large", megabytes=self._settings.max_upload_megabytes)
        with _readable():
            data = self._storage.read(arrival.bucket, arrival.key)
        opened = open_picture(data)
        findings.image.update(Format=opened.format, Width=opened.width, Height=opened.height)
        return prepare(opened, data, self._limits)

    def _recognise(self, arrival: Arrival, attempt: Attempt, prepared: Prepared) -> Recognised:
        image: dict[str, Any] = (
            {"S3Object": {"Bucket": arrival.bucket, "Name": arrival.key}}
            if prepared.body is None
            else {"Bytes": prepared.body}
        )
        with ThreadPoolExecutor(1) as meanwhile:
            kept = meanwhile.submit(self._keeper.keep_thumbnail, arrival.key, prepared.image)
            seconds = attempt.seconds_left() - _RESERVED_SECONDS
            recognised = self._recogniser.recognise(image, self._calls, seconds)
        kept.result()
        return recognised

    def _reject(
        self,
        arrival: Arrival,
        findings: _Findings,
        rejection: Rejection,
        claimant: str,
        *,
        is_final: bool = True,
    ) -> Outcome:
        document = results.failure(findings.image, rejection.code, rejection.message, findings.errors)
        if not self._keeper.keep_failure(arrival.key, document, claimant, is_final=is_final):
            return Outcome(arrival.key, "skipped")
        return Outcome(arrival.key, "failed", reason=rejection)


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except ObjectGone as error:
        raise Rejection.of("gone") from error
    except ObjectForbidden as error:
        raise Rejection.of("not-permitted") from error
