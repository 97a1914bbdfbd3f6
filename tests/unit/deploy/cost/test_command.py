"""`make cost`: its options, and what its report says."""

from __future__ import annotations

import ast
import inspect
import re

import pytest

from common.prices import PRICES
from deploy.cost import assumptions
from deploy.cost.__main__ import main

NAMES = "labels, properties, moderation, text, faces, celebrities, ppe, custom"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--images", "0"], "IMAGES must be a whole number of 1 or more, not 0"),
        (["--images", "many"], "IMAGES must be a whole number of 1 or more, not many"),
        (
            ["--detectors", "labels,cats"],
            f"DETECTORS must be some of {NAMES}, separated by commas, not 'cats'",
        ),
        (
            ["--detectors", ""],
            f"DETECTORS must be some of {NAMES}, separated by commas, not ''",
        ),
        (["--megabytes", "-1"], "MEGABYTES must be a number of 0 or more, not -1"),
        (["--architecture", "arm"], "ARCHITECTURE must be x86_64 or arm64, not 'arm'"),
        (["--views", "nan"], "VIEWS must be a number of 0 or more, not nan"),
    ],
)
def test_explains_options_that_it_cannot_use(
    capsys: pytest.CaptureFixture[str], arguments: list[str], reason: str
) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == 2
    assert capsys.readouterr().err == f"make cost: {reason}\n"


def test_the_lines_add_up_to_the_total(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--images", "100000", "--detectors", "labels,faces"]) == 0
    report = capsys.readouterr().out
    rows = re.findall(r"^  (?!Sum|  )\S.* ([\d,]+\.\d\d)$", report.partition("\nTotal ")[0], re.MULTILINE)
    (total,) = re.findall(r"^Total  +([\d,.]+)$", report, re.MULTILINE)
    assert len(rows) > 20
    assert sum(float(row.replace(",", "")) for row in rows) == pytest.approx(float(total.replace(",", "")))
    assert re.search(r"^  Rekognition +analyses +200,000 +\$1.00 per 1,000 +200.00$", report, re.MULTILINE)


def test_without_options_it_is_a_thousand_pictures_with_labels(capsys: pytest.CaptureFixture[str]) -> None:
    main([])
    report = capsys.readouterr().out
    assert report.startswith("A month with 1,000 pictures of 3 MB\nDetectors: labels. ")


def test_the_architecture_changes_the_price_of_a_gigabyte_second(capsys: pytest.CaptureFixture[str]) -> None:
    for architecture, price in (("x86_64", "16.6667"), ("arm64", "13.3334")):
        main(["--architecture", architecture])
        report = capsys.readouterr().out
        assert re.search(rf"^  Lambda +GB-seconds .*\${price} per million ", report, re.MULTILINE)
        assert f"\nThe functions run on {architecture} (ARCHITECTURE)." in report


def test_it_says_of_when_its_prices_are_and_what_is_assumed(capsys: pytest.CaptureFixture[str]) -> None:
    main([])
    report = capsys.readouterr().out
    assert f"\nPrices of {PRICES['date']} in us-east-1, without tax (src/common/prices.json).\n" in report
    sentences = " ".join(report.partition("\nAssumed:\n")[2].split()).removeprefix("- ").split(" - ")
    assert sentences == list(assumptions.SENTENCES)


UNSAID = {
    "SENTENCES",
    "SECONDS",  # of a month, as its days
    "HOURLY_RUNS",
    "ITEM_OVERHEAD_BYTES",  # documented sizes
    "FULL_CPU_MEGABYTES",
}


def test_it_says_each_assumption() -> None:
    sentences = ast.parse(inspect.getsource(assumptions)).body[-1]
    said = {node.id for node in ast.walk(sentences) if isinstance(node, ast.Name)}
    assert said - {"SENTENCES"} == {name for name in vars(assumptions) if name.isupper()} - UNSAID - {
        "SENTENCES"
    }
