from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from catalog.quotas import Period, QuotaReached
from limits.problems import ceiling_problem, quota_problem

NOW = datetime(2026, 11, 26, 15, 0, 18, 500000, UTC)


@pytest.mark.parametrize(
    ("period", "limit", "ends_at", "code", "detail", "retry_after"),
    [
        (
            "minute",
            600,
            datetime(2026, 11, 26, 15, 1, tzinfo=UTC),
            "rate-limited",
            "You have reached the limit of 600 uploads a minute. Try again in 42 seconds.",
            42,
        ),
        (
            "minute",
            1,
            NOW + timedelta(milliseconds=1),
            "rate-limited",
            "You have reached the limit of 1 upload a minute. Try again in 1 second.",
            1,
        ),
        (
            "day",
            2000,
            datetime(2026, 11, 27, tzinfo=UTC),
            "quota-exceeded",
            "You have reached the limit of 2,000 uploads a day. Upload more after 00:00 UTC on November 27.",
            32_382,
        ),
        (
            "month",
            1,
            datetime(2026, 12, 1, tzinfo=UTC),
            "quota-exceeded",
            "You have reached the limit of 1 upload a month. Upload more after 00:00 UTC on December 1.",
            377_982,
        ),
    ],
)
def test_a_quota_problem_says_when_it_ends(
    period: Period, limit: int, ends_at: datetime, code: str, detail: str, retry_after: int
) -> None:
    problem = quota_problem(QuotaReached(period, limit, ends_at), NOW)
    assert (problem.status, problem.code, problem.detail) == (429, code, detail)
    assert problem.retry_after == retry_after


def test_a_ceiling_problem_says_when_it_ends() -> None:
    problem = ceiling_problem(datetime(2026, 12, 1, tzinfo=UTC), NOW)
    assert (problem.status, problem.code, problem.retry_after) == (429, "ceiling-reached", 377_982)
    assert problem.detail == (
        "The cost of recognition has reached its limit for this month. "
        "Try again after 00:00 UTC on December 1."
    )


def test_a_limit_that_has_just_ended_can_be_tried_again_in_a_second() -> None:
    assert quota_problem(QuotaReached("minute", 2, NOW), NOW).retry_after == 1
