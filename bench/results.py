"""The last measurement of each section: a file of numbers, and the tables of the docs."""

from __future__ import annotations

import json
import os
import platform
import re
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bench.figures import Figure, Section, markdown_lines
from local.settings import ROOT

if TYPE_CHECKING:
    from pathlib import Path

FIGURES = ROOT / "docs" / "bench" / "figures.json"
PAGE = ROOT / "docs" / "performance.md"
OTHER_PAGES = {"backfill": ROOT / "docs" / "backfill.md"}  # of the sections that aren't in PAGE


def save(name: str, section: Section, file: Path = FIGURES, page: Path | None = None) -> None:
    """Write a section to the file of numbers, with the day and the machine, and its table to the page."""
    measured = json.loads(file.read_text("utf-8")) if file.exists() else {}
    measured[name] = {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}",
        **asdict(section),
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(measured, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    page = page or OTHER_PAGES.get(name, PAGE)
    page.write_text(fill_in(page.read_text("utf-8"), measured), encoding="utf-8")


def fill_in(text: str, measured: dict[str, Any]) -> str:
    """Return a page with the sections' tables, each between `<!-- figures: name -->` and `<!-- end -->`."""

    def table(match: re.Match[str]) -> str:
        name = match[1]
        if name not in measured:
            return match[0]
        section = measured[name]
        lines = [
            f"<!-- figures: {name} -->",
            f"Measured on {section['date']} ({section['machine']}).",
            "",
            *markdown_lines(_section(section)),
            "<!-- end -->",
        ]
        return "\n".join(lines)

    return re.sub(r"<!-- figures: (\w+) -->.*?<!-- end -->", table, text, flags=re.DOTALL)


def _section(stored: dict[str, Any]) -> Section:
    figures = (
        Figure(**{**figure, "values": tuple(figure["values"])})  # JSON has no tuples
        for figure in stored["figures"]
    )
    return Section(tuple(figures), tuple(stored["details"]))
