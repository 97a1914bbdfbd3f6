"""The figures of the page, from what Lighthouse has measured."""

from __future__ import annotations

from typing import Any

from bench.figures import Figure
from bench.page.scroll import Scroll
from bench.page.section import details, page_figures, scroll_figures

RUN = {
    "performance": 99.0,
    "accessibility": 100.0,
    "best-practices": 96.0,
    "seo": 100.0,
    "lcp": 1200.0,
    "cls": 0.002,
    "tbt": 20.0,
    "bytes": 15_000,
    "tasks": 1,
    "longest": 130.0,
    "failed": [],
}


def run(**changes: Any) -> dict[str, Any]:
    return {**RUN, **changes}


def test_a_page_has_its_lowest_score_and_its_values() -> None:
    pages = {
        "gallery of 100": [run(), run(lcp=1400.0)],
        "gallery of 10,000": [run(lcp=1560.0, bytes=16_500)],
        "gallery, empty cache": [run(lcp=3000.0)],
    }
    found = {figure.name: (figure.values, figure.unit, figure.goal) for figure in page_figures(pages)}
    assert found == {
        "gallery of 100: lowest score": ((96.0, 96.0), "", 98),
        "gallery of 100: LCP": ((1.2, 1.4), "s", 1.5),
        "gallery of 100: CLS": ((0.002, 0.002), "", 0.02),
        "gallery of 100: longest task": ((130.0, 130.0), "ms", 200),
        "gallery of 10,000: lowest score": ((96.0,), "", 98),
        "gallery of 10,000: LCP": ((1.56,), "s", 1.5),
        "gallery of 10,000: CLS": ((0.002,), "", 0.02),
        "gallery of 10,000: longest task": ((130.0,), "ms", 200),
        "bytes with 10,000 pictures / 100": ((1.1,), "", 1.1),
        "LCP with 10,000 pictures / 100": ((1.2,), "", 1.1),
    }


def test_a_scroll_has_its_slow_frames() -> None:
    scroll = Scroll(1200, (16.7, 33.3, 50.0, 66.7))
    assert list(scroll_figures(scroll)) == [
        Figure("scroll past 1,200 of 10,000: frames above 50 ms", (25.0,), "%", limit=15),
        Figure("scroll past 1,200 of 10,000: longest frame", (66.7,), "ms", decimals=0),
    ]


def test_the_details_name_the_audits_that_failed_in_any_run() -> None:
    pages = {"sign-in": [run(failed=["unused-css"]), run(failed=["tap-targets"])], "viewer": [run()]}
    assert details(pages)[3:] == ("sign-in: below 90: tap-targets, unused-css",)
