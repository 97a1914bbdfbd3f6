"""What 1,000 pictures cost: lines in percent of Rekognition's price, and a reason for each large one."""

from __future__ import annotations

import pytest

from bench.bill import DETECTORS, EXPLAINED, Costs, measure, reasons
from deploy.cost.bill import compute, total
from deploy.cost.usage import Month


def test_a_share_is_of_rekognitions_price() -> None:
    costs = Costs(rekognition=2.0, lines={"S3 PUT requests": 0.02, "Lambda requests": 0.01}, stored=0.5)
    assert (costs.share("S3 PUT requests"), costs.total_share) == (1.0, 1.5)


@pytest.mark.parametrize("detectors", DETECTORS.values())
def test_the_lines_are_those_of_the_bill_without_metrics(detectors: tuple[str, ...]) -> None:
    costs = Costs.of(detectors)
    lines = compute(Month(1_000_000, detectors, architecture="arm64"), free=False).pictures
    (metrics,) = [line for line in lines if line.item == "custom metrics"]
    found = costs.rekognition + sum(costs.lines.values()) + costs.stored
    assert found * 1000 == pytest.approx(total(lines) - metrics.dollars)


def test_every_large_line_has_a_reason() -> None:
    costs = Costs.of(DETECTORS[1])
    assert (
        {line for line in costs.lines if costs.share(line) > EXPLAINED} <= set(reasons()) <= set(costs.lines)
    )


def test_the_bill_is_within_its_limits() -> None:
    section = measure(quick=True)
    assert [figure.name for figure in section.figures if not figure.within_limit] == []
    assert len(section.figures) == len(DETECTORS)
