"""Back-fills of a million pictures: how long they take, and live uploads meanwhile, and what the lists cost.

The pictures are simulated as `make burst` does, from when `make backfill` sends them.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bench.burst.model import Burst
from bench.burst.policies import design
from bench.burst.simulation import simulate
from bench.figures import Figure, Section
from common.prices import PRICES, rekognition_cost
from deploy.backfill.pace import DEFAULT_SHARE

if TYPE_CHECKING:
    from collections.abc import Iterator

MILLION = 1_000_000
RATES = (5.0, 50.0)  # calls per second of each detector
_CONCURRENCY = 1000
_QUICK_PICTURES = 10_000
_LIVE_PICTURES, _LIVE_AFTER, _SEEDS = 3_000, 60.0, 15
_DAY = 24 * 60 * 60
_KEYS = 1000  # of one request that lists a bucket
_PASSES = 2  # one for the estimate, one for the run
_RETENTION_DAYS = 14  # of a message in the retry queue
_MAX_USED = 100 * DEFAULT_SHARE + 1  # % of the quota; live uploads have the rest


@dataclass(frozen=True)
class BulkCosts:
    """Dollars of finding a million pictures."""

    listing: float  # by `make backfill`
    batch: float  # by S3 Inventory and S3 Batch Operations

    @classmethod
    def of(cls, pictures: int) -> BulkCosts:
        """Return the costs for a number of pictures."""
        s3 = PRICES["s3"]
        listing = _PASSES * pictures / _KEYS * s3["writes"]  # listing costs what writing does
        return cls(listing, s3["batchJobs"] + pictures * (s3["inventoryObjects"] + s3["batchObjects"]))


def pictures_in(days: float, rate: float) -> int:
    """Return how many pictures a back-fill sends in a number of days."""
    return round(days * _DAY * rate * DEFAULT_SHARE)


def pictures_in_queue(rate: float) -> int:
    """Return how many pictures the retry queue gets done before its oldest message expires."""
    return round(_RETENTION_DAYS * _DAY * rate)


def measure(*, quick: bool) -> Section:
    """Simulate the back-fills; `quick` takes fewer pictures."""
    pictures = _QUICK_PICTURES if quick else MILLION
    figures: list[Figure] = []
    details: list[str] = []
    for rate in RATES:
        burst = Burst(pictures, rate, 1, _CONCURRENCY, share=DEFAULT_SHARE)
        report = simulate(burst, design(burst))
        days = report.seconds / _DAY
        figures += [
            Figure(f"{pictures:,} pictures at {rate:g}/s", (24 * days,), "hours", decimals=1),
            Figure(f"quota used at {rate:g}/s", (100 * report.quota_used,), "%", limit=_MAX_USED, decimals=1),
            Figure(f"lost at {rate:g}/s", (float(report.lost),), "pictures", limit=0.0, decimals=0),
        ]
        details.append(
            f"{rate:3g}/s: {days:.2f} days, {report.billed_calls:,} billed calls, {report.throttled_calls:,} "
            f"throttled, {report.gb_seconds:,.0f} GB-s of Lambda"
        )
    figures += [
        Figure(f"a live picture meanwhile at {rate:g}/s", (_live_seconds(rate),), "s", decimals=1)
        for rate in RATES
    ]
    return Section(tuple(figures), (*details, "", *_costs()))


def _live_seconds(rate: float) -> float:
    """Return the seconds that another owner's upload takes during a back-fill: the median."""
    burst = Burst(_LIVE_PICTURES, rate, 1, _CONCURRENCY, share=DEFAULT_SHARE, newcomer_after=_LIVE_AFTER)
    reports = (simulate(replace(burst, seed=seed), design(burst)) for seed in range(_SEEDS))
    return statistics.median(report.newcomer_seconds or 0.0 for report in reports)


def _costs() -> Iterator[str]:
    costs = BulkCosts.of(MILLION)
    yield f"${rekognition_cost({'image': MILLION}):,.0f}: Rekognition, a million pictures with one detector"
    yield f"${costs.listing:.2f}: listing them twice, {_KEYS:,} keys a request"
    yield f"${costs.batch:.2f}: S3 Inventory and a job of S3 Batch Operations instead"
    for rate in RATES:
        yield (
            f"{rate:3g}/s: {pictures_in(1, rate):,} pictures in a day, "
            f"{pictures_in_queue(rate):,} in the {_RETENTION_DAYS} days of a message"
        )
