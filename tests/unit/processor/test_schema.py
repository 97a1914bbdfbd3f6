"""The schema of results: strict, and of one mind with the code."""

from __future__ import annotations

import copy

import pytest
from jsonschema import ValidationError

from common.formats import FORMATS
from common.rejections import SENTENCES

RESULT = {
    "SchemaVersion": 1,
    "Image": {"Bucket": "b", "Key": "k", "ETag": "e", "Bytes": 1, "Format": "PNG", "Width": 1, "Height": 1},
    "Labels": [],
    "Errors": {"text": {"Code": "AccessDeniedException", "Message": "The permission is missing."}},
    "Recognition": {
        "Detectors": ["labels", "text"],
        "MinConfidence": 40.0,
        "ModelVersions": {"labels": "3.0"},
        "StartedAt": "2026-11-22T15:00:00.123Z",
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


def changed(document: dict, path: str, value: object) -> dict:
    """A document with one member set, or left out where the value is None."""
    document = copy.deepcopy(document)
    *parents, last = path.split(".")
    place = document
    for parent in parents:
        place = place[parent]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return document


@pytest.mark.parametrize("document", [RESULT, FAILURE, {**FAILURE, "Errors": RESULT["Errors"]}])
def test_good_documents(validate_result, document) -> None:
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
        ("Errors", None),
        ("Errors.sounds", {"Code": "c", "Message": "m"}),
        ("Errors.labels", {"Code": "c", "Message": "m"}),  # it has its list
        ("Errors.text", None),  # it has neither list nor error
        ("Labels", None),
        ("Labels", [{"Name": "Cat"}]),
        ("Labels", [{"Name": "Cat", "Confidence": 101}]),
        ("TextDetections", []),
        ("FaceDetails", []),  # not chosen
        ("Recognition.BilledCalls", None),
        ("Recognition.Detectors", ["labels", "labels", "text"]),
        ("Recognition.StartedAt", "2026-11-22 15:00"),
        ("Failure", {"Code": "gone", "Message": "It is."}),
    ],
)
def test_bad_results(validate_result, path, value) -> None:
    with pytest.raises(ValidationError):
        validate_result(changed(RESULT, path, value))


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
def test_bad_failures(validate_result, path, value) -> None:
    with pytest.raises(ValidationError):
        validate_result(changed(FAILURE, path, value))


def test_its_formats_are_those_of_the_code(result_schema) -> None:
    formats = result_schema["$defs"]["image"]["properties"]["Format"]["enum"]
    assert formats == [known.name for known in FORMATS]


def test_its_codes_are_those_of_the_code(result_schema) -> None:
    codes = result_schema["$defs"]["failure"]["properties"]["Failure"]["allOf"][1]["properties"]["Code"][
        "enum"
    ]
    assert codes == [code for code in SENTENCES if not code.endswith("-event")]
