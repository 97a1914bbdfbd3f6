"""Exports have the columns and lines of the page's."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from glimpse.export import BYTE_ORDER_MARK, COLUMNS, csv_lines, json_lines

SCRIPT = Path(__file__).parents[3] / "web/scripts/export-csv.js"
IMAGE: Any = {
    "id": "ab" * 32,
    "status": "failed",
    "fileName": '=1+1 "cat", small.jpg',
    "contentType": "image/jpeg",
    "size": 43123,
    "width": None,
    "height": 300,
    "uploadedAt": "2026-11-22T15:00:00.123Z",
    "processedAt": "2026-11-22T15:00:01.456Z",
    "takenAt": None,
    "camera": "Canon EOS R5",
    "people": 0,
    "colors": ["gray", "brown"],
    "labels": [{"name": "Cat", "confidence": 98.25}, {"name": "Animal", "confidence": 98.0}],
    "flags": [],
    "review": None,
    "tags": ["sale", "Sommer"],
    "favorite": True,
    "caption": "Erste\nZeile",
    "decision": {"value": "hidden", "by": "ada@example.com", "at": "2026-11-23T09:30:00.000Z"},
    "boxes": [],
    "revision": 2,
    "reason": {"code": "damaged", "message": "The picture is damaged."},
    "thumbnailUrl": "https://storage.example.com/secret",
}


def test_csv_has_the_page_columns() -> None:
    (table,) = re.findall(
        r"^const COLUMNS = \{\n(.*?)^\};", SCRIPT.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    names = re.findall(r'^\t(?:"([^"]+)"|(\w+)):', table, re.MULTILINE)
    assert list(COLUMNS) == [quoted or plain for quoted, plain in names]


def test_csv_has_a_line_for_each_image() -> None:
    text = "".join(csv_lines([IMAGE, IMAGE | {"decision": None, "favorite": False}]))
    assert text.startswith(BYTE_ORDER_MARK + "id,file name,")
    assert text.endswith("\r\n")
    first, second = csv.DictReader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK), newline=""))
    assert first == {
        "id": IMAGE["id"],
        "file name": '\'=1+1 "cat", small.jpg',
        "status": "failed",
        "type": "image/jpeg",
        "bytes": "43123",
        "width": "",
        "height": "300",
        "added": "2026-11-22T15:00:00.123Z",
        "processed": "2026-11-22T15:00:01.456Z",
        "taken": "",
        "camera": "Canon EOS R5",
        "people": "0",
        "colors": "gray; brown",
        "labels": "Cat 98.3%; Animal 98%",
        "flags": "",
        "tags": "sale; Sommer",
        "favorite": "true",
        "caption": "Erste\nZeile",
        "decision": "hidden",
        "by": "ada@example.com",
        "at": "2026-11-23T09:30:00.000Z",
        "reason": "The picture is damaged.",
    }
    assert (second["decision"], second["by"], second["favorite"]) == ("", "", "false")


def test_nothing_is_an_empty_file() -> None:
    assert list(csv_lines([])) == []
    assert list(json_lines([])) == []


@pytest.mark.parametrize(
    ("confidence", "text"), [(100, "100"), (99.95, "100"), (0.04, "0"), (12.345, "12.3")]
)
def test_a_confidence_has_at_most_one_decimal(confidence: float, text: str) -> None:
    image = IMAGE | {"labels": [{"name": "Cat", "confidence": confidence}]}
    assert COLUMNS["labels"](image) == [f"Cat {text}%"]


def test_json_lines_leave_out_what_expires() -> None:
    (line,) = json_lines([IMAGE])
    assert line.endswith("}\n")
    assert json.loads(line) == {name: value for name, value in IMAGE.items() if name != "thumbnailUrl"}
    assert "Sommer" in line
