from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from common.time import format_rfc3339, now, parse_rfc3339


def test_formats_times_in_utc_with_milliseconds() -> None:
    time = datetime(2026, 11, 22, 16, 30, 0, 123999, timezone(timedelta(hours=1, minutes=30)))
    assert format_rfc3339(time) == "2026-11-22T15:00:00.123Z"
    assert format_rfc3339(datetime(2026, 1, 2, tzinfo=UTC)) == "2026-01-02T00:00:00.000Z"


def test_the_current_time_survives_a_round_trip() -> None:
    time = now()
    assert time.tzinfo is UTC
    assert parse_rfc3339(format_rfc3339(time)) == time


def test_rejects_a_time_without_a_time_zone() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        format_rfc3339(datetime(2026, 1, 2))  # noqa: DTZ001
