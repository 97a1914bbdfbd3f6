"""Time zone-aware times in UTC with millisecond precision, as they are stored and shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal

UTC_MINUTE, UTC_DAY = "%Y-%m-%dT%H:%M", "%Y-%m-%d"  # formats of a minute and a day, which sort by time


def now() -> datetime:
    """Return the current time in UTC, truncated to milliseconds."""
    current = datetime.now(UTC)
    return current.replace(microsecond=current.microsecond // 1000 * 1000)


def format_rfc3339(time: datetime) -> str:
    """Format a time as `2026-11-22T15:00:00.123Z`. Raises ValueError if it has no time zone."""
    if time.tzinfo is None:
        raise ValueError("the time has no time zone")
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_rfc3339(text: str) -> datetime:
    """Parse a time written by `format_rfc3339`."""
    return datetime.fromisoformat(text)


def period_end(period: Literal["minute", "day", "month"], start: str) -> datetime:
    """Return the end of the minute (`2026-11-22T15:00`), or of the day or month of a date (`2026-11-22`)."""
    time = datetime.fromisoformat(start).replace(tzinfo=UTC)
    if period == "minute":
        return time + timedelta(minutes=1)
    if period == "day":
        return time + timedelta(days=1)
    return (time.replace(day=1) + timedelta(days=31)).replace(day=1)
