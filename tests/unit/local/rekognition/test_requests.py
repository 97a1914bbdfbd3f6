"""Calls: invalid requests, errors of the service, and concurrency."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.rekognition.service import Rekognition
from tests.unit.local.rekognition.support import IMAGE_BASE64, client_of, error_of


def test_rejects_unknown_operations(rekognition: Rekognition) -> None:
    status, code, message = error_of(rekognition, "PaintLabels", {})
    assert (status, code) == (400, "UnknownOperationException")
    assert message.startswith("PaintLabels is not one of DetectCustomLabels, DetectFaces, DetectLabels,")


SERIALIZATION_ERRORS = {
    "not JSON": (b"{", "the body is not JSON"),
    "not UTF-8": (b'{"Image": "\xff"}', "the body is not JSON"),
    "UTF-16": ("{}".encode("utf-16"), "the body is not JSON"),
    "UTF-32": ("{}".encode("utf-32-be"), "the body is not JSON"),
    "byte order mark": (b"\xef\xbb\xbf{}", "the body is not JSON"),
    "NaN": (b'{"MinConfidence": NaN}', "the body is not JSON"),
    "deep nesting": (b"[" * 100_000, "the body is not JSON"),
    "list": ([], "the body must be an object"),
    "unknown nested member": ({"Image": {"Url": "x"}}, "image.url is not a member of Image"),
    "image as text": ({"Image": "picture"}, "image must be an object"),
    "bytes not in base64": ({"Image": {"Bytes": "a*b"}}, "image.bytes must be base64"),
    "fraction for integer": ({"MaxLabels": 1.5}, "maxLabels must be a whole number"),
    "integer above 32 bits": ({"MaxLabels": 2**31}, "maxLabels must be a whole number"),
    "boolean for number": ({"MinConfidence": True}, "minConfidence must be a number"),
    "features as text": ({"Features": "GENERAL_LABELS"}, "features must be a list"),
}


@pytest.mark.parametrize("case", SERIALIZATION_ERRORS)
def test_rejects_requests_that_do_not_fit_the_shapes(rekognition: Rekognition, case: str) -> None:
    request, reason = SERIALIZATION_ERRORS[case]
    assert error_of(rekognition, "DetectLabels", request) == (
        400,
        "SerializationException",
        f"The request cannot be read: {reason}.",
    )


IMAGE = {"Image": {"Bytes": IMAGE_BASE64}}
VIOLATIONS: dict[str, tuple[str, dict[str, Any], str]] = {
    "missing image": (
        "DetectLabels",
        {},
        "Value null at 'image' failed to satisfy constraint: Member must not be null",
    ),
    "above maximum": (
        "DetectLabels",
        IMAGE | {"MinConfidence": 101},
        "Value '101' at 'minConfidence' failed to satisfy constraint: "
        "Member must have value less than or equal to 100",
    ),
    "not in enum": (
        "DetectLabels",
        IMAGE | {"Features": ["MOOD"]},
        "Value 'MOOD' at 'features.1.member' failed to satisfy constraint: "
        "Member must satisfy enum value set: [GENERAL_LABELS, IMAGE_PROPERTIES]",
    ),
    "string too short": (
        "DetectText",
        {"Image": {"S3Object": {"Bucket": "b", "Name": "n"}}},
        "Value 'b' at 'image.s3Object.bucket' failed to satisfy constraint: "
        "Member must have length greater than or equal to 3",
    ),
    "pattern": (
        "DetectText",
        {"Image": {"S3Object": {"Bucket": "b/c/d", "Name": "n"}}},
        "Value 'b/c/d' at 'image.s3Object.bucket' failed to satisfy constraint: "
        r"Member must satisfy regular expression pattern: [0-9A-Za-z\.\-_]*",
    ),
    "blob too long": (
        "DetectText",
        {"Image": {"Bytes": base64.b64encode(bytes(5_242_881)).decode()}},
        "Value 'blob of 5242881 bytes' at 'image.bytes' failed to satisfy constraint: "
        "Member must have length less than or equal to 5242880",
    ),
}


@pytest.mark.parametrize("case", VIOLATIONS)
def test_rejects_requests_that_violate_a_constraint(rekognition: Rekognition, case: str) -> None:
    operation, request, violation = VIOLATIONS[case]
    message = f"1 validation error detected: {violation}"
    assert error_of(rekognition, operation, request) == (400, "ValidationException", message)


def test_reports_all_violations_together(rekognition: Rekognition) -> None:
    request = {"MaxLabels": -1, "MinConfidence": -2}
    assert error_of(rekognition, "DetectLabels", request)[2] == (
        "3 validation errors detected: "
        "Value null at 'image' failed to satisfy constraint: Member must not be null; "
        "Value '-1' at 'maxLabels' failed to satisfy constraint: "
        "Member must have value greater than or equal to 0; "
        "Value '-2' at 'minConfidence' failed to satisfy constraint: "
        "Member must have value greater than or equal to 0"
    )


BOTH = {"Bytes": IMAGE_BASE64, "S3Object": {"Bucket": "bucket", "Name": "name"}}
INVALID: dict[str, dict[str, Any]] = {
    "two sources": {"Image": BOTH},
    "no name": {"Image": {"S3Object": {"Bucket": "bucket"}}},
    "too many labels": IMAGE | {"MaxLabels": 1001},
    "confidence without labels": IMAGE | {"Features": ["IMAGE_PROPERTIES"], "MinConfidence": 50},
    "colors without properties": IMAGE | {"Settings": {"ImageProperties": {"MaxDominantColors": 3}}},
}


@pytest.mark.parametrize("case", INVALID)
def test_rejects_invalid_parameters(rekognition: Rekognition, case: str) -> None:
    status, code, _ = error_of(rekognition, "DetectLabels", INVALID[case])
    assert (status, code) == (400, "InvalidParameterException")


def test_errors_reach_a_client_as_from_aws(client: Any) -> None:
    with pytest.raises(client.exceptions.InvalidParameterException) as caught:
        client.detect_labels(Image={})
    assert isinstance(caught.value, ClientError)
    assert caught.value.response["Error"] == {
        "Code": "InvalidParameterException",
        "Message": "Request has Invalid Parameters: Image must have exactly one of S3Object and Bytes.",
    }
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_treats_null_as_missing(rekognition: Rekognition) -> None:
    payload = json.dumps(IMAGE | {"MinConfidence": None, "Settings": {"GeneralLabels": None}}).encode()
    status, body = rekognition("DetectLabels", payload, "caller")
    assert (status, body) == (200, {"Labels": [], "LabelModelVersion": "local-coco-ssd-1"})


def test_a_bug_is_an_internal_server_error(caplog: pytest.LogCaptureFixture) -> None:
    def broken(*_: object) -> bytes:
        raise ZeroDivisionError

    request = {"Image": {"S3Object": {"Bucket": "bucket", "Name": "name"}}}
    assert error_of(Rekognition(broken), "DetectLabels", request)[:2] == (500, "InternalServerError")
    assert caplog.messages == ["DetectLabels failed"]


def test_concurrent_calls_get_the_same_responses(make: Any, astronaut: bytes, cat: bytes) -> None:
    single, shared = client_of(make()), make()
    calls: list[Callable[[Any, Any], Any]] = [
        lambda client, image: client.detect_labels(Image=image, Features=["GENERAL_LABELS"])["Labels"],
        lambda client, image: client.detect_faces(Image=image)["FaceDetails"],
        lambda client, image: client.recognize_celebrities(Image=image)["UnrecognizedFaces"],
        lambda client, image: client.detect_protective_equipment(Image=image)["Persons"],
    ]
    work = [(call, {"Bytes": data}) for data in (astronaut, cat) for call in calls]
    expected = [call(single, image) for call, image in work]
    client = client_of(shared)
    with ThreadPoolExecutor(8) as pool:
        for _ in range(2):
            assert list(pool.map(lambda item: item[0](client, item[1]), work)) == expected
    assert sum(shared.calls().values()) == 2 * len(work)
