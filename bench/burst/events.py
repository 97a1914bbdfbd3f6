"""The event loop: simulated time, and what happens when."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any


class Events:
    """Runs callbacks in the order of their time; those of the same time in the order they were scheduled."""

    def __init__(self) -> None:
        self.now = 0.0  # seconds since the burst
        self._heap: list[tuple[float, int, Callable[..., None], tuple[Any, ...]]] = []
        self._scheduled = 0

    def at(self, time: float, callback: Callable[..., None], *arguments: Any) -> None:
        """Schedule a callback; a time in the past means now."""
        self._scheduled += 1
        heappush(self._heap, (time, self._scheduled, callback, arguments))

    def run(self) -> None:
        """Run until nothing is scheduled anymore."""
        heap = self._heap
        while heap:
            time, _, callback, arguments = heappop(heap)
            if time > self.now:
                self.now = time
            callback(*arguments)
