from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from local.cli.demo import save, show, table

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

BOX = {"Left": 0.254, "Top": 0.1, "Width": 0.5, "Height": 1.0}
LABELS: list[dict[str, Any]] = [
    {"Name": "Person", "Confidence": 99.04, "Instances": [{"BoundingBox": BOX}, {"BoundingBox": BOX}]},
    {"Name": "Cat", "Confidence": 100.0, "Instances": []},
]
FAILED = {"status": "failed", "reason": {"message": "This file is not a picture."}}


def test_a_table_has_a_line_for_each_label_and_each_further_box() -> None:
    assert table(LABELS) == [
        "Label   Confidence  Where (left, top, width, height)",
        "Person      99.0 %  25%, 10%, 50%, 100%",
        "                    25%, 10%, 50%, 100%",
        "Cat        100.0 %",
    ]


def test_the_json_is_kept_under_the_pictures_name(tmp_path: Path) -> None:
    path = save({"Name": "é"}, "photo.jpg", tmp_path / "build" / "demo")
    assert path == tmp_path / "build" / "demo" / "photo.jpg.json"
    assert json.loads(path.read_text(encoding="utf-8")) == {"Name": "é"}


def test_a_failure_is_told_in_its_own_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert show({"image": FAILED, "result": None}, "notes.txt") == 1
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "notes.txt was not recognised: This file is not a picture.\n")
