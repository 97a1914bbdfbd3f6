"""What a burst can't exceed, whatever the policy."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from bench.burst import model

if TYPE_CHECKING:
    from bench.burst.model import Burst
    from bench.burst.simulation import Report

MIN_QUOTA_USED = 0.9
# New environments, the first answers, and ten seconds until Lambda's throttled events are late.
START_SECONDS = 15.0


def concurrency_rate(burst: Burst) -> float:
    """Return the pictures per second that the concurrency allows, one picture per environment."""
    decode = model.DECODE_SECONDS + burst.converted * (model.CONVERT_SECONDS - model.DECODE_SECONDS)
    answer = model.RECOGNITION_MEDIAN * math.exp(model.RECOGNITION_SIGMA**2 / 2)  # mean of a log-normal
    seconds = model.ACQUIRE_SECONDS + model.READ_SECONDS + decode + answer + model.STORE_SECONDS
    return burst.concurrency / seconds


def fastest_seconds(burst: Burst) -> float:
    """Return the seconds that a burst takes at the pace of quota or concurrency, without its start."""
    from_bucket = min(burst.rate, burst.pictures)
    by_quota = (burst.pictures - from_bucket) / burst.rate
    return max(by_quota, burst.pictures / concurrency_rate(burst))


def bounded_by(burst: Burst, report: Report) -> str:
    """Return what mostly bounds a burst that takes as long as the report says."""
    if report.quota_used >= MIN_QUOTA_USED:
        return "quota"
    if concurrency_rate(burst) < burst.rate:
        return "concurrency"
    return "start" if report.seconds <= fastest_seconds(burst) + START_SECONDS else "policy"
