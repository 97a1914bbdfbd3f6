"""`make chaos [SEED=…] [IMAGES=…]`: many pictures through the local stack while everything fails that can."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from bench.chaos import report
from bench.chaos.display import Display
from bench.chaos.pictures import MAX_NUMBER
from bench.chaos.run import BURST, CHAOS, run_chaos
from local.cli.arguments import whole_number
from local.cli.console import EXPLAINED, exit_at_once
from local.settings import ROOT, use_local_credentials

_IMAGES = 2000
_MIN_IMAGES = 200  # with less, some of the labels may not occur


def main(arguments: list[str]) -> int:
    """Print the report and write the page; return 1 if something is wrong at the end."""
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument(
        "--seed", type=whole_number(0), default=1, help="the same seed makes the same choices (%(default)s)"
    )
    parser.add_argument(
        "--images", type=whole_number(1, MAX_NUMBER), default=_IMAGES, help="how many pictures (%(default)s)"
    )
    parser.add_argument(
        "--concurrency",
        type=whole_number(1),
        default=16,
        help="how many worker processes each function may have (%(default)s)",
    )
    parser.add_argument(
        "--burst",
        action="store_true",
        help="no faults: 50 uploads at a time, and a quota of 20 calls per second",
    )
    options = parser.parse_args(arguments)
    use_local_credentials(os.environ)
    os.environ["FAULT_SEED"] = str(options.seed)
    display = Display(sys.stderr)
    try:
        outcome = run_chaos(
            options.images,
            options.seed,
            conditions=BURST if options.burst else CHAOS,
            concurrency=options.concurrency,
            min_labels=50 if options.images >= _MIN_IMAGES else 0,
            show=display.show,
        )
    except EXPLAINED as error:
        print(error, file=sys.stderr)
        return 1
    display.end()
    print("\n".join(report.lines(outcome, options.seed)))
    file = Path(ROOT / "build" / "chaos.html")
    file.parent.mkdir(exist_ok=True)
    file.write_text(report.page(outcome, options.seed), encoding="utf-8")
    print(f"The plot is in {file.relative_to(ROOT)}.")
    return int(bool(outcome.violations))


if __name__ == "__main__":
    exit_at_once(main(sys.argv[1:]))
