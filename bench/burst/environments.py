"""Lambda's concurrency: how many environments may run at once, and what they cost."""

from __future__ import annotations

from collections.abc import Callable


class Environments:
    """Execution environments of the function, within the account's or its reserved concurrency."""

    def __init__(self, concurrency: int) -> None:
        self._concurrency = concurrency
        self.running = 0
        self._idle: list[float] = []  # until when each of them parks pictures untried
        self.invocations = 0
        self.cold_starts = 0
        self.seconds = 0.0
        self.on_release: Callable[[], None] = lambda: None

    @property
    def free(self) -> int:
        return self._concurrency - self.running

    def start(self) -> tuple[bool, float]:
        """Start an invocation. Return whether it is a cold start, and until when it pauses."""
        self.running += 1
        self.invocations += 1
        if self._idle:
            return False, self._idle.pop()
        self.cold_starts += 1
        return True, 0.0

    def end(self, seconds: float, paused_until: float) -> None:
        self.running -= 1
        self.seconds += seconds
        self._idle.append(paused_until)
        self.on_release()
