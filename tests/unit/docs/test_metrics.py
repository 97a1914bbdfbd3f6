"""docs/metrics.md lists the metrics of the code."""

from __future__ import annotations

import re
from pathlib import Path

from common.metrics import METRICS

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")


def test_lists_every_metric_in_order() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (?:`(\w+)`)? ?\| .+ \|$", PAGE, re.MULTILINE)
    assert rows == [(metric.name, metric.unit, metric.dimension or "") for metric in METRICS]


def test_every_link_leads_to_a_file() -> None:
    linked = [target for target in re.findall(r"\]\(([^)#]+)", PAGE) if "://" not in target]
    assert [target for target in linked if not (ROOT / "docs" / target).exists()] == []
