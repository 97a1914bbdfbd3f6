"""The plot of a run."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from bench.chaos.report import plot


def test_the_plot_sums_outcomes_and_shows_samples() -> None:
    timeline = {
        0: {"uploaded": 5, "queue": 1, "parked": 2},
        1: {"finished": 3, "done": 3, "unfinished": 1},
        3: {"finished": 4, "uploaded": 8},
    }
    root = ElementTree.fromstring(plot(timeline))
    curves = [re.findall(r",([\d.]+)", line.get("points", "")) for line in root.iter("polyline")]
    bottom = "270.0"  # a value of 0; 15.0 is the largest, 8
    assert curves == [
        ["110.6", "110.6", "110.6", "15.0"],
        [bottom, "174.4", "174.4", "142.5"],
        ["206.2", "174.4", "174.4", "174.4"],
        ["238.1"] * 4,
    ]
    texts = [text.text for text in root.iter("text")]
    assert texts == [
        "8",
        "4 s",
        "uploaded",
        "finished",
        "tries parked or to be repeated, in total",
        "in the retry queue",
    ]
    assert ElementTree.fromstring(plot({})) is not None
