"""Quotas: an owner's requests in a minute, and uploads in a day and a month (UTC).

One item per owner holds the latest minute, day and month in which something was counted, and the counts. A
period that is over counts as 0, so the item resets itself and never grows. Periods only move forward: where
clocks differ, the later period counts.

Taking is an update of this one item, without a transaction: transactions on the same item conflict. So a
count is exact unless a function is killed before it could give back what it took, or the SDK repeats an
update whose answer was lost. Either costs the owner one upload of the day, and a repeated return gains one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from catalog.actions import Update
from catalog.contention import TableBusy
from catalog.keys import DAY_SECONDS, quota_key
from common.time import UTC_DAY, UTC_MINUTE, parse_rfc3339, period_end

if TYPE_CHECKING:
    from datetime import datetime

    from catalog.table import Item, Table

QUOTA_SECONDS = 40 * DAY_SECONDS  # an item is kept longer than the month of its last count
_MAX_ATTEMPTS = 10

Period = Literal["minute", "day", "month"]


@dataclass(frozen=True)
class UploadLimits:
    """How many uploads an owner may start in a day and in a month, and how many requests send in a minute."""

    day: int
    month: int
    minute: int = 1_000_000_000  # where requests aren't counted


@dataclass(frozen=True)
class UploadCounts:
    """An owner's uploads in a day and its month; `counted_day` is the day's date."""

    counted_day: str
    day: int
    month: int

    @property
    def day_end(self) -> datetime:
        """When the day's uploads stop counting."""
        return period_end("day", self.counted_day)

    @property
    def month_end(self) -> datetime:
        """When the month's uploads stop counting."""
        return period_end("month", self.counted_day)


class QuotaReached(Exception):
    """An owner has reached the limit of a period, which ends at `ends_at`."""

    def __init__(self, period: Period, limit: int, ends_at: datetime) -> None:
        super().__init__(f"{limit} a {period}")
        self.period = period
        self.limit = limit
        self.ends_at = ends_at


def take_request(table: Table, owner: str, limit: int, time: datetime) -> None:
    """Count a request in the minute of a time. Raises QuotaReached or TableBusy."""
    minute = time.strftime(UTC_MINUTE)
    for _ in range(_MAX_ATTEMPTS):
        is_counted, item = table.update(
            quota_key(owner),
            "SET expiresAt = :expiresAt ADD minuteRequests :one",
            {**_expiry(table), ":one": 1, ":minute": minute, ":limit": limit},
            condition="requestMinute >= :minute AND minuteRequests < :limit",
        )
        if is_counted:
            return
        latest = item.get("requestMinute", "")
        if latest >= minute:
            raise QuotaReached("minute", limit, period_end("minute", latest))
        unchanged, values = _unchanged(item, "requestMinute")
        is_counted, _ = table.update(
            quota_key(owner),
            "SET expiresAt = :expiresAt, requestMinute = :minute, minuteRequests = :one",
            {**_expiry(table), **values, ":one": 1, ":minute": minute},
            condition=unchanged,
        )
        if is_counted:
            return
        # another request was the first of the minute
    raise TableBusy(owner)


def take_upload(table: Table, owner: str, limits: UploadLimits, time: datetime) -> datetime:
    """Count a request in the minute of a time, and an upload in its day and month.

    Return the time at which the upload counts, to be passed to `give_back`. Raises QuotaReached, which counts
    the request unless its minute is over the limit, or TableBusy.
    """
    day, minute = time.strftime(UTC_DAY), time.strftime(UTC_MINUTE)
    for _ in range(_MAX_ATTEMPTS):
        is_counted, item = table.update(
            quota_key(owner),
            "SET expiresAt = :expiresAt ADD minuteRequests :one, dayUploads :one, monthUploads :one",
            {
                **_expiry(table),
                ":one": 1,
                ":minute": minute,
                ":today": day,
                ":perMinute": limits.minute,
                ":perDay": limits.day,
                ":perMonth": limits.month,
            },
            condition="requestMinute >= :minute AND minuteRequests < :perMinute AND uploadDay >= :today "
            "AND dayUploads < :perDay AND monthUploads < :perMonth",
        )
        if is_counted:
            return _counted_at(time, item["uploadDay"])
        counts = _counts(item, day)
        if counts.month >= limits.month or counts.day >= limits.day:
            take_request(table, owner, limits.minute, time)
            _raise_reached(counts, limits)
        is_counted = _take_first(table, owner, item, minute, counts, limits)
        if is_counted:
            return _counted_at(time, counts.counted_day)
        # another upload was the first of the minute or day, or was given back
    raise TableBusy(owner)


