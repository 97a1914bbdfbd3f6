"""docs/performance.md has the figures that were measured last."""

from __future__ import annotations

import json
import re

from bench.__main__ import SECTIONS
from bench.results import FIGURES, PAGE, fill_in


def test_tables_are_those_that_were_measured() -> None:
    text = PAGE.read_text("utf-8")
    measured = json.loads(FIGURES.read_text("utf-8"))
    assert measured.keys() == SECTIONS.keys()
    assert re.findall(r"<!-- figures: (\w+) -->", text) == list(SECTIONS)
    assert fill_in(text, measured) == text
