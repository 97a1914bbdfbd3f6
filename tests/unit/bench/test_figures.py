"""Figures with goals and limits, as text and as Markdown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bench.figures import Figure, Section, markdown_lines, text_lines
from bench.plots import plot
from bench.results import fill_in, save

if TYPE_CHECKING:
    from pathlib import Path

SECTION = Section(
    (
        Figure("presign / floor", (0.7, 0.9, 0.72), goal=0.75, limit=0.9),
        Figure("pictures a second", (1234.5,), "/s", goal=2000, limit=1000, at_least=True, decimals=0),
        Figure("calls", (7,), decimals=0),
    ),
    ("a line",),
)


def test_prints_the_median_the_spread_and_the_bounds() -> None:
    assert list(text_lines(SECTION)) == [
        "figure             median (spread)   goal            limit",
        "presign / floor    0.72 (0.70–0.90)  ≤ 0.75          ≤ 0.9",
        "pictures a second  1,234 /s          ≥ 2000, missed  ≥ 1000",
        "calls              7",
        "a line",
    ]


def test_writes_a_table_of_markdown() -> None:
    assert list(markdown_lines(SECTION)) == [
        "| figure | median (spread) | goal | limit |",
        "|---|---|---|---|",
        "| presign / floor | 0.72 (0.70–0.90) | ≤ 0.75 | ≤ 0.9 |",
        "| pictures a second | 1,234 /s | ≥ 2000, missed | ≥ 1000 |",
        "| calls | 7 |  |  |",
        "",
        "```",
        "a line",
        "```",
    ]


@pytest.mark.parametrize(
    ("values", "at_least", "within"),
    [((2.0,), False, True), ((2.1,), False, False), ((1.9,), True, False), ((1, 2, 9), False, True)],
    ids=str,
)
def test_compares_the_median_with_the_limit(values: tuple[float, ...], at_least: bool, within: bool) -> None:
    figure = Figure("a figure", values, goal=2, limit=2, at_least=at_least)
    assert (figure.within_limit, figure.meets_goal) == (within, within)


def test_saves_the_figures_and_fills_in_the_page(tmp_path: Path) -> None:
    file, page = tmp_path / "figures.json", tmp_path / "page.md"
    page.write_text("before\n<!-- figures: start -->\nold\n<!-- end -->\nafter\n", "utf-8")
    save("start", SECTION, file, page)
    text = page.read_text("utf-8")
    assert text.startswith("before\n<!-- figures: start -->\nMeasured on ")
    assert text.endswith("\na line\n```\n<!-- end -->\nafter\n")
    assert "| calls | 7 |  |  |\n" in text
    assert fill_in(text, json.loads(file.read_text("utf-8"))) == text


def test_leaves_a_table_that_was_not_measured() -> None:
    text = "<!-- figures: start -->\nold\n<!-- end -->\n"
    assert fill_in(text, {}) == text


def test_a_plot_is_the_same_in_each_run(tmp_path: Path) -> None:
    for folder in ("first", "second"):
        with plot("a", "Units", "pictures", "units", tmp_path / folder) as axes:
            axes.plot([100, 10_000], [5, 5], label="list")
    first, second = ((tmp_path / folder / "a.svg").read_text("utf-8") for folder in ("first", "second"))
    assert first == second
    assert ">Units<" in first
