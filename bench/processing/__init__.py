"""A part of `make bench`: from the end of an upload to what a person sees, and the requests to AWS for it."""

from __future__ import annotations

import os

from bench.figures import Section
from bench.processing.detectors import measure_waits
from bench.processing.latency import measure_latency
from bench.processing.stack import slow_stack
from local.settings import use_local_credentials


def measure(*, quick: bool) -> Section:
    """Measure; `quick` with fewer pictures and without the page, which needs Chromium."""
    use_local_credentials(os.environ)
    figures = [*measure_waits(5 if quick else 20)]
    with slow_stack() as running:
        figure, phases = measure_latency(running, range(1, 6 if quick else 26))
        figures.append(figure)
    return Section(tuple(figures), tuple(phases))
