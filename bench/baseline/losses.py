"""What becomes of pictures with the faults of `make chaos`: through the pipeline, and the usual sample."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.baseline.function import instead_of_processor
from bench.chaos.checks import find_ending
from bench.chaos.driver import owner_ids
from bench.chaos.engine import CONVERTED, Engine
from bench.chaos.plan import plan_uploads
from bench.chaos.run import CHAOS, SPEEDUP, run_chaos
from bench.chaos.snapshot import remove_seed
from local.stack import Stack

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Mapping, Sequence

    from bench.chaos.plan import Upload

SEED = 1
_SETTLE_SECONDS = 90.0
_QUIET_SECONDS = 8.0  # without a change: an event is up to 5 s late, and its retries come within a second
_CLIENTS = 8
_OPERATION = "DetectLabels"


@dataclass(frozen=True)
class Losses:
    """What happened to pictures that weren't deleted.

    `lost` have no result, `silent` are files without one that nobody is told about, and `repeated` are calls
    of DetectLabels that were billed again.
    """

    pictures: int
    lost: int
    files: int
    silent: int
    repeated: int


def of_pipeline(count: int) -> Losses:
    """Send pictures through the pipeline."""
    outcome = run_chaos(count, SEED, settle_seconds=_SETTLE_SECONDS, min_labels=0)
    subs, snapshot = owner_ids(), outcome.snapshot
    kept = _kept(outcome.uploads)
    endings = {upload.key(subs): (upload, find_ending(upload.key(subs), upload, snapshot)) for upload in kept}
    wrong = [upload for upload, ending in endings.values() if ending != upload.expected]
    return count_losses(
        kept, wrong, snapshot.answered, sum(upload.kind == "webp" for upload in outcome.uploads)
    )


def of_usual(count: int) -> Losses:
    """Send the same pictures through the usual sample: an object and an event for each."""
    with instead_of_processor():
        stack = Stack(speedup=SPEEDUP, concurrency=_CLIENTS, schedules=False, log=_ignore, engine=Engine)
        with stack:
            remove_seed(stack)
            stack.faults.configure(CHAOS.faults)
            stack.rekognition.configure(CHAOS.rekognition)
            kept = _kept(plan_uploads(count, SEED))
            keys = {f"usual/{upload.owner}{upload.number:05}": upload for upload in kept}
            _upload(stack, keys)
            found = _results(stack)
            engine: Any = stack.rekognition
            wrong = [upload for key, upload in keys.items() if f"{key}.json" not in found]
            return count_losses(kept, wrong, engine.answered, 0)


def _kept(uploads: Sequence[Upload]) -> list[Upload]:
    return [upload for upload in uploads if upload.delete_after is None]


def count_losses(
    kept: Sequence[Upload], wrong: Sequence[Upload], answered: Counter[tuple[str, str]], converted: int
) -> Losses:
    """Count those that ended wrong, and the calls beyond one for each picture; `converted` share a key."""
    return Losses(
        pictures=sum(upload.expected == "done" for upload in kept),
        lost=sum(upload.expected == "done" for upload in wrong),
        files=sum(upload.expected != "done" for upload in kept),
        silent=sum(upload.expected != "done" for upload in wrong),
        repeated=sum(
            max(0, count - (converted if key == CONVERTED else 1))
            for (operation, key), count in answered.items()
            if operation == _OPERATION
        ),
    )


def _upload(stack: Stack, keys: Mapping[str, Upload]) -> None:
    s3, bucket = stack.client("s3"), stack.template.outputs["InputBucketName"]
    with ThreadPoolExecutor(_CLIENTS) as pool:
        puts = [
            pool.submit(s3.put_object, Bucket=bucket, Key=key, Body=upload.content())
            for key, upload in keys.items()
        ]
        for put in puts:
            put.result()


def _results(stack: Stack) -> set[str]:
    """Return the keys of the results once nothing has changed for a while."""
    s3, bucket = stack.client("s3"), stack.template.outputs["OutputBucketName"]
    engine: Any = stack.rekognition
    state, deadline = None, time.monotonic() + _SETTLE_SECONDS
    changed_at = time.monotonic()
    found: set[str] = set()
    while time.monotonic() < min(deadline, changed_at + _QUIET_SECONDS):
        time.sleep(0.5)
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        found = {each["Key"] for page in pages for each in page.get("Contents", ())}
        now = (len(found), engine.answered.total(), sum(stack.faults.counts().values()))
        if now != state:
            state, changed_at = now, time.monotonic()
    return found


def _ignore(name: str, line: str) -> None:
    """Log nothing."""
