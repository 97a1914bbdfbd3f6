"""The lines of manifests, and what is wrong with them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.rekognition.custom_labels.manifest import LINE_ERRORS, MAX_BOXES, parse_line, restore_line
from local.rekognition.custom_labels.model import WHOLE, LabeledBox
from local.rekognition.geometry import Box
from tests.shapes import box_line, label_line

URL = "s3://pictures/a folder/é.png"
BOX = Box(0.25, 0.5, 0.5, 0.25)
Line = dict[str, Any]


def test_reads_labels_of_the_picture() -> None:
    entry = parse_line(label_line(URL, "circle", "red"))
    assert entry.source == ("pictures", "a folder/é.png")
    assert entry.labels == [LabeledBox("circle", WHOLE), LabeledBox("red", WHOLE)]
    assert (entry.boxes, entry.size, entry.is_invalid, entry.has_errors) == ([], None, False, False)
    assert json.loads(entry.line) == json.loads(label_line(URL, "circle", "red"))


def test_reads_boxes() -> None:
    entry = parse_line(box_line(URL, ("circle", BOX), ("square", WHOLE)))
    assert entry.boxes == [LabeledBox("circle", BOX), LabeledBox("square", WHOLE)]
    assert (entry.labels, entry.size, entry.names) == ([], (400, 300), {"circle", "square"})


def test_a_label_with_a_confidence_of_0_is_absent() -> None:
    line = json.loads(label_line(URL, "circle"))
    line["circle-metadata"]["confidence"] = 0
    entry = parse_line(json.dumps(line))
    assert (entry.labels, entry.is_invalid) == ([], False)


def test_an_image_needs_no_labels() -> None:
    entry = parse_line(json.dumps({"source-ref": URL}))
    assert (entry.names, entry.is_invalid) == (set(), False)


def labeled(**changes: Any) -> Line:
    line: Line = json.loads(label_line(URL, "circle"))
    return line | changes


def boxed(attribute: Line | None = None, metadata: Line | None = None) -> Line:
    line: Line = json.loads(box_line(URL, ("circle", BOX)))
    line["bounding-box"] |= attribute or {}
    line["bounding-box-metadata"] |= metadata or {}
    return line


def annotated(**sides: int) -> Line:
    side = {"class_id": 0, "left": 0, "top": 0, "width": 10, "height": 10}
    return boxed({"annotations": [side | sides]})


UNUSABLE: dict[str, tuple[Any, str, list[str]]] = {
    "not an object": ([1], "ERROR_INVALID_JSON_LINE", []),
    "no image": ({"circle": 1}, "ERROR_MISSING_SOURCE_REF", []),
    "web address": (labeled(**{"source-ref": "https://a/b"}), "ERROR_INVALID_SOURCE_REF_FORMAT", []),
    "no metadata": ({"source-ref": URL, "circle": 1}, "ERROR_NO_LABEL_ATTRIBUTES", []),
    "text for number": (
        labeled(circle="1"),
        "ERROR_NO_VALID_LABEL_ATTRIBUTES",
        ["ERROR_INVALID_LABEL_ATTRIBUTE_FORMAT"],
    ),
    "unknown type": (
        boxed(metadata={"type": "groundtruth/polygon"}),
        "ERROR_NO_VALID_LABEL_ATTRIBUTES",
        ["ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT"],
    ),
    "no size": (
        boxed({"image_size": []}),
        "ERROR_NO_VALID_LABEL_ATTRIBUTES",
        ["ERROR_INVALID_LABEL_ATTRIBUTE_FORMAT"],
    ),
    "no confidence": (
        boxed(metadata={"objects": [{}]}),
        "ERROR_NO_VALID_LABEL_ATTRIBUTES",
        ["ERROR_MISSING_BOUNDING_BOX_CONFIDENCE"],
    ),
    "too many boxes": (
        boxed({"annotations": [{}] * (MAX_BOXES + 1)}),
        "ERROR_NO_VALID_LABEL_ATTRIBUTES",
        ["ERROR_TOO_MANY_BOUNDING_BOXES"],
    ),
    "unknown class": (
        annotated(class_id=7),
        "ERROR_NO_VALID_LABEL_ATTRIBUTES",
        ["ERROR_NO_VALID_ANNOTATIONS", "ERROR_MISSING_CLASS_MAP_ID"],
    ),
    "outside": (
        annotated(left=395),
        "ERROR_NO_VALID_LABEL_ATTRIBUTES",
        ["ERROR_NO_VALID_ANNOTATIONS", "ERROR_INVALID_BOUNDING_BOX"],
    ),
    "negative": (
        annotated(top=-1),
        "ERROR_NO_VALID_LABEL_ATTRIBUTES",
        ["ERROR_NO_VALID_ANNOTATIONS", "ERROR_INVALID_BOUNDING_BOX"],
    ),
    "tiny": (
        annotated(width=1),
        "ERROR_NO_VALID_LABEL_ATTRIBUTES",
        ["ERROR_NO_VALID_ANNOTATIONS", "ERROR_BOUNDING_BOX_TOO_SMALL"],
    ),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_says_why_a_line_is_unusable(case: str) -> None:
    line, code, causes = UNUSABLE[case]
    entry = parse_line(json.dumps(line))
    assert (entry.is_invalid, entry.names) == (True, set())
    assert [error["code"] for error in entry.document["errors"]] == [code]
    assert entry.document["errors"][0]["message"] == LINE_ERRORS[code]
    for cause in causes:
        assert f'"code":"{cause}"' in entry.line
    restored = restore_line(entry.line)
    assert (restored.document, restored.is_invalid, restored.names) == (entry.document, True, set())


def test_an_invalid_box_leaves_the_others_usable() -> None:
    line = json.loads(box_line(URL, ("circle", BOX), ("circle", WHOLE)))
    line["bounding-box"]["annotations"][0]["left"] = -5
    entry = parse_line(json.dumps(line))
    assert (entry.boxes, entry.is_invalid, entry.has_errors) == ([LabeledBox("circle", WHOLE)], False, True)
    assert entry.document["bounding-box"]["annotations"][0]["errors"] == [
        {"code": "ERROR_INVALID_BOUNDING_BOX", "message": "The bounding box has off frame values."}
    ]
    assert restore_line(entry.line) == entry


def test_a_corrected_line_has_no_errors() -> None:
    errors = [{"code": "ERROR_INVALID_IMAGE", "message": LINE_ERRORS["ERROR_INVALID_IMAGE"]}]
    entry = parse_line(json.dumps(labeled(errors=errors)))
    assert (entry.document, entry.is_invalid) == (labeled(), False)
