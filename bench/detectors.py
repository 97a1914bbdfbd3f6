"""Measure what the processor waits for recognition: five detectors, of 200 ms each, asked at once."""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from bench.fakes import SETTINGS, Rekognition  # noqa: E402 -- the path is set first
from processor.detectors import build_calls, enabled_detectors  # noqa: E402
from processor.recognition import Recognizer  # noqa: E402

_SECONDS = 0.2
_MOST = 0.25
_ROUNDS = 10


def main() -> int:
    """Print the wait; fail where it is that of more than the slowest detector."""
    asked = build_calls(enabled_detectors(SETTINGS), SETTINGS)
    recogniser = Recognizer(Rekognition(_SECONDS))  # type: ignore[arg-type]
    waits = []
    for _ in range(_ROUNDS):
        started = time.perf_counter()
        recogniser.recognize({"Bytes": b""}, asked, 60)
        waits.append(time.perf_counter() - started)
    print(f"{len(asked)} detectors of {_SECONDS * 1000:.0f} ms each, {_ROUNDS} times")
    print(f"wait: median {statistics.median(waits) * 1000:.0f} ms, longest {max(waits) * 1000:.0f} ms")
    return int(max(waits) >= _MOST)


if __name__ == "__main__":
    raise SystemExit(main())
