"""What the measurements return: figures with their goals and limits, as text and as Markdown."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Figure:
    """A measured value of one or more runs.

    `goal` is what the project aims at. `limit` is the bound that a change must not cross: CI fails beyond it.
    Both are upper bounds, unless `at_least` is set. Compare ratios of one run rather than times, because
    machines differ.
    """

    name: str
    values: tuple[float, ...]
    unit: str = ""
    goal: float | None = None
    limit: float | None = None
    at_least: bool = False
    decimals: int = 2

    @property
    def value(self) -> float:
        """The median of the runs."""
        return median(self.values)

    @property
    def meets_goal(self) -> bool:
        return self._within(self.goal)

    @property
    def within_limit(self) -> bool:
        return self._within(self.limit)

    def _within(self, bound: float | None) -> bool:
        if bound is None:
            return True
        return self.value >= bound if self.at_least else self.value <= bound

    def cells(self) -> tuple[str, str, str, str]:
        """Return the name, the median with the smallest and largest value, the goal, and the limit."""
        middle, low, high = (
            self._number(value) for value in (self.value, min(self.values), max(self.values))
        )
        unit = f" {self.unit}" if self.unit else ""
        spread = "" if low == high else f" ({low}–{high})"
        goal = self._bound(self.goal)
        if goal and not self.meets_goal:
            goal += ", missed"
        return self.name, f"{middle}{unit}{spread}", goal, self._bound(self.limit)

    def _bound(self, bound: float | None) -> str:
        return "" if bound is None else f"{'≥' if self.at_least else '≤'} {bound:g}"

    def _number(self, value: float) -> str:
        return f"{value:,.{self.decimals}f}"


@dataclass(frozen=True)
class Section:
    """The figures of one subject, and further lines, such as a table of where the time goes."""

    figures: tuple[Figure, ...]
    details: tuple[str, ...] = ()


HEADINGS = ("figure", "median (spread)", "goal", "limit")


def text_lines(section: Section) -> Iterator[str]:
    """Yield the figures as a table for a terminal, and the details."""
    rows = [HEADINGS, *(figure.cells() for figure in section.figures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
    yield from section.details


def markdown_lines(section: Section) -> Iterator[str]:
    """Yield the figures as a table of Markdown, and the details as they are."""
    yield f"| {' | '.join(HEADINGS)} |"
    yield "|---|---|---|---|"
    for figure in section.figures:
        yield f"| {' | '.join(figure.cells())} |"
    if section.details:
        yield from ("", "```", *section.details, "```")
