"""What the service's front end refuses before Rekognition looks at a picture."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.local.rekognition.support import flat, refusal

if TYPE_CHECKING:
    from local.rekognition import Rekognition

PICTURE = base64.b64encode(flat(100, 100)).decode()
ARN = "arn:aws:rekognition:us-east-1:123456789012:project/birds/version/birds.2026/1234567890"


def test_an_operation_that_is_not_there(rekognition: Rekognition) -> None:
    status, code, message = refusal(rekognition, "PaintLabels", {})
    assert (status, code) == (400, "UnknownOperationException")
    assert message.startswith("PaintLabels is not one of DetectCustomLabels, DetectFaces, DetectLabels,")


UNREADABLE = {
    "no JSON": (b"{", "the body is not JSON"),
    "no UTF-8": (b'{"Image": "\xff"}', "the body is not JSON"),
    "not a number": (b'{"MinConfidence": NaN}', "the body is not JSON"),
    "endless brackets": (b"[" * 100_000, "the body is not JSON"),
    "a list": ([], "the body must be an object"),
    "an unknown member": (
        {"Image": {"Bytes": PICTURE}, "Colour": 1},
        "colour is not a member of DetectLabelsRequest",
    ),
    "an unknown member within": ({"Image": {"Url": "x"}}, "image.url is not a member of Image"),
    "an image that is text": ({"Image": "picture"}, "image must be an object"),
    "bytes that are no base64": ({"Image": {"Bytes": "a*b"}}, "image.bytes must be base64"),
    "bytes that are a number": ({"Image": {"Bytes": 7}}, "image.bytes must be a string"),
    "a whole number with a fraction": ({"MaxLabels": 1.5}, "maxLabels must be a whole number"),
    "a whole number of many digits": ({"MaxLabels": 2**31}, "maxLabels must be a whole number"),
    "true for a number": ({"MinConfidence": True}, "minConfidence must be a number"),
    "features that are text": ({"Features": "GENERAL_LABELS"}, "features must be a list"),
    "a feature that is a number": ({"Features": [1]}, "features.1.member must be a string"),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_a_request_that_cannot_be_read(rekognition: Rekognition, case: str) -> None:
    request, why = UNREADABLE[case]
    assert refusal(rekognition, "DetectLabels", request) == (
        400,
        "SerializationException",
        f"The request cannot be read: {why}.",
    )


IMAGE = {"Image": {"Bytes": PICTURE}}
BREACHES: dict[str, tuple[str, dict[str, Any], str]] = {
    "no image": (
        "DetectLabels",
        {},
        "Value null at 'image' failed to satisfy constraint: Member must not be null",
    ),
    "an image of null": (
        "DetectFaces",
        {"Image": None},
        "Value null at 'image' failed to satisfy constraint: Member must not be null",
    ),
    "too sure": (
        "DetectLabels",
        IMAGE | {"MinConfidence": 101},
        "Value '101' at 'minConfidence' failed to satisfy constraint: "
        "Member must have value less than or equal to 100",
    ),
    "fewer than none": (
        "DetectLabels",
        IMAGE | {"MaxLabels": -1},
        "Value '-1' at 'maxLabels' failed to satisfy constraint: "
        "Member must have value greater than or equal to 0",
    ),
    "no such feature": (
        "DetectLabels",
        IMAGE | {"Features": ["MOOD"]},
        "Value 'MOOD' at 'features.1.member' failed to satisfy constraint: "
        "Member must satisfy enum value set: [GENERAL_LABELS, IMAGE_PROPERTIES]",
    ),
    "too many features": (
        "DetectLabels",
        IMAGE | {"Features": ["GENERAL_LABELS"] * 3},
        "Value '[GENERAL_LABELS, GENERAL_LABELS, GENERAL_LABELS]' at 'features' "
        "failed to satisfy constraint: Member must have length less than or equal to 2",
    ),
    "a bucket's name too short": (
        "DetectText",
        {"Image": {"S3Object": {"Bucket": "b", "Name": "n"}}},
        "Value 'b' at 'image.s3Object.bucket' failed to satisfy constraint: "
        "Member must have length greater than or equal to 3",
    ),
    "a bucket's name with a slash": (
        "DetectText",
        {"Image": {"S3Object": {"Bucket": "b/c/d", "Name": "n"}}},
        "Value 'b/c/d' at 'image.s3Object.bucket' failed to satisfy constraint: "
        r"Member must satisfy regular expression pattern: [0-9A-Za-z\.\-_]*",
    ),
    "no bytes": (
        "DetectText",
        {"Image": {"Bytes": ""}},
        "Value 'blob of 0 bytes' at 'image.bytes' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1",
    ),
    "too many bytes": (
        "DetectText",
        {"Image": {"Bytes": base64.b64encode(bytes(5_242_881)).decode()}},
        "Value 'blob of 5242881 bytes' at 'image.bytes' failed to satisfy constraint: "
        "Member must have length less than or equal to 5242880",
    ),
    "half a summary": (
        "DetectProtectiveEquipment",
        IMAGE | {"SummarizationAttributes": {"MinConfidence": 80}},
        "Value null at 'summarizationAttributes.requiredEquipmentTypes' failed to satisfy constraint: "
        "Member must not be null",
    ),
    "an ARN of something else": (
        "DetectCustomLabels",
        IMAGE | {"ProjectVersionArn": "arn:aws:s3:::a-bucket-of-pictures"},
        "Value 'arn:aws:s3:::a-bucket-of-pictures' at 'projectVersionArn' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: "
        r"(^arn:[a-z\d-]+:rekognition:[a-z\d-]+:\d{12}:project\/"
        r"[a-zA-Z0-9_.\-]{1,255}\/version\/[a-zA-Z0-9_.\-]{1,255}\/[0-9]+$)",
    ),
}


@pytest.mark.parametrize("case", BREACHES)
def test_a_request_that_breaks_the_model(rekognition: Rekognition, case: str) -> None:
    operation, request, breach = BREACHES[case]
    message = f"1 validation error detected: {breach}"
    assert refusal(rekognition, operation, request) == (400, "ValidationException", message)


def test_all_breaches_are_told_at_once(rekognition: Rekognition) -> None:
    request = {"MaxLabels": -1, "MinConfidence": -2}
    assert refusal(rekognition, "DetectLabels", request)[2] == (
        "3 validation errors detected: "
        "Value null at 'image' failed to satisfy constraint: Member must not be null; "
        "Value '-1' at 'maxLabels' failed to satisfy constraint: "
        "Member must have value greater than or equal to 0; "
        "Value '-2' at 'minConfidence' failed to satisfy constraint: "
        "Member must have value greater than or equal to 0"
    )
