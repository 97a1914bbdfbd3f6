"""One run: starts a stack with all faults, uploads, waits until everything has come to rest, and checks."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from bench.chaos.checks import MIN_LABELS, find_violations
from bench.chaos.driver import Driver
from bench.chaos.engine import Engine
from bench.chaos.plan import plan_uploads
from bench.chaos.progress import Progress
from bench.chaos.snapshot import event_keys, pending_keys, queue_lengths, remove_seed, take
from local.settings import UNLIMITED
from local.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bench.chaos.plan import Upload
    from bench.chaos.snapshot import Snapshot

SPEEDUP = 240.0  # a visibility timeout of 6 minutes takes 1.5 seconds, and a retry after a minute 0.25
_PARAMETERS = {
    **UNLIMITED,
    "DetectModeration": "true",
    "DetectText": "true",
    "ApiRateLimit": "10000",
    "ApiBurstLimit": "5000",
}
_QUIET_SECONDS = 3.0  # without a log line, so that late and repeated events have been handled


@dataclass(frozen=True)
class Conditions:
    """The settings of `local.faults` and of Rekognition's emulator, and the number of uploads at a time."""

    faults: Mapping[str, float]
    rekognition: Mapping[str, Any]
    clients: int = 16


CHAOS = Conditions(
    faults={
        "errors": 0.05,
        "lostAnswers": 0.01,
        "kills": 0.01,
        "duplicates": 0.5,
        "lostEvents": 0.02,
        "delaySeconds": 5.0,
    },
    rekognition={
        "faults": [
            {"code": "ProvisionedThroughputExceededException", "rate": 0.10},
            {"code": "InternalServerError", "rate": 0.05},
            {"code": "AnswerLost", "rate": 0.02},
        ]
    },
)
# Everyone uploads at once, and only Rekognition's quota is in the way.
BURST = Conditions(faults={}, rekognition={"tps": 20, "latencyMs": 200}, clients=50)


@dataclass(frozen=True)
class Outcome:
    """The result of a run."""

    uploads: Sequence[Upload]
    violations: list[str]
    snapshot: Snapshot
    progress: Progress
    fault_counts: dict[str, int]
    workers: int  # processes of the processor
    upload_seconds: float
    seconds: float


def run_chaos(
    count: int,
    seed: int,
    *,
    conditions: Conditions = CHAOS,
    concurrency: int = 16,
    settle_seconds: float = 300.0,
    min_labels: int = MIN_LABELS,
    show: Callable[[Progress, int, int], None] = lambda progress, uploaded, total: None,
) -> Outcome:
    """Run with `count` pictures. `show(progress, uploaded, total)` is called about once a second."""
    uploads, progress = plan_uploads(count, seed), Progress()
    stack = Stack(
        parameters=_PARAMETERS,
        speedup=SPEEDUP,
        concurrency=concurrency,
        schedules=False,  # moto reads the whole table for each query of an index, and keeps everyone waiting
        log=progress.log,
        engine=Engine,
    )
    with stack:
        driver = Driver(stack, conditions.clients, lambda: len(progress.handled))
        remove_seed(stack)
        stack.faults.configure(conditions.faults)
        stack.rekognition.configure(conditions.rekognition)
        progress.started_at = time.monotonic()
        with ThreadPoolExecutor(1) as pool:
            uploading = pool.submit(driver.run, uploads)
            while not wait([uploading], 1.0).done:
                _sample(stack, driver, progress, len(uploads), show)
            uploading.result()
        upload_seconds = progress.seconds
        quiet_seconds = _QUIET_SECONDS + conditions.faults.get("delaySeconds", 0.0)
        deadline = time.monotonic() + settle_seconds
        while time.monotonic() < deadline:
            _sample(stack, driver, progress, len(uploads), show)
            if _is_quiet(stack, progress, quiet_seconds):
                pending = pending_keys(stack)
                if pending <= driver.asked_again:  # usually both are empty
                    break
                driver.ask_again(uploads, pending)
                progress.last_line_at = time.monotonic()
            time.sleep(1.0)
        seconds = progress.seconds
        counts, workers = dict(stack.faults.counts()), stack.functions.environments("ProcessorFunction")
        stack.faults.configure(dict.fromkeys(conditions.faults, 0.0))  # the checks are to be answered
        snapshot = take(stack, driver, cast(Engine, stack.rekognition), progress.unkept)
        violations = find_violations(uploads, driver.subs, snapshot, min_labels=min_labels)
    return Outcome(uploads, violations, snapshot, progress, counts, workers, upload_seconds, seconds)


def _sample(
    stack: Stack,
    driver: Driver,
    progress: Progress,
    total: int,
    show: Callable[[Progress, int, int], None],
) -> None:
    lost = {key for event in stack.faults.lost_events() for key in event_keys(event)}
    progress.gone = driver.deleted | {key for key in lost if key.startswith("direct/")}
    progress.sample(
        uploaded=driver.uploaded, finished=progress.finished, queue=queue_lengths(stack)["RetryQueue"]
    )
    show(progress, driver.uploaded, total)


def _is_quiet(stack: Stack, progress: Progress, seconds: float) -> bool:
    """Return whether no line was logged for a while, and no message waits."""
    return time.monotonic() - progress.last_line_at >= seconds and not queue_lengths(stack)["RetryQueue"]
