"""The usual sample's pattern against this pipeline, in one run on one machine."""

from __future__ import annotations

import os
from statistics import median
from typing import TYPE_CHECKING

from bench.baseline import losses
from bench.baseline.comparison import average, compare
from bench.figures import Figure, Section
from local.settings import use_local_credentials

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.baseline.comparison import Comparison
    from bench.baseline.losses import Losses

_PICTURES, _QUICK_PICTURES = 20, 3
_CHAOS_PICTURES, _QUICK_CHAOS_PICTURES = 150, 24


def measure(*, quick: bool) -> Section:
    """Compare both without faults, then with those of `make chaos`."""
    use_local_credentials(os.environ)
    found = compare(_QUICK_PICTURES if quick else _PICTURES)
    count = _QUICK_CHAOS_PICTURES if quick else _CHAOS_PICTURES
    ours, usual = losses.of_pipeline(count), losses.of_usual(count)
    ratios = [a / b for a, b in zip(found.ours.seconds, found.usual.seconds, strict=True)]
    figures = (
        Figure("time to the result, pipeline / sample", tuple(ratios)),
        Figure("AWS calls of a picture, pipeline / sample", (found.ours.calls / found.usual.calls,)),
        Figure("cost without Rekognition, pipeline / sample", (found.costs[0] / found.costs[1],)),
        Figure(
            f"of {ours.pictures} pictures with faults, lost by the pipeline",
            (ours.lost,),
            limit=0,
            decimals=0,
        ),
        Figure(f"of {usual.pictures} pictures with faults, lost by the sample", (usual.lost,), decimals=0),
    )
    return Section(figures, tuple(_lines(found, ours, usual)))


def _lines(found: Comparison, ours: Losses, usual: Losses) -> Iterator[str]:
    costs = found.costs
    rows = (
        (
            "ms to the result, median",
            *(f"{1000 * median(each.seconds):.0f}" for each in (found.ours, found.usual)),
        ),
        ("AWS calls of a picture", *(f"{each.calls:.0f}" for each in (found.ours, found.usual))),
        ("KB between function and AWS", *(f"{average(each.sent):.0f}" for each in (found.ours, found.usual))),
        (
            "KB stored besides the picture",
            *(f"{average(each.stored):.0f}" for each in (found.ours, found.usual)),
        ),
        ("$ for 1,000 without Rekognition", *(f"{each:.4f}" for each in costs)),
        ("with faults: pictures lost", *(f"{each.lost} of {each.pictures}" for each in (ours, usual))),
        ("  other files without a reason", *(f"{each.silent} of {each.files}" for each in (ours, usual))),
        ("  calls that were billed again", *(str(each.repeated) for each in (ours, usual))),
    )
    yield f"{'':34}{'pipeline':>12}{'sample':>12}"
    for name, first, second in rows:
        yield f"{name:34}{first:>12}{second:>12}"
