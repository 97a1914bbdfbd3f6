"""The asynchronous events that Lambda has accepted and not settled yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class WaitingEvent:
    """An event before its next try."""

    function_id: str
    request_id: str
    event: Any
    due_at: float  # seconds since the epoch
    failures: int = 0  # tries that have failed


class WaitingEvents:
    """Forgets the events when the stack stops. A subclass stores them."""

    def add(self, waiting: WaitingEvent) -> None:
        """Accept an event: it's delivered at least once from now on."""

    def update(self, waiting: WaitingEvent) -> None:
        """Note that a try has failed, and when the next one is due."""

    def remove(self, waiting: WaitingEvent) -> None:
        """Settle an event: it was processed, or is in the failure queue."""

    def load(self) -> Sequence[WaitingEvent]:
        """Return the events that the previous run of the stack has left, the oldest first."""
        return ()
