"""The results of several runs of Lighthouse, as a table."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Column(NamedTuple):
    """A score or value, and how it is printed."""

    key: str
    title: str
    unit: float = 1
    decimals: int = 0


COLUMNS = (
    Column("performance", "performance"),
    Column("accessibility", "accessibility"),
    Column("best-practices", "best practices"),
    Column("seo", "SEO"),
    Column("lcp", "LCP s", 1_000, 2),
    Column("cls", "CLS", 1, 3),
    Column("tbt", "TBT ms"),
    Column("tasks", "long tasks"),
    Column("longest", "longest ms"),
    Column("bytes", "KB", 1_000),
)


def format_table(runs: Mapping[str, Sequence[Mapping[str, float]]]) -> str:
    """Return a row for each page: the median of each value, and the smallest and largest if runs differ."""
    rows = [["page", *(column.title for column in COLUMNS)]]
    rows += [[page, *(_cell(column, each) for column in COLUMNS)] for page, each in runs.items()]
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    lines = ("  ".join(map(str.rjust, row[1:], widths[1:])) for row in rows)
    return "\n".join(f"{row[0]:{widths[0]}}  {line}" for row, line in zip(rows, lines, strict=True))


def _cell(column: Column, runs: Sequence[Mapping[str, float]]) -> str:
    values = [run[column.key] / column.unit for run in runs]
    middle, low, high = (
        f"{value:.{column.decimals}f}" for value in (median(values), min(values), max(values))
    )
    return middle if low == high else f"{middle} ({low}–{high})"
