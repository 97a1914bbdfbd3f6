from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from local.cli.demo import format_table, print_image, save_result

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

BOX = {"Left": 0.254, "Top": 0.1, "Width": 0.5, "Height": 1.0}
LABELS: list[dict[str, Any]] = [
    {"Name": "Person", "Confidence": 99.04, "Instances": [{"BoundingBox": BOX}, {"BoundingBox": BOX}]},
    {"Name": "Cat", "Confidence": 100.0, "Instances": []},
]
FAILED = {"status": "failed", "reason": {"message": "This file isn't an image."}}


def test_the_table_has_a_line_per_label_and_per_additional_box() -> None:
    assert format_table(LABELS) == [
        "Label   Confidence  Box (left, top, width, height)",
        "Person      99.0 %  25%, 10%, 50%, 100%",
        "                    25%, 10%, 50%, 100%",
        "Cat        100.0 %",
    ]


def test_saves_the_result_under_the_file_name(tmp_path: Path) -> None:
    path = save_result({"Name": "é"}, "photo.jpg", tmp_path / "build" / "demo")
    assert path == tmp_path / "build" / "demo" / "photo.jpg.json"
    assert json.loads(path.read_text(encoding="utf-8")) == {"Name": "é"}


def test_prints_the_reason_of_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert print_image({"image": FAILED, "result": None}, "notes.txt") == 1
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", "notes.txt wasn't recognized: This file isn't an image.\n")
