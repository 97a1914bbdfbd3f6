from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from common.time import now, parse_rfc3339, rfc3339


def test_times_are_written_in_utc_with_milliseconds() -> None:
    half_past_four = datetime(2026, 11, 22, 16, 30, 0, 123999, timezone(timedelta(hours=1, minutes=30)))
    assert rfc3339(half_past_four) == "2026-11-22T15:00:00.123Z"
    assert rfc3339(datetime(2026, 1, 2, tzinfo=UTC)) == "2026-01-02T00:00:00.000Z"


def test_the_present_survives_being_written_down() -> None:
    present = now()
    assert present.tzinfo is UTC
    assert parse_rfc3339(rfc3339(present)) == present


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        rfc3339(datetime(2026, 1, 2))  # noqa: DTZ001 -- what is refused
