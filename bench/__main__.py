"""`make bench`: measure how fast and cheap everything is, section by section.

docs/performance.md explains the figures, and docs/backfill.md those of a back-fill. With --save, they get the
new ones.
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from bench.figures import text_lines
from bench.results import save
from local.cli.console import exit_at_once

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.figures import Section

# Each is a module with a function `measure`.
SECTIONS = {
    "start": "Cold start",
    "warm": "Warm requests",
    "processing": "From the upload to the result",
    "imaging": "Decoding",
    "catalog": "DynamoDB",
    "bill": "The bill",
    "backfill": "Back-fill",
    "page": "The page",
    "development": "Starting and testing",
    "baseline": "Against the usual sample",
}


def main(arguments: Sequence[str]) -> int:
    """Measure, and print as the figures arrive. Return 1 if one exceeds its limit."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("sections", nargs="*", help=f"{', '.join(SECTIONS)} (all)")
    parser.add_argument("--quick", action="store_true", help="fewer runs, for a check of the limits")
    parser.add_argument("--save", action="store_true", help="write the figures to the docs")
    options = parser.parse_args(arguments)
    if unknown := [name for name in options.sections if name not in SECTIONS]:
        parser.error(f"There is no section {unknown[0]!r}. Sections are {', '.join(SECTIONS)}.")
    beyond = []
    for name in options.sections or SECTIONS:
        section: Section = import_module(f"bench.{name}").measure(quick=options.quick)
        print("\n".join([SECTIONS[name], *text_lines(section), ""]), flush=True)
        beyond += [f"{name}: {figure.name}" for figure in section.figures if not figure.within_limit]
        if options.save:
            save(name, section)
    for figure in beyond:
        print(f"Beyond its limit: {figure}", file=sys.stderr)
    return int(bool(beyond))


if __name__ == "__main__":
    exit_at_once(main(sys.argv[1:]))
