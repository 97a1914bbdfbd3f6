"""Plots of the measurements, as SVG files that are readable on light and dark pages."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.figure import Figure as Canvas

from local.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from matplotlib.axes import Axes

FOLDER = ROOT / "docs" / "bench"
_INK = "#6e7781"  # has a contrast of 4.5 on white, and of 4 on GitHub's dark background
COLORS = ("#1f6feb", "#d1570a", "#2da44e", "#a475f9", "#cf222e", "#8a6d00")
_STYLE: dict[Any, Any] = {
    "axes.edgecolor": _INK,
    "axes.labelcolor": _INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "font.size": 11,
    "legend.frameon": False,
    "savefig.transparent": True,
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "bench",  # the same ids in each run
    "text.color": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
}


@contextmanager
def plot(name: str, title: str, x: str, y: str, folder: Path = FOLDER) -> Iterator[Axes]:
    """Give the axes of a plot to draw in, and save it as `name`.svg."""
    with mpl.rc_context(_STYLE):
        canvas = Canvas(figsize=(7.5, 3.8), layout="constrained")
        axes = canvas.add_subplot()
        axes.set_title(title, loc="left")
        axes.set_xlabel(x)
        axes.set_ylabel(y)
        axes.set_prop_cycle(color=COLORS)
        yield axes
        if axes.get_legend_handles_labels()[0]:
            axes.legend()
        folder.mkdir(parents=True, exist_ok=True)
        canvas.savefig(folder / f"{name}.svg", metadata={"Date": None, "Creator": None})
