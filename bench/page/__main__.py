"""`python -m bench.page`: measure the page as `make bench ARGS=page` does, and keep Lighthouse's reports."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bench.figures import text_lines
from bench.page.section import measure
from local.cli.arguments import whole_number
from local.cli.console import exit_at_once

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.page", description=__doc__)
    parser.add_argument("--runs", type=whole_number(1), default=3, help="of each page (%(default)s)")
    parser.add_argument("--reports", type=Path, help="folder for Lighthouse's reports")
    options = parser.parse_args(arguments)
    print("\n".join(text_lines(measure(quick=False, runs=options.runs, reports=options.reports))))
    return 0


if __name__ == "__main__":
    exit_at_once(main(sys.argv[1:]))
