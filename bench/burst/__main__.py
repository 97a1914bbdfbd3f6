"""Simulate bursts and print a table: `make burst ARGS="[PICTURES …] [OPTIONS]"`.

`--all` compares the policies of decision 18. `--newcomer` prints how long one more picture takes, of another
owner, that is uploaded 60 seconds after the burst. A million pictures take a minute or two per line.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import sys
import time
from dataclasses import replace

from bench.burst.bounds import bounded_by
from bench.burst.model import Burst, Policy
from bench.burst.policies import design, policies
from bench.burst.simulation import Report, simulate

_PICTURES = (100, 1_000, 10_000)
_RATES = (5.0, 50.0)
_DETECTORS = (1, 4)
_CONCURRENCIES = (10, 50, 1_000)
_NEWCOMER_AFTER = 60.0  # seconds
_NEWCOMER_SEEDS = 15
_HEADER = (
    "pictures  /s  detectors  concurrency    time s  quota used  bounded by"
    "      calls  throttled  lost  invocations     GB-s"
)


def _print_row(burst: Burst, policy: Policy, report: Report) -> None:
    print(
        f"{burst.pictures:8} {burst.rate:3.0f} {burst.detectors:10} {burst.concurrency:12}"
        f" {report.seconds:9.0f} {report.quota_used:11.1%}  {bounded_by(burst, report):11}"
        f"{report.billed_calls:9} {report.throttled_calls:10} {report.lost:5} {report.invocations:12}"
        f" {report.gb_seconds:8.0f}",
        *([policy.name] if policy != design(burst) else []),
        flush=True,
    )


def _compare_fairness() -> None:
    print("pictures  /s  concurrency  seconds of another owner's picture, median and maximum")
    for rate, concurrency in itertools.product(_RATES, _CONCURRENCIES):
        burst = Burst(10_000, rate, 1, concurrency, newcomer_after=_NEWCOMER_AFTER)
        line = f"{burst.pictures:8} {rate:3.0f} {concurrency:12}"
        for is_fair in (True, False):
            policy = replace(design(burst), is_fair=is_fair)
            reports = (simulate(replace(burst, seed=seed), policy) for seed in range(_NEWCOMER_SEEDS))
            seconds = [report.newcomer_seconds for report in reports if report.newcomer_seconds is not None]
            queue = "fair" if is_fair else "plain"
            line += f"   {queue}: {statistics.median(seconds):5.0f} {max(seconds):5.0f}"
        print(line, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.burst", description=__doc__)
    parser.add_argument("pictures", type=int, nargs="*", default=_PICTURES)
    parser.add_argument("--rates", type=float, nargs="+", default=_RATES)
    parser.add_argument("--detectors", type=int, nargs="+", default=_DETECTORS)
    parser.add_argument("--concurrencies", type=int, nargs="+", default=_CONCURRENCIES)
    parser.add_argument("--all", action="store_true", help="compare the policies")
    parser.add_argument("--newcomer", action="store_true", help="time another owner's picture")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    if arguments.newcomer:
        _compare_fairness()
        return 0
    started = time.monotonic()
    print(_HEADER)
    lost = 0
    for values in itertools.product(
        arguments.pictures, arguments.rates, arguments.detectors, arguments.concurrencies
    ):
        burst = Burst(*values, seed=arguments.seed)
        for policy in policies(burst) if arguments.all else [design(burst)]:
            report = simulate(burst, policy)
            _print_row(burst, policy, report)
            lost += report.lost if policy == design(burst) else 0
    print(f"simulated in {time.monotonic() - started:.0f} s")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
