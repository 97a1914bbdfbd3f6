"""A part of `make bench`: from the end of an upload to what a person sees, and the requests to AWS for it."""

from __future__ import annotations

from bench.figures import Section
from bench.processing.detectors import measure_waits


def measure(*, quick: bool) -> Section:
    """Measure; `quick` without the page, which needs Chromium."""
    return Section(tuple(measure_waits(5 if quick else 20)))
