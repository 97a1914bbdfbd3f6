"""Errors of the service beyond its model, and concurrent calls."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.rekognition.service import Rekognition
from tests.unit.local.rekognition.support import IMAGE_BASE64, client_of, error_of

IMAGE = {"Image": {"Bytes": IMAGE_BASE64}}
BOTH = {"Bytes": IMAGE_BASE64, "S3Object": {"Bucket": "bucket", "Name": "name"}}
INVALID: dict[str, tuple[dict[str, Any], str]] = {
    "no source": ({"Image": {}}, "Image must have exactly one of S3Object and Bytes."),
    "two sources": ({"Image": BOTH}, "Image must have exactly one of S3Object and Bytes."),
    "no name": ({"Image": {"S3Object": {"Bucket": "bucket"}}}, "an S3Object must have a Bucket and a Name."),
    "too many labels": (IMAGE | {"MaxLabels": 1001}, "MaxLabels must be at most 1000."),
    "confidence without labels": (
        IMAGE | {"Features": ["IMAGE_PROPERTIES"], "MinConfidence": 50},
        "MinConfidence needs the feature GENERAL_LABELS.",
    ),
    "colors without properties": (
        IMAGE | {"Settings": {"ImageProperties": {"MaxDominantColors": 3}}},
        "Settings.ImageProperties needs the feature IMAGE_PROPERTIES.",
    ),
}


@pytest.mark.parametrize("case", INVALID)
def test_rejects_invalid_parameters(rekognition: Rekognition, case: str) -> None:
    request, detail = INVALID[case]
    message = f"Request has Invalid Parameters: {detail}"
    assert error_of(rekognition, "DetectLabels", request) == (400, "InvalidParameterException", message)


def test_errors_reach_a_client_as_from_aws(client: Any) -> None:
    with pytest.raises(client.exceptions.InvalidParameterException) as caught:
        client.detect_labels(Image={})
    assert isinstance(caught.value, ClientError)
    assert caught.value.response["Error"] == {
        "Code": "InvalidParameterException",
        "Message": ("Request has Invalid Parameters: Image must have exactly one of S3Object and Bytes."),
    }
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_treats_null_as_missing(rekognition: Rekognition) -> None:
    payload = json.dumps(IMAGE | {"MinConfidence": None, "Settings": {"GeneralLabels": None}}).encode()
    status, body = rekognition("DetectLabels", payload, "caller")
    assert (status, body) == (200, {"Labels": [], "LabelModelVersion": "local-opencv-1"})


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
