"""The bar, and the plot of a run."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from bench.chaos.report import bar, plot


def test_the_bar_shows_the_time_that_is_left() -> None:
    assert bar(0, 60, 2.0) == f"[{'.' * 30}] 0/60 finished, 2 s"
    assert bar(15, 60, 10.0) == f"[{'#' * 7}{'.' * 23}] 15/60 finished, 30 s left"
    assert bar(60, 60, 40.0) == f"[{'#' * 30}] 60/60 finished, 40 s"


def test_the_plot_sums_outcomes_and_shows_samples() -> None:
    timeline = {0: {"uploaded": 5, "queue": 1}, 1: {"done": 2, "failed": 1}, 3: {"done": 1, "uploaded": 8}}
    root = ElementTree.fromstring(plot(timeline))
    curves = [re.findall(r",([\d.]+)", line.get("points", "")) for line in root.iter("polyline")]
    bottom = "270.0"  # a value of 0; 15.0 is the largest, 8
    assert curves == [
        ["110.6", "110.6", "110.6", "15.0"],
        [bottom, "174.4", "174.4", "142.5"],
        [bottom] * 4,
        ["238.1"] * 4,
    ]
    texts = [text.text for text in root.iter("text")]
    assert texts == ["8", "4 s", "uploaded", "finished", "unfinished tries", "in the retry queue"]
    assert ElementTree.fromstring(plot({})) is not None
