"""Time zone-aware times in UTC with millisecond precision, as they are stored and shown."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Literal

UTC_MINUTE, UTC_DAY = "%Y-%m-%dT%H:%M", "%Y-%m-%d"  # formats of a minute and a day, which sort by time
_DATE = re.compile("([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


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


def month_of(time: datetime) -> str:
    """Return the month (UTC) of a time, such as `2026-11`."""
    return format_rfc3339(time)[:7]


def period_end(period: Literal["minute", "day", "month"], start: str) -> datetime:
    """Return the end of the minute (`2026-11-22T15:00`), or of the day or month of a date (`2026-11-22`)."""
    time = datetime.fromisoformat(start).replace(tzinfo=UTC)
    if period == "minute":
        return time + timedelta(minutes=1)
    if period == "day":
        return time + timedelta(days=1)
    return (time.replace(day=1) + timedelta(days=31)).replace(day=1)


def parse_date(text: str) -> tuple[datetime, datetime]:
    """Return the start and the end of a year, month or day (UTC): `2026`, `2026-10` or `2026-10-31`.

    Raises ValueError if it is none of them, or there is no such date.
    """
    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueError("not a year, month or day")
    year, month, day = match.groups()
    start = datetime(int(year), int(month or 1), int(day or 1), tzinfo=UTC)
    longest = timedelta(days=1 if day else 31 if month else 366)
    if start > datetime.max.replace(tzinfo=UTC) - longest:
        return start, datetime.max.replace(tzinfo=UTC)
    end = start + longest
    if not day:
        end = end.replace(day=1)
    return start, end if month else end.replace(month=1)
