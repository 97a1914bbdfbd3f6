"""The schema of result documents, docs/result.schema.json: it is strict and matches the code."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from jsonschema import ValidationError

from common.formats import FORMATS
from common.rejections import MESSAGES, NOT_STORED
from processor.imaging.palette import NAMES
from tests.unit.support import NOW_TEXT

RESULT = {
    "SchemaVersion": 1,
    "Image": {"Bucket": "b", "Key": "k", "ETag": "e", "Bytes": 1, "Format": "PNG", "Width": 1, "Height": 1},
    "Exif": {"TakenAt": "2026-11-22T15:00:00+01:00", "Camera": "Canon EOS R5", "Orientation": 6},
    "Labels": [],
    "Errors": {"text": {"Code": "AccessDeniedException", "Message": "The permission is missing."}},
    "Recognition": {
        "Detectors": ["labels", "text"],
        "MinConfidence": 40.0,
        "ModelVersions": {"labels": "3.0"},
        "StartedAt": NOW_TEXT,
        "DurationMs": 5,
        "Converted": False,
        "BilledCalls": 1,
    },
}
FAILURE = {
    "SchemaVersion": 1,
    "Image": {"Bucket": "b", "Key": "k"},
    "Failure": {"Code": "gone", "Message": "It is."},
}


def change(document: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """Return a copy of a document with one member changed, or removed if the value is None."""
    changed = copy.deepcopy(document)
    *parents, name = path.split(".")
    target = changed
    for parent in parents:
        target = target[parent]
    if value is None:
        del target[name]
    else:
        target[name] = value
    return changed


def without_facts() -> dict[str, Any]:
    """Return a result as it was before results had facts."""
    return change(RESULT, "Exif", None)


@pytest.mark.parametrize(
    "document", [RESULT, without_facts(), FAILURE, {**FAILURE, "Errors": RESULT["Errors"]}]
)
def test_accepts_valid_documents(validate_result, document: dict[str, Any]) -> None:
    validate_result(document)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("SchemaVersion", 2),
        ("Extra", 1),
        ("Image.Extra", 1),
        ("Image.Width", None),
        ("Image.Width", 0),
        ("Image.Format", "SVG"),
        ("Image.Colors", ["azure"]),
        ("Image.PerceptualHash", "xyz"),
        ("Exif.Extra", 1),
        ("Exif.TakenAt", "2026:11:22 15:00:00"),
        ("Exif.Orientation", 9),
        ("Exif.Iso", 0),
        ("Exif.Location", {"Latitude": 91, "Longitude": 0}),
        ("Exif.Location", {"Latitude": 51}),
        ("Errors", None),
        ("Errors.sounds", {"Code": "c", "Message": "m"}),
        ("Errors.labels", {"Code": "c", "Message": "m"}),  # has a list already
        ("Errors.text", None),  # then it has neither a list nor an error
        ("Labels", None),
        ("Labels", [{"Name": "Cat"}]),
        ("Labels", [{"Name": "Cat", "Confidence": 101}]),
        ("TextDetections", []),
        ("FaceDetails", []),  # its detector isn't enabled
        ("Recognition.BilledCalls", None),
        ("Recognition.Detectors", ["labels", "labels", "text"]),
        ("Recognition.StartedAt", "2026-11-22 15:00"),
        ("Failure", {"Code": "gone", "Message": "It is."}),
    ],
)
def test_rejects_invalid_results(validate_result, path: str, value: object) -> None:
    with pytest.raises(ValidationError):
        validate_result(change(RESULT, path, value))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("Failure.Code", "bad-luck"),
        ("Failure.Message", None),
        ("Failure.Message", ""),
        ("Failure.Extra", 1),
        ("Image.Key", None),
        ("Labels", []),
        ("Recognition", RESULT["Recognition"]),
    ],
)
def test_rejects_invalid_failures(validate_result, path: str, value: object) -> None:
    with pytest.raises(ValidationError):
        validate_result(change(FAILURE, path, value))


def test_the_formats_are_those_of_the_code(result_schema) -> None:
    formats = result_schema["$defs"]["image"]["properties"]["Format"]["enum"]
    assert formats == [format_.name for format_ in FORMATS]


def test_the_names_of_colors_are_those_of_the_code(result_schema) -> None:
    assert result_schema["$defs"]["colorName"]["enum"] == list(NAMES)


def test_the_rejection_codes_are_those_of_the_code(result_schema) -> None:
    failure = result_schema["$defs"]["failure"]["properties"]["Failure"]
    codes = failure["allOf"][1]["properties"]["Code"]["enum"]
    assert codes == [code for code in MESSAGES if code not in NOT_STORED]
