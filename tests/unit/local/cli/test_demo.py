from __future__ import annotations

from typing import Any

from local.cli.demo import format_table

BOX = {"Left": 0.254, "Top": 0.1, "Width": 0.5, "Height": 1.0}
LABELS: list[dict[str, Any]] = [
    {"Name": "Person", "Confidence": 99.04, "Instances": [{"BoundingBox": BOX}, {"BoundingBox": BOX}]},
    {"Name": "Cat", "Confidence": 100.0, "Instances": []},
]


def test_the_table_has_a_line_per_label_and_per_additional_box() -> None:
    assert format_table(LABELS) == [
        "Label   Confidence  Box (left, top, width, height)",
        "Person      99.0 %  25%, 10%, 50%, 100%",
        "                    25%, 10%, 50%, 100%",
        "Cat        100.0 %",
    ]
