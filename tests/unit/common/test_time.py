from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from common.time import format_rfc3339, month_of, now, parse_date, parse_rfc3339


def test_formats_times_in_utc_with_milliseconds() -> None:
    time = datetime(2026, 11, 22, 16, 30, 0, 123999, timezone(timedelta(hours=1, minutes=30)))
    assert format_rfc3339(time) == "2026-11-22T15:00:00.123Z"
    assert format_rfc3339(datetime(2026, 1, 2, tzinfo=UTC)) == "2026-01-02T00:00:00.000Z"


@pytest.mark.parametrize(
    ("time", "month"),
    [
        (datetime(2026, 11, 30, 23, 59, tzinfo=UTC), "2026-11"),
        (datetime(2026, 12, 1, 0, 30, tzinfo=timezone(timedelta(hours=1))), "2026-11"),
        (datetime(987, 6, 1, tzinfo=UTC), "0987-06"),
    ],
)
def test_a_month_is_that_of_utc(time: datetime, month: str) -> None:
    assert month_of(time) == month


def test_the_current_time_survives_a_round_trip() -> None:
    time = now()
    assert time.tzinfo is UTC
    assert parse_rfc3339(format_rfc3339(time)) == time


def test_rejects_a_time_without_a_time_zone() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        format_rfc3339(datetime(2026, 1, 2))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026", "2026-01-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z"),
        ("2024", "2024-01-01T00:00:00.000Z", "2025-01-01T00:00:00.000Z"),
        ("2026-02", "2026-02-01T00:00:00.000Z", "2026-03-01T00:00:00.000Z"),
        ("2026-12", "2026-12-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z"),
        ("2024-02-29", "2024-02-29T00:00:00.000Z", "2024-03-01T00:00:00.000Z"),
        ("2026-12-31", "2026-12-31T00:00:00.000Z", "2027-01-01T00:00:00.000Z"),
        ("0001", "0001-01-01T00:00:00.000Z", "0002-01-01T00:00:00.000Z"),
        ("9999", "9999-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"),
        ("9999-12", "9999-12-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"),
        ("9999-12-31", "9999-12-31T00:00:00.000Z", "9999-12-31T23:59:59.999Z"),
    ],
)
def test_a_year_month_or_day_has_a_start_and_an_end(text: str, start: str, end: str) -> None:
    assert tuple(map(format_rfc3339, parse_date(text))) == (start, end)


@pytest.mark.parametrize(
    "text", ["", "26", "0000", "2026-13", "2026-02-30", "2026-1", " 2026", "٢٠٢٦", "2026-10-01T00"]
)
def test_rejects_what_is_not_a_year_month_or_day(text: str) -> None:
    with pytest.raises(ValueError, match=r"year|month|day"):
        parse_date(text)
