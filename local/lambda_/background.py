"""Threads that invoke functions in the background until they are stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable


class Background:
    """Daemon threads that end by themselves soon after `_stopping` is set."""

    def __init__(self, targets: Iterable[Callable[[], None]], stop_timeout: float) -> None:
        """Create a thread for each target. `stop` waits up to `stop_timeout` seconds for each."""
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=target, daemon=True) for target in targets]
        self._stop_timeout = stop_timeout

    def start(self) -> None:
        """Start all threads."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let the threads end, and wait for them; give up on one whose function still runs."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(self._stop_timeout)
