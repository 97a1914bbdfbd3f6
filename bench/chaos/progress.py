"""What the functions log during a run."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

_OUTCOMES = ("done", "failed", "skipped", "busy", "unfinished", "parked")
_KEEPING = "in _keep"  # a frame of the processor's that counts and stores answers for the next try
_MAX_ERROR = 80  # characters


@dataclass
class Progress:
    """Counts outcomes, in buckets of a second since the start, and notes what happened to each image."""

    started_at: float = field(default_factory=time.monotonic)
    outcomes: Counter[str] = field(default_factory=Counter)
    timeline: dict[int, Counter[str]] = field(default_factory=dict)
    unkept: Counter[str] = field(default_factory=Counter)  # tries that failed to keep their answers, by key
    problems: Counter[str] = field(default_factory=Counter)
    history: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # by key
    handled: set[str] = field(default_factory=set)  # keys of images that are done, failed or were skipped
    gone: set[str] = field(default_factory=set)  # keys of images that are deleted, or that nobody can know of
    last_line_at: float = field(default_factory=time.monotonic)  # of the processor
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def log(self, name: str, line: str) -> None:
        """Read a line of a function's output."""
        try:
            record: dict[str, Any] = json.loads(line)
            message = str(record["message"])
        except (ValueError, KeyError, TypeError):
            return
        key = str(record.get("key") or f"uploads/{record.get('owner')}/{record.get('imageId')}")
        error = f"{record.get('errorType', '')}: {record.get('errorMessage', '')}"[:_MAX_ERROR].strip(": ")
        with self._lock:
            self.history[key].append(f"{self.seconds:.1f} s {name}: {message} {error}".rstrip())
            if name != "ProcessorFunction":
                return
            self.last_line_at = time.monotonic()
            if message in _OUTCOMES:
                self.outcomes[message] += 1
                self._bucket()[message] += 1
            if message in ("done", "failed", "skipped"):
                self.handled.add(key)
            if message == "unfinished":
                self.unkept[key] += any(_KEEPING in frame for frame in record.get("stackTrace", ()))
                self.problems[error] += 1

    def sample(self, **numbers: int) -> None:
        """Note the current numbers for the plot."""
        with self._lock:
            dict.update(self._bucket(), numbers)  # Counter.update would add

    @property
    def finished(self) -> int:
        """The number of pictures about which nothing is left to do."""
        with self._lock:
            return len(self.handled | self.gone)

    @property
    def seconds(self) -> float:
        """The time since the start."""
        return time.monotonic() - self.started_at

    def _bucket(self) -> Counter[str]:
        return self.timeline.setdefault(int(self.seconds), Counter())
