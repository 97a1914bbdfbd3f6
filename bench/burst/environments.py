"""Lambda's concurrency: how many environments may run at once, and what they cost."""

from __future__ import annotations

from collections.abc import Callable


class Environments:
    """Execution environments of the function, within the account's or its reserved concurrency."""

    def __init__(self, concurrency: int) -> None:
        self._concurrency = concurrency
        self._running = 0
        self._created = 0
        self.invocations = 0
        self.seconds = 0.0  # billed, with the starts of new environments
        self.on_release: Callable[[], None] = lambda: None

    @property
    def free(self) -> int:
        """How many more invocations can run now."""
        return self._concurrency - self._running

    def start(self) -> bool:
        """Start an invocation. Return whether it needs a new environment."""
        self._running += 1
        self.invocations += 1
        if self._running <= self._created:
            return False
        self._created += 1
        return True

    def end(self, seconds: float) -> None:
        """End an invocation that took some seconds."""
        self._running -= 1
        self.seconds += seconds
        self.on_release()
