"""Measure how long the processor waits for five detectors of 200 ms each, called at once."""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from bench.fakes import SETTINGS, Rekognition, discarded_metrics  # noqa: E402 -- needs the path set above
from processor.detectors import build_calls, enabled_detectors  # noqa: E402
from processor.recognition import Recognizer  # noqa: E402

_DETECTOR_SECONDS = 0.2
_MAX_SECONDS = 0.25
_ROUNDS = 10


def main() -> int:
    """Print the wait; return 1 if it exceeds the limit."""
    calls = build_calls(enabled_detectors(SETTINGS), SETTINGS)
    recognizer = Recognizer(Rekognition(_DETECTOR_SECONDS))  # type: ignore[arg-type]
    waits = []
    for _ in range(_ROUNDS):
        started = time.perf_counter()
        with discarded_metrics():
            recognizer.call({"Bytes": b""}, calls, 60, wait_for_quota=False)
        waits.append(time.perf_counter() - started)
    print(f"{len(calls)} detectors of {_DETECTOR_SECONDS * 1000:.0f} ms each, {_ROUNDS} rounds")
    print(f"wait: median {statistics.median(waits) * 1000:.0f} ms, maximum {max(waits) * 1000:.0f} ms")
    return int(max(waits) >= _MAX_SECONDS)


if __name__ == "__main__":
    raise SystemExit(main())
