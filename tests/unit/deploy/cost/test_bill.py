"""The arithmetic of the bill."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deploy.cost import assumptions
from deploy.cost.bill import compute
from deploy.cost.usage import MEASURED, Month

if TYPE_CHECKING:
    from deploy.cost.bill import Line


def line(month: Month, service: str, item: str, *, free: bool = True) -> Line | None:
    bill = compute(month, free=free)
    found = [each for each in bill.pictures if (each.service, each.item) == (service, item)]
    return found[0] if found else None


@pytest.mark.parametrize(
    ("detectors", "calls", "analyses"),
    [
        (("labels",), 1, {"image": 10, "properties": 0}),
        (("labels", "properties"), 1, {"image": 10, "properties": 10}),
        (("properties",), 1, {"image": 0, "properties": 10}),
        (("labels", "faces", "ppe"), 3, {"image": 30, "properties": 0}),
        (("custom",), 1, {"image": 0, "properties": 0}),
    ],
)
def test_detectors_of_an_operation_share_a_call_but_not_an_analysis(
    detectors: tuple[str, ...], calls: int, analyses: dict[str, int]
) -> None:
    month = Month(10, detectors)
    assert (month.calls, month.analyses) == (calls, analyses)


def test_analyses_have_the_prices_of_their_tiers() -> None:
    analyses = line(Month(2_000_000), "Rekognition", "analyses")
    assert analyses and (analyses.quantity, analyses.dollars) == (2_000_000, 1000 + 800)


def test_every_call_reads_the_picture() -> None:
    one, two = Month(1000), Month(1000, ("labels", "faces"))
    reads = [line(month, "S3", "GET requests") for month in (one, two)]
    assert reads[0] and reads[1] and reads[1].quantity - reads[0].quantity == 1000


def test_the_units_of_a_picture_are_the_measured_ones() -> None:
    writes = line(Month(1000), "DynamoDB", "write units")
    steps = MEASURED["steps"]
    measured = sum(counts.get("writeUnits", 0) for step in steps.values() for counts in step.values())
    assert writes and writes.quantity == 1000 * (measured + assumptions.SNAPSHOT_UNITS)


def test_an_allowance_is_taken_off_once_first_from_what_is_fixed() -> None:
    bill = compute(Month(1_000_000))
    free = [
        each.free
        for each in (*bill.fixed, *bill.pictures)
        if each.item == "requests" and each.service == "Lambda"
    ]
    assert free == [720, 1_000_000 - 720]


def test_views_and_sizes_change_what_is_sent_and_stored() -> None:
    unseen, seen = Month(1000, views=0), Month(1000, views=2)
    sent = [line(month, "Data transfer out", "GB") for month in (unseen, seen)]
    assert sent[0] and sent[1] and sent[1].quantity > 3 * sent[0].quantity
    small, large = (line(Month(1000, megabytes=size), "S3", "GB stored") for size in (1, 11))
    assert small and large
    assert large.quantity - small.quantity == pytest.approx(1000 * 10 / 1024 * 3)


def test_only_the_units_of_labels_grow_with_the_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    short = line(Month(1000), "DynamoDB", "read units")
    monkeypatch.setattr(assumptions, "CHANGES", 2 * assumptions.CHANGES)
    long = line(Month(1000), "DynamoDB", "read units")
    units = MEASURED["steps"]["labels"]["ImagesFunction"]["listUnits"]
    length = assumptions.CHANGES / 2 / MEASURED["listed"]
    calls = 1000 / assumptions.PICTURES_PER_COUNTS + 1000 * 2 / assumptions.PICTURES_PER_VISIT
    assert short and long and long.quantity - short.quantity == pytest.approx(calls * units * length)


def test_lists_take_the_same_cpu_time_whatever_their_length(monkeypatch: pytest.MonkeyPatch) -> None:
    short = line(Month(1000), "Lambda", "GB-seconds")
    monkeypatch.setattr(assumptions, "LABEL_NAMES", 2 * assumptions.LABEL_NAMES)
    assert line(Month(1000), "Lambda", "GB-seconds") == short


def test_a_gigabyte_second_has_the_price_of_the_architecture() -> None:
    x86 = line(Month(1000), "Lambda", "GB-seconds", free=False)
    arm = line(Month(1000, architecture="arm64"), "Lambda", "GB-seconds", free=False)
    assert x86 and arm and (x86.quantity, x86.bundle) == (arm.quantity, arm.bundle)
    assert arm.price == pytest.approx(0.8 * x86.price, rel=1e-5)


def test_alarms_are_billed_by_their_metrics() -> None:
    (alarms,) = [each for each in compute(Month(1000), free=False).optional if "alarms" in each.item]
    assert alarms.quantity == MEASURED["resources"]["alarmMetrics"]
    assert alarms.dollars == pytest.approx(0.10 * alarms.quantity)


def test_without_allowances_everything_is_billed() -> None:
    month = Month(1000)
    assert all(
        each.free == 0 for each in (*compute(month, free=False).fixed, *compute(month, free=False).pictures)
    )
    assert compute(month, free=False).total > compute(month).total
