from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog import quotas
from catalog.contention import TableBusy
from catalog.quotas import QUOTA_SECONDS, QuotaReached, UploadCounts, UploadLimits
from catalog.table import Table
from tests.unit.catalog.support import CallLog, Clock

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = {"pk": "OWNER#public", "sk": "QUOTA"}
LIMITS = UploadLimits(day=2, month=3)
MANY = UploadLimits(day=1000, month=1000)


@pytest.fixture
def quota_table(table: Any, clock: Clock) -> Table:
    return Table(table, clock, sleep=lambda _: None, random=lambda: 1.0)


@pytest.fixture
def take(quota_table: Table, clock: Clock) -> Callable[..., datetime]:
    return lambda limits=LIMITS: quotas.take_upload(quota_table, "public", limits, clock.now)


@pytest.fixture
def request_upload(quota_table: Table, clock: Clock) -> Callable[[], None]:
    """Count a request, of which two are allowed in a minute."""
    return lambda: quotas.take_request(quota_table, "public", 2, clock.now)


@pytest.fixture
def counts(quota_table: Table, clock: Clock) -> Callable[[], tuple[int, int]]:
    """Return the uploads counted in the day and in the month."""

    def counts() -> tuple[int, int]:
        found = quotas.read(quota_table, "public", clock.now)
        return found.day, found.month

    return counts


def reached(action: Callable[[], object]) -> tuple[str, int, datetime]:
    with pytest.raises(QuotaReached) as raised:
        action()
    return raised.value.period, raised.value.limit, raised.value.ends_at


def test_nothing_is_counted_at_first(quota_table, clock) -> None:
    found = quotas.read(quota_table, "public", clock.now)
    assert found == UploadCounts("2026-11-22", 0, 0)
    assert found.day_end == datetime(2026, 11, 23, tzinfo=UTC)
    assert found.month_end == datetime(2026, 12, 1, tzinfo=UTC)


def test_one_item_holds_all_counts_of_an_owner(take, request_upload, table, clock) -> None:
    request_upload()
    assert take() == clock.now
    clock.advance(days=1, minutes=1)
    take()
    clock.advance(minutes=1)
    request_upload()
    assert table.scan()["Items"] == [
        {
            **KEY,
            "requestMinute": "2026-11-23T15:02",
            "minuteRequests": 1,
            "uploadDay": "2026-11-23",
            "dayUploads": 1,
            "monthUploads": 2,
            "expiresAt": int(clock.now.timestamp()) + QUOTA_SECONDS,
        }
    ]


def test_the_usual_count_is_one_update(take, table) -> None:
    take(MANY)
    calls = CallLog(table)
    take(MANY)
    assert calls.clear() == ["UpdateItem"]


def test_requests_are_limited_until_the_minute_ends(request_upload, clock) -> None:
    request_upload()
    request_upload()
    assert reached(request_upload) == ("minute", 2, datetime(2026, 11, 22, 15, 1, tzinfo=UTC))
    clock.advance(seconds=60)
    request_upload()
    request_upload()
    assert reached(request_upload) == ("minute", 2, datetime(2026, 11, 22, 15, 2, tzinfo=UTC))


def test_an_upload_is_a_request_as_well(take, request_upload, clock) -> None:
    two = UploadLimits(1000, 1000, minute=2)
    take(two)
    request_upload()
    for action in (lambda: take(two), request_upload):
        assert reached(action) == ("minute", 2, datetime(2026, 11, 22, 15, 1, tzinfo=UTC))
    clock.advance(seconds=60)
    take(two)
    take(two)
    assert reached(request_upload)[0] == "minute"


def test_a_request_beyond_the_day_counts_in_its_minute(take, clock) -> None:
    limits = UploadLimits(day=1, month=3, minute=2)
    take(limits)
    assert reached(lambda: take(limits))[0] == "day"
    assert reached(lambda: take(limits))[0] == "minute"


def test_uploads_are_limited_until_the_day_or_month_ends(take, counts, clock) -> None:
    take()
    take()
    assert reached(take) == ("day", 2, datetime(2026, 11, 23, tzinfo=UTC))
    assert counts() == (2, 2)
    clock.advance(days=1)
    assert counts() == (0, 2)
    take()
    assert counts() == (1, 3)
    assert reached(take) == ("month", 3, datetime(2026, 12, 1, tzinfo=UTC))
    clock.advance(days=1)  # a new day, which doesn't help
    assert reached(take) == ("month", 3, datetime(2026, 12, 1, tzinfo=UTC))
    clock.now = datetime(2026, 12, 1, tzinfo=UTC)
    assert counts() == (0, 0)
    take()
    assert counts() == (1, 1)


def test_a_lower_limit_applies_at_once(take, counts) -> None:
    for _ in range(3):
        take(MANY)
    assert reached(take) == ("month", 3, datetime(2026, 12, 1, tzinfo=UTC))
    assert counts() == (3, 3)


def test_the_year_ends_with_its_last_month(take, clock) -> None:
    clock.now = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)
    for _ in range(2):
        take()
    assert reached(take) == ("day", 2, datetime(2027, 1, 1, tzinfo=UTC))
    clock.advance(seconds=1)
    take()


