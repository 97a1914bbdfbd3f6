"""The benchmarks' fake clients are complete enough to process an image."""

from __future__ import annotations

from pathlib import Path

from bench.fakes import prepare_processing
from processor.imaging.prepare import prepare_image

SAMPLE = Path(__file__).resolve().parents[3] / "web" / "samples" / "chelsea.jpg"


def test_processes_an_image_without_aws() -> None:
    outcome = prepare_processing(SAMPLE.read_bytes(), prepare_image)()
    assert (outcome.status, outcome.reason) == ("done", None)