def _take_first(
    table: Table, owner: str, item: Item, minute: str, counts: UploadCounts, limits: UploadLimits
) -> bool:
    """Count the first request of a minute or the first upload of a day. Return False if it isn't the first.

    Raises QuotaReached about the minute.
    """
    latest = item.get("requestMinute", "")
    requests = int(item["minuteRequests"]) if latest >= minute else 0
    if requests >= limits.minute:
        raise QuotaReached("minute", limits.minute, period_end("minute", latest))
    names = ("requestMinute", "minuteRequests", "uploadDay", "dayUploads", "monthUploads")
    unchanged, values = _unchanged(item, *names)
    new = (max(latest, minute), requests + 1, counts.counted_day, counts.day + 1, counts.month + 1)
    is_counted, _ = table.update(
        quota_key(owner),
        f"SET expiresAt = :expiresAt, {', '.join(f'{name} = :{name}' for name in names)}",
        {**_expiry(table), **values, **{f":{name}": value for name, value in zip(names, new, strict=True)}},
        condition=unchanged,
    )
    return is_counted


def _raise_reached(counts: UploadCounts, limits: UploadLimits) -> NoReturn:
    if counts.month >= limits.month:
        raise QuotaReached("month", limits.month, counts.month_end)
    raise QuotaReached("day", limits.day, counts.day_end)


def _counted_at(time: datetime, day: str) -> datetime:
    """Return the time at which an upload counts: that of another clock's day if it is later."""
    return max(time, parse_rfc3339(f"{day}T00:00:00Z"))


def give_back(table: Table, owner: str, counted_at: datetime) -> None:
    """Uncount an upload, in the periods that aren't over. Raises TableBusy.

    Not idempotent: for an upload whose record was written, use `transitions.give_back`.
    """
    for _ in range(_MAX_ATTEMPTS):
        change = uncounting(table, owner, counted_at)
        if change is None:
            return
        is_uncounted, _ = table.update(
            change.key, change.expression, change.values, condition=change.condition
        )
        if is_uncounted:
            return
    raise TableBusy(owner)


def uncounting(table: Table, owner: str, counted_at: datetime) -> Update | None:
    """Return the change that uncounts an upload, or None if its day and month are over.

    Its condition fails if a new day began since: then decide again.
    """
    item = table.get(quota_key(owner)) or {}
    latest, day = item.get("uploadDay", ""), counted_at.strftime(UTC_DAY)
    counters = ["monthUploads"] if latest[:7] == day[:7] else []
    counters += ["dayUploads"] if latest == day else []
    counters = [name for name in counters if item[name] > 0]  # it may have been erased meanwhile
    if not counters:
        return None
    return Update(
        quota_key(owner),
        f"ADD {', '.join(f'{name} :minusOne' for name in counters)}",
        {":minusOne": -1, ":zero": 0, ":latest": latest},
        " AND ".join(["uploadDay = :latest", *(f"{name} > :zero" for name in counters)]),
    )


def read(table: Table, owner: str, time: datetime) -> UploadCounts:
    """Return an owner's uploads in the day and the month of a time."""
    return _counts(table.get(quota_key(owner)) or {}, time.strftime(UTC_DAY))


def _counts(item: Item, day: str) -> UploadCounts:
    latest = item.get("uploadDay", "")
    day = max(day, latest)
    return UploadCounts(
        counted_day=day,
        day=int(item["dayUploads"]) if latest == day else 0,
        month=int(item["monthUploads"]) if latest[:7] == day[:7] else 0,
    )


def _unchanged(item: Item, *names: str) -> tuple[str, dict[str, Any]]:
    """Return the condition, with its values, that attributes are as they were read."""
    conditions = [
        f"{name} = :old_{name}" if name in item else f"attribute_not_exists({name})" for name in names
    ]
    return " AND ".join(conditions), {f":old_{name}": item[name] for name in names if name in item}


def _expiry(table: Table) -> dict[str, int]:
    return {":expiresAt": table.now() + QUOTA_SECONDS}