def test_where_clocks_differ_the_later_period_counts(
    take, request_upload, counts, clock, quota_table
) -> None:
    midnight = datetime(2026, 11, 23, tzinfo=UTC)
    clock.now = midnight
    take()
    clock.advance(seconds=-1)
    counted_at = take()
    assert reached(request_upload) == ("minute", 2, datetime(2026, 11, 23, 0, 1, tzinfo=UTC))
    assert counted_at == midnight
    assert reached(take) == ("day", 2, datetime(2026, 11, 24, tzinfo=UTC))
    assert counts() == (2, 2)
    quotas.give_back(quota_table, "public", counted_at)
    assert counts() == (1, 1)


@pytest.mark.parametrize(
    ("later", "expected"),
    [({"seconds": 1}, (0, 0)), ({"days": 1}, (1, 1)), ({"days": 9}, (1, 1))],
)
def test_an_upload_is_given_back_in_the_periods_that_are_not_over(
    take, counts, clock, quota_table, later: dict[str, int], expected: tuple[int, int]
) -> None:
    counted_at = take()
    clock.advance(**later)
    if "days" in later:
        take()
    quotas.give_back(quota_table, "public", counted_at)
    assert counts() == expected


def test_an_upload_is_not_given_back_twice_below_zero(take, counts, quota_table) -> None:
    counted_at = take()
    for _ in range(2):
        quotas.give_back(quota_table, "public", counted_at)
    assert counts() == (0, 0)


def test_giving_back_without_an_item_changes_nothing(quota_table, clock, table) -> None:
    quotas.give_back(quota_table, "public", clock.now)
    assert table.scan()["Items"] == []


@pytest.mark.parametrize("index", [0, 1])
def test_takes_that_start_a_period_together_both_count(take, counts, table, index: int) -> None:
    calls = CallLog(table)
    calls.run_before(index, take)
    take()
    assert calls.has_run
    assert counts() == (2, 2)


@pytest.mark.parametrize("index", [0, 1])
def test_requests_that_start_a_minute_together_both_count(request_upload, table, index: int) -> None:
    calls = CallLog(table)
    calls.run_before(index, request_upload)
    request_upload()
    assert calls.has_run
    assert reached(request_upload)[0] == "minute"


@pytest.mark.parametrize("index", [0, 1])
def test_a_day_that_begins_while_an_upload_is_given_back(
    take, counts, clock, quota_table, table, index: int
) -> None:
    counted_at = take()

    def begin_next_day() -> None:
        clock.advance(days=1)
        take()

    calls = CallLog(table)
    calls.run_before(index, begin_next_day)
    quotas.give_back(quota_table, "public", counted_at)
    assert calls.has_run
    assert counts() == (1, 1)


def test_an_upload_given_back_while_a_day_begins(take, counts, clock, quota_table, table) -> None:
    counted_at = take()
    clock.advance(days=1)
    calls = CallLog(table)
    calls.run_before(1, lambda: quotas.give_back(quota_table, "public", counted_at))
    take()
    assert calls.has_run
    assert counts() == (1, 1)


def test_endless_races_end_as_busy(request_upload, take, quota_table, clock, monkeypatch) -> None:
    monkeypatch.setattr(quota_table, "update", lambda *_, **__: (False, {}))
    for action in (request_upload, take):
        with pytest.raises(TableBusy):
            action()


@pytest.mark.parametrize("limit", [1, 25])
def test_many_threads_take_exactly_the_limit(table, clock, counts, limit: int) -> None:
    quota_table = Table(table, clock, sleep=lambda _: None, random=lambda: 1.0)
    barrier = threading.Barrier(16)

    def take_several(_: int) -> int:
        barrier.wait()
        taken = 0
        for _ in range(3):
            try:
                quotas.take_upload(quota_table, "public", UploadLimits(limit, 1000), clock.now)
            except QuotaReached:
                continue
            taken += 1
        return taken

    with ThreadPoolExecutor(16) as executor:
        assert sum(executor.map(take_several, range(16))) == limit
    assert counts() == (limit, limit)


steps = st.lists(st.sampled_from(["take", "give back", "hour", "day", "week"]), max_size=25)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_counts_equal_a_simple_model(table, steps: list[str]) -> None:
    """The model is the list of times at which the uploads that weren't given back were counted."""
    table.delete_item(Key=KEY)
    clock = Clock()
    quota_table = Table(table, clock, sleep=lambda _: None, random=lambda: 1.0)
    model: list[datetime] = []

    def expected() -> tuple[int, int]:
        same_month = [time for time in model if (time.year, time.month) == (clock.now.year, clock.now.month)]
        return sum(time.date() == clock.now.date() for time in same_month), len(same_month)

    for step in steps:
        if step == "take":
            day, month = expected()
            is_allowed = day < LIMITS.day and month < LIMITS.month
            try:
                model.append(quotas.take_upload(quota_table, "public", LIMITS, clock.now))
            except QuotaReached:
                assert not is_allowed
            else:
                assert is_allowed
        elif step == "give back":
            if model:
                quotas.give_back(quota_table, "public", model.pop(0))
        else:
            clock.advance(**{f"{step}s": 1})
        found = quotas.read(quota_table, "public", clock.now)
        assert (found.day, found.month) == expected()
