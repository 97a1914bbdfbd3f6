"""Simulate pictures that are uploaded at once, and print a table.

Options are passed as `make burst ARGS="1000 --rates 5 50"`. A line is printed for each combination of the
numbers. A million pictures take a minute or two per line.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bench.burst.bounds import bounded_by
from bench.burst.model import Burst, Policy
from bench.burst.policies import design, policies
from bench.burst.simulation import Report, simulate
from local.cli.arguments import number_from, whole_number

_PICTURES = (100, 1_000, 10_000)
_RATES = (5.0, 50.0)
_DETECTORS = (1, 4)
_CONCURRENCIES = (10, 50, 1_000)
_MAX_DETECTORS = 8  # bits of the byte that says which calls a picture still needs
_MIN_CONCURRENCY = 5  # one more than the smallest number of the template's RetryConcurrency
_NEWCOMER_PICTURES = (10_000,)
_NEWCOMER_DETECTORS = (1,)
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


def _compare_fairness(combinations: Iterable[tuple[int, float, int, int]]) -> None:
    print("pictures  /s  detectors  concurrency  seconds of another owner's picture, median and maximum")
    for values in combinations:
        burst = Burst(*values, newcomer_after=_NEWCOMER_AFTER)
        line = f"{burst.pictures:8} {burst.rate:3.0f} {burst.detectors:10} {burst.concurrency:12}"
        for is_fair in (True, False):
            policy = replace(design(burst), is_fair=is_fair)
            reports = (simulate(replace(burst, seed=seed), policy) for seed in range(_NEWCOMER_SEEDS))
            seconds = [report.newcomer_seconds for report in reports if report.newcomer_seconds is not None]
            queue = "fair" if is_fair else "plain"
            line += f"   {queue}: {statistics.median(seconds):5.0f} {max(seconds):5.0f}"
        print(line, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="make burst", usage='make burst ARGS="[pictures …] [options]"', description=__doc__
    )
    parser.add_argument("pictures", type=whole_number(1), nargs="*", help="pictures at once (100 1000 10000)")
    parser.add_argument(
        "--rates",
        type=number_from(1),
        nargs="+",
        default=_RATES,
        help="Rekognition's quota, in calls per second of each detector (5 50)",
    )
    parser.add_argument(
        "--detectors",
        type=whole_number(1, _MAX_DETECTORS),
        nargs="+",
        help="detectors that each picture is sent to (1 4; with --newcomer 1)",
    )
    parser.add_argument(
        "--concurrencies",
        type=whole_number(_MIN_CONCURRENCY),
        nargs="+",
        default=_CONCURRENCIES,
        help="invocations at a time that the account allows (10 50 1000)",
    )
    parser.add_argument("--all", action="store_true", help="compare the policies of decision 18")
    parser.add_argument(
        "--newcomer",
        action="store_true",
        help=f"how long one more picture takes, of another owner, {_NEWCOMER_AFTER:.0f} seconds after the "
        f"burst (of {_NEWCOMER_PICTURES[0]}), in {_NEWCOMER_SEEDS} simulations",
    )
    parser.add_argument("--seed", type=whole_number(0), help="the same seed prints the same numbers (1)")
    return parser


def main(arguments: Sequence[str]) -> int:
    """Print the table; return 1 if the design loses a picture."""
    parser = _parser()
    options = parser.parse_intermixed_args(arguments)
    if options.newcomer and (options.all or options.seed is not None):
        parser.error("--newcomer can't be combined with --all or --seed")
    combinations = itertools.product(
        options.pictures or (_NEWCOMER_PICTURES if options.newcomer else _PICTURES),
        options.rates,
        options.detectors or (_NEWCOMER_DETECTORS if options.newcomer else _DETECTORS),
        options.concurrencies,
    )
    if options.newcomer:
        _compare_fairness(combinations)
        return 0
    started = time.monotonic()
    print(_HEADER)
    lost = 0
    for values in combinations:
        burst = Burst(*values, seed=1 if options.seed is None else options.seed)
        for policy in policies(burst) if options.all else [design(burst)]:
            report = simulate(burst, policy)
            _print_row(burst, policy, report)
            lost += report.lost if policy == design(burst) else 0
    print(f"simulated in {time.monotonic() - started:.0f} s")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
