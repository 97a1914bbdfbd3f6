"""`make cost`: its options, and what its report says."""

from __future__ import annotations

import re
import time

import pytest

from deploy.cost.__main__ import main

NAMES = "labels, properties, moderation, text, faces, celebrities, ppe, custom"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--images", "0"], "argument --images: must be a whole number of 1 or more, not 0"),
        (["--images", "many"], "argument --images: must be a whole number of 1 or more, not many"),
        (
            ["--detectors", "labels,cats"],
            f"argument --detectors: must be some of {NAMES}, separated by commas, not 'cats'",
        ),
        (
            ["--detectors", ""],
            f"argument --detectors: must be some of {NAMES}, separated by commas, not ''",
        ),
        (["--megabytes", "-1"], "argument --megabytes: must be a number of 0 or more, not -1"),
        (["--views", "nan"], "argument --views: must be a number of 0 or more, not nan"),
    ],
)
def test_explains_options_that_it_cannot_use(
    capsys: pytest.CaptureFixture[str], arguments: list[str], reason: str
) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == 2
    assert capsys.readouterr().err.endswith(f"make cost: error: {reason}\n")


def test_the_lines_add_up_to_the_total(capsys: pytest.CaptureFixture[str]) -> None:
    started_at = time.process_time()
    assert main(["--images", "100000", "--detectors", "labels,faces"]) == 0
    assert time.process_time() - started_at < 1
    report = capsys.readouterr().out
    rows = re.findall(r"^  (?!Sum|  )\S.* ([\d,]+\.\d\d)$", report.partition("\nTotal ")[0], re.MULTILINE)
    (total,) = re.findall(r"^Total  +([\d,.]+)$", report, re.MULTILINE)
    assert len(rows) > 20
    assert sum(float(row.replace(",", "")) for row in rows) == pytest.approx(float(total.replace(",", "")))
    assert re.search(r"^  Rekognition +analyses +200,000 +\$1.00 per 1,000 +200.00$", report, re.MULTILINE)
    assert "Prices of 20" in report
    assert "\nAssumed:\n- " in report


def test_without_options_it_is_a_thousand_pictures_with_labels(capsys: pytest.CaptureFixture[str]) -> None:
    main([])
    report = capsys.readouterr().out
    assert report.startswith("A month with 1,000 pictures of 3 MB\nDetectors: labels. ")
