"""The index of design decisions lists each of them."""

from __future__ import annotations

import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "decisions"


def test_the_index_lists_every_decision_with_its_number_and_date() -> None:
    index = (FOLDER / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| \[.+?\]\((.+?)\) \| ([\d-]+) \| .+ \|$", index, re.MULTILINE)
    decisions = []
    for file in sorted(FOLDER.glob("0*.md")):
        title, date = file.read_text(encoding="utf-8").split("\n\n")[:2]
        decisions.append((title.removeprefix("# ").partition(".")[0], file.name, date))
    assert rows == decisions
