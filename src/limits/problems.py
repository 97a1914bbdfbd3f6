"""The problems of reached limits: what is wrong, and when it ends."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from common.errors import CeilingReached, QuotaExceeded, RateLimited

if TYPE_CHECKING:
    from datetime import datetime

    from catalog.quotas import QuotaReached
    from common.errors import LimitReached


def quota_problem(reached: QuotaReached, now: datetime) -> LimitReached:
    """Return the problem of a reached quota: rate-limited for a minute, quota-exceeded for a day or month."""
    seconds = _seconds(reached.ends_at, now)
    limit = f"You have reached the limit of {reached.limit:,} {_plural('upload', reached.limit)}"
    if reached.period == "minute":
        return RateLimited(f"{limit} a minute. Try again in {seconds} {_plural('second', seconds)}.", seconds)
    return QuotaExceeded(
        f"{limit} a {reached.period}. Upload more after {_moment(reached.ends_at)}.", seconds
    )


def ceiling_problem(ends_at: datetime, now: datetime) -> CeilingReached:
    """Return the problem of the reached ceiling on the bill, which ends with the month."""
    return CeilingReached(
        f"The cost of recognition has reached its limit for this month. Try again after {_moment(ends_at)}.",
        _seconds(ends_at, now),
    )


def _seconds(ends_at: datetime, now: datetime) -> int:
    """Return the whole seconds after which a limit has ended; at least one."""
    return max(1, math.ceil((ends_at - now).total_seconds()))


def _moment(time: datetime) -> str:
    return f"{time:%H:%M} UTC on {time:%B} {time.day}"


def _plural(noun: str, number: int) -> str:
    return noun if number == 1 else f"{noun}s"
