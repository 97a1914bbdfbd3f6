"""`make cost [IMAGES=1000] [DETECTORS=labels] …`: the bill of a month, line by line."""

from __future__ import annotations

import argparse
import sys

from deploy.cost import report
from deploy.cost.bill import ARCHITECTURES
from deploy.cost.usage import DETECTOR_NAMES, Month
from local.cli.arguments import MakeParser, number_from, whole_number

_ARCHITECTURES = " or ".join(ARCHITECTURES)


def main(arguments: list[str]) -> int:
    """Print the bill. It needs no network and no AWS account."""
    parser = MakeParser(prog="make cost", description=__doc__)
    parser.add_argument(
        "--images", type=whole_number(1), default=1000, help="pictures in a month (%(default)s)"
    )
    parser.add_argument(
        "--detectors",
        type=_detectors,
        default=("labels",),
        help=f"names, separated by commas: {', '.join(DETECTOR_NAMES)} (labels)",
    )
    parser.add_argument(
        "--megabytes", type=number_from(0), default=3.0, help="average size of a picture (%(default)s)"
    )
    parser.add_argument(
        "--views", type=number_from(0), default=1.0, help="how often each picture is looked at (%(default)s)"
    )
    parser.add_argument(
        "--architecture",
        type=_architecture,
        default="x86_64",
        help=f"of the functions: {_ARCHITECTURES} (%(default)s)",
    )
    options = parser.parse_args(arguments)
    month = Month(options.images, options.detectors, options.megabytes, options.views, options.architecture)
    print("\n".join(report.lines(month)))
    return 0


def _detectors(text: str) -> tuple[str, ...]:
    names = dict.fromkeys(name.strip() for name in text.split(","))
    if unknown := [name for name in names if name not in DETECTOR_NAMES]:
        known = ", ".join(DETECTOR_NAMES)
        raise argparse.ArgumentTypeError(f"must be some of {known}, separated by commas, not {unknown[0]!r}")
    return tuple(names)


def _architecture(text: str) -> str:
    if text not in ARCHITECTURES:
        raise argparse.ArgumentTypeError(f"must be {_ARCHITECTURES}, not {text!r}")
    return text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
