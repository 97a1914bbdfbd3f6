"""Recovery: walks the index of pending images.

It recovers each one whose object nothing processes, and gives back the upload of each one without an object.
Then it measures the ceiling, which no request does for source objects and direct uploads.
"""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from catalog.keys import PENDING_SHARDS
from common.logs import get_logger, log_scope
from common.time import now

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from catalog.catalog import Catalog
    from catalog.records import ImageRecord
    from common.settings import RecoverySettings
    from limits.ceiling import Ceiling
    from retries.recoverer import Recoverer

_MIN_SECONDS = 15.0  # for what is under way: each thread makes up to five calls, which rarely take seconds
_BATCH_SIZE = 100  # records read at once; the maximum of BatchGetItem
_log = get_logger(__name__)


@dataclass(frozen=True)
class Summary:
    """What a run did, in numbers of pending images.

    A run has 285 seconds and 0.6 vCPU. It reads more than a million records, at 0.1 ms of CPU each, or
    recovers about 50,000 images, at 3.3 ms. The next run begins at the oldest records again. Those that were
    recovered are active then, so it reaches what is behind them.
    """

    recovered: int
    active: int  # being processed, or in the retry queue
    missing: int  # not uploaded, so that their records expire
    given_back: int  # of the missing, those whose upload no longer counts toward its owner's quota
    failed: int  # an error, which the log has
    complete: bool

    def body(self) -> dict[str, Any]:
        """Return the summary as the function's result."""
        return asdict(self)


class Recovery:
    """Recovers images that have been pending for long."""

    def __init__(
        self,
        settings: RecoverySettings,
        catalog: Catalog,
        recoverer: Recoverer,
        ceiling: Ceiling,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._min_age = timedelta(seconds=settings.recover_after_seconds)
        self._catalog = catalog
        self._recoverer = recoverer
        self._ceiling = ceiling
        self._clock = clock
        self._giving_back = threading.Lock()  # one at a time: transactions on an owner's quota conflict

    def run(self, seconds_left: Callable[[], float]) -> Summary:
        """Check every image that has been pending for long, oldest first in each shard, while time is left.

        Each shard has a thread, and so its share of the time: a long shard doesn't keep the others waiting.
        An error with one image or shard doesn't stop the others. A run that ends early loses nothing: those
        that it recovered are skipped by the next.
        """
        before = self._clock() - self._min_age
        check = partial(self._check_shard, before, lambda: seconds_left() > _MIN_SECONDS)
        with ThreadPoolExecutor(len(PENDING_SHARDS)) as executor:
            counts = sum(executor.map(check, PENDING_SHARDS), Counter[str]())
        summary = Summary(
            recovered=counts["recovered"],
            active=counts["active"],
            missing=counts["missing"] + counts["given back"],
            given_back=counts["given back"],
            failed=counts["failed"],
            complete=not counts["unfinished"],
        )
        _log.info("pending images checked", extra=summary.body())
        self._ceiling.measure()
        return summary

    def _check_shard(self, before: datetime, has_time: Callable[[], bool], shard: str) -> Counter[str]:
        """Return how many images had each outcome; `unfinished` is above 0 if the shard has more."""
        counts = Counter[str]()
        try:
            for record in self._pending_records(shard, before):
                if not has_time():
                    counts["unfinished"] += 1
                    break
                counts[self._check(record, before)] += 1
        except Exception:  # must not keep the other shards from being checked
            _log.exception("shard not checked", extra={"shard": shard})
            counts["unfinished"] += 1
        return counts

    def _pending_records(self, shard: str, before: datetime) -> Iterator[ImageRecord]:
        for keys in self._catalog.pending(shard, before=before):
            for start in range(0, len(keys), _BATCH_SIZE):
                for record in self._catalog.get_many(keys[start : start + _BATCH_SIZE]):
                    if record.status == "pending":  # the index lags behind
                        yield record

    def _check(self, record: ImageRecord, before: datetime) -> str:
        if not self._recoverer.is_idle(record):
            return "active"
        with log_scope(owner=record.owner, imageId=record.id):
            try:
                created_at = self._recoverer.event_time(record)
                if created_at is None:
                    return "given back" if self._give_back(record, before) else "missing"
                self._recoverer.recover(record, created_at)
            except Exception:  # must not keep the other images from being recovered
                _log.exception("not recovered")
                return "failed"
            return "recovered"

    def _give_back(self, record: ImageRecord, before: datetime) -> bool:
        """Give back an upload that was counted before a time. Return whether it was given back now."""
        if record.counted_at is None or max(record.counted_at, record.uploaded_at) >= before:
            return False  # `uploaded_at` is later if the image was started again: its file may still arrive
        with self._giving_back:
            return self._catalog.give_back(record)
