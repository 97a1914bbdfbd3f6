"""From the end of an upload to the picture's result on the local stack, and where the time goes."""

from __future__ import annotations

from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from bench.figures import Figure
from bench.processing.requests import recording
from bench.usage.picture import draw

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bench.processing.requests import AwsRequest
    from bench.processing.stack import SlowStack

_GOAL, _LIMIT = 280, 1500  # milliseconds
# What ends when, in this order: with the start or the end of a request to AWS.
_PHASES = (
    ("the event reaches the function", "dynamodb UpdateItem", "started"),
    ("the lease", "dynamodb UpdateItem", "ended"),
    ("the file is read", "s3 GetObject input", "ended"),
    ("all pixels are decoded", "rekognition DetectLabels", "started"),
    ("the detector answers", "rekognition DetectLabels", "ended"),
    ("the result is stored", "s3 PutObject output json", "ended"),
    ("the entries of the index", "dynamodb TransactWriteItems", "started"),
)
_DONE = "the record is done"


def measure_latency(running: SlowStack, numbers: range) -> tuple[Figure, list[str]]:
    """Return the time from the end of the PUT to `done`, and the table of the phases."""
    totals, rows = [], []
    with recording(running) as requests:
        for number in numbers:
            running.wait_until_idle()
            requests.clear()
            uploaded, done = running.send(draw(number))
            totals.append((done - uploaded) * 1000)
            rows.append(split(tuple(requests), uploaded, done))
    figure = Figure("end of the upload to done", tuple(totals), "ms", goal=_GOAL, limit=_LIMIT, decimals=0)
    return figure, list(_table(rows))


def split(requests: Sequence[AwsRequest], uploaded: float, done: float) -> dict[str, float]:
    """Return the milliseconds of each phase. The phases fill the time between the upload and done.

    A request that begins before the upload's answer has arrived ends a phase of no time.
    """
    times = [uploaded]
    for _, name, side in _PHASES:
        (first, *_) = (request for request in requests if request.name == name)
        times.append(max(times[-1], getattr(first, side)))
    names = [name for name, _, _ in _PHASES] + [_DONE]
    return {
        name: (end - start) * 1000 for name, (start, end) in zip(names, pairwise([*times, done]), strict=True)
    }


def _table(rows: Sequence[dict[str, float]]) -> Iterator[str]:
    yield "phase of a picture, in the order of time    median ms  smallest ms"
    smallest = {name: min(row[name] for row in rows) for name in rows[0]}
    for name, least in smallest.items():
        yield f"{name:<44}{median(row[name] for row in rows):9.0f}{least:13.0f}"
    yield f"{'together':<53}{sum(smallest.values()):13.0f}"
