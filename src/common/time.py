"""Times: aware, in UTC, as exact as they are written down."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present time in UTC, cut to the milliseconds that are stored and shown."""
    present = datetime.now(UTC)
    return present.replace(microsecond=present.microsecond // 1000 * 1000)


def rfc3339(moment: datetime) -> str:
    """Write a time as `2026-11-22T15:00:00.123Z`; ValueError for one without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone is no point in time")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_rfc3339(text: str) -> datetime:
    """Read a time that `rfc3339` wrote."""
    return datetime.fromisoformat(text)
