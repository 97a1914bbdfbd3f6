"""A part of `make bench`: from the end of an upload to what a person sees, and the requests to AWS for it."""

from __future__ import annotations

import os

from bench.figures import Section
from bench.imaging.photos import heic
from bench.processing.detectors import measure_waits
from bench.processing.latency import measure_latency
from bench.processing.page import measure_page
from bench.processing.requests import list_requests
from bench.processing.stack import slow_stack
from bench.usage.picture import draw
from local.settings import use_local_credentials


def measure(*, quick: bool) -> Section:
    """Measure; `quick` with few pictures, and without the page."""
    use_local_credentials(os.environ)
    figures = [*measure_waits(5 if quick else 20)]
    with slow_stack() as running:
        pictures = range(1, 6 if quick else 26)
        figure, phases = measure_latency(running, pictures)
        figures.append(figure)
        kinds = {"JPEG": ("picture.jpg", draw(pictures.stop)), "HEIC": ("picture.heic", heic())}
        details = [*phases, "", *list_requests(running, kinds)]
        if not quick:
            figures.append(measure_page(running, range(pictures.stop + 1, pictures.stop + 21)))
    return Section(tuple(figures), tuple(details))
