"""How long the processor waits for detectors of equal latency: they are called at once."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from bench.fakes import SETTINGS, Rekognition, discarded_metrics
from bench.figures import Figure
from processor.detectors import build_calls, enabled_detectors
from processor.recognition import Recognizer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from processor.detectors import Call

SECONDS = 0.2  # of each detector
_COUNTS = (3, 5)
_GOAL, _LIMIT = 1.1, 1.5


def measure_waits(rounds: int) -> Iterator[Figure]:
    """Yield the wait for several detectors, as a multiple of that for one in the same round."""
    recognizer = Recognizer(Rekognition(SECONDS))  # type: ignore[arg-type]
    calls = build_calls(enabled_detectors(SETTINGS), SETTINGS)
    waits = [{count: _wait(recognizer, calls[:count]) for count in (1, *_COUNTS)} for _ in range(rounds)]
    for count in _COUNTS:
        ratios = tuple(wait[count] / wait[1] for wait in waits)
        name = f"{count} detectors of {SECONDS * 1000:.0f} ms ÷ one"
        yield Figure(name, ratios, goal=_GOAL, limit=_LIMIT)


def _wait(recognizer: Recognizer, calls: Sequence[Call]) -> float:
    started = time.perf_counter()
    with discarded_metrics():
        recognizer.call({"Bytes": b""}, calls, 60, wait_for_quota=False)
    return time.perf_counter() - started
