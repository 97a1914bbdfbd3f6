"""docs/performance.md and docs/backfill.md have the figures that were measured last."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from bench.__main__ import SECTIONS
from bench.results import FIGURES, OTHER_PAGES, PAGE, fill_in

if TYPE_CHECKING:
    from pathlib import Path

MEASURED = json.loads(FIGURES.read_text("utf-8"))


@pytest.mark.parametrize("page", [PAGE, *OTHER_PAGES.values()], ids=lambda page: page.stem)
def test_tables_are_those_that_were_measured(page: Path) -> None:
    text = page.read_text("utf-8")
    names = [name for name in SECTIONS if OTHER_PAGES.get(name, PAGE) == page]
    assert re.findall(r"<!-- figures: (\w+) -->", text) == names
    assert fill_in(text, MEASURED) == text


def test_every_section_was_measured() -> None:
    assert MEASURED.keys() == SECTIONS.keys()
