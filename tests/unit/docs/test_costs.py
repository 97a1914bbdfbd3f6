"""What the README says about costs is what `make cost` prints."""

from __future__ import annotations

import re
from pathlib import Path

from common.prices import PRICES
from deploy.cost.bill import Bill, compute, total
from deploy.cost.report import amount
from deploy.cost.usage import MEASURED, Month

README = (Path(__file__).resolve().parents[3] / "README.md").read_text(encoding="utf-8")
COSTS = re.findall(r"^## What it costs\n(.*?)(?=^## )", README, re.MULTILINE | re.DOTALL)[0]
TEXT = " ".join(COSTS.split())
ALARMS = re.findall(r"^### Alarms\n(.*?)(?=^###? )", README, re.MULTILINE | re.DOTALL)[0]
NUMBERS = (1000, 100_000, 1_000_000)
NAMED = ("Rekognition", "S3", "DynamoDB", "Lambda")


def of(bill: Bill, service: str) -> float:
    return total([line for line in (*bill.fixed, *bill.pictures) if line.service == service])


def row(images: int) -> str:
    bill = compute(Month(images))
    named = [of(bill, service) for service in NAMED]
    rest = round(bill.total - sum(named), 2)
    unshared = compute(Month(images), free=False)
    cells = [*named, rest, bill.total, unshared.total]
    return f"| {images:,} | {' | '.join(map(amount, cells))} |"


def test_the_table_has_the_totals_of_the_command() -> None:
    assert [line for line in COSTS.splitlines() if re.match(r"\| [\d,]+ \|", line)] == [*map(row, NUMBERS)]


def test_the_cost_of_an_idle_stack() -> None:
    bill, unshared = compute(Month(1000)), compute(Month(1000), free=False)
    assert total(bill.fixed) == 0
    without = f"${amount(total(unshared.fixed))} without them"
    assert f"less than a cent a month within these allowances, and {without}" in TEXT
    (polls,) = [line for line in unshared.fixed if line.service == "SQS"]
    assert f"{polls.quantity:,.0f} times a month" in TEXT
    assert total(unshared.fixed) - polls.dollars < 0.01


def test_the_write_units_of_a_picture() -> None:
    bill = compute(Month(1000))
    (writes,) = [line for line in bill.pictures if line.item == "write units"]
    said = f"{writes.quantity / 1000:.0f} write units for a picture with {MEASURED['labelNames']} label names"
    assert f"{said}, or ${amount(writes.dollars)} per 1,000 pictures" in TEXT


def test_the_storage_of_the_pictures() -> None:
    (stored,) = [
        line for line in compute(Month(1000)).pictures if line.item == "GB stored" and "S3" in line.service
    ]
    months = int(MEASURED["parameters"]["RetentionDays"]) / 30
    assert months == 3
    assert f"${amount(stored.dollars / months)} a month per 1,000 pictures of 3 MB" in TEXT


def test_the_prices_it_names() -> None:
    rekognition = PRICES["rekognition"]
    assert f"${rekognition['image'][0][1] * 1000:.2f} per 1,000 pictures" in TEXT
    assert f"${rekognition['properties'][0][1] * 1000:.2f} for `DetectProperties`" in TEXT
    assert f"first {PRICES['lambda']['free']['gigabyteSeconds']:,} GB-seconds" in TEXT
    assert f"first {PRICES['cognito']['free']['users']:,} people" in TEXT


def test_what_all_alarms_cost() -> None:
    (shared,), (unshared,) = (
        [line for line in compute(Month(1000), free=free).optional if "alarms" in line.item]
        for free in (True, False)
    )
    free = PRICES["cloudWatch"]["free"]["alarmMetrics"]
    said = f"have {unshared.quantity:g} metrics and cost ${amount(unshared.dollars)} a month"
    said += f", or ${amount(shared.dollars)} if the account's {free} free ones are left"
    assert said in " ".join(ALARMS.split())
