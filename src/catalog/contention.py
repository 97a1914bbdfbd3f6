"""Contention: how often a call of the table is repeated, and after which delays."""

from __future__ import annotations

MAX_ATTEMPTS = 10  # with the delays below about two seconds, well below any function's timeout
_MIN_DELAY, _MAX_DELAY = 0.03, 0.4  # seconds; doubles with each attempt


class TableBusy(Exception):
    """Contention persisted through all attempts; the same call succeeds later."""


def delay(attempt: int, random: float) -> float:
    """Return the seconds before the next attempt: exponential backoff with jitter by a random number."""
    return min(_MAX_DELAY, _MIN_DELAY * 2.0**attempt) * (0.5 + random / 2)
