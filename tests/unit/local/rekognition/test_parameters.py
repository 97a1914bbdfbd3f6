"""What Rekognition itself refuses of a request that keeps to the model."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.unit.local.rekognition.support import client_of, flat, refusal

if TYPE_CHECKING:
    from local.rekognition import Rekognition


PICTURE = base64.b64encode(flat(100, 100)).decode()
IMAGE = {"Image": {"Bytes": PICTURE}}
BOTH = {"Bytes": PICTURE, "S3Object": {"Bucket": "bucket", "Name": "name"}}
INVALID: dict[str, tuple[dict[str, Any], str]] = {
    "no source": ({"Image": {}}, "the image must be given as S3Object or as Bytes, one of them."),
    "two sources": ({"Image": BOTH}, "the image must be given as S3Object or as Bytes, one of them."),
    "no name": ({"Image": {"S3Object": {"Bucket": "bucket"}}}, "an S3Object must have a Bucket and a Name."),
    "too many labels": (IMAGE | {"MaxLabels": 1001}, "MaxLabels must be at most 1000."),
    "confidence of no labels": (
        IMAGE | {"Features": ["IMAGE_PROPERTIES"], "MinConfidence": 50},
        "MinConfidence needs the feature GENERAL_LABELS.",
    ),
    "filters of no labels": (
        IMAGE
        | {
            "Features": ["IMAGE_PROPERTIES"],
            "Settings": {"GeneralLabels": {"LabelInclusionFilters": ["Cat"]}},
        },
        "Settings.GeneralLabels needs the feature GENERAL_LABELS.",
    ),
    "colours of no properties": (
        IMAGE | {"Settings": {"ImageProperties": {"MaxDominantColors": 3}}},
        "Settings.ImageProperties needs the feature IMAGE_PROPERTIES.",
    ),
}


@pytest.mark.parametrize("case", INVALID)
def test_a_request_that_makes_no_sense(rekognition: Rekognition, case: str) -> None:
    request, detail = INVALID[case]
    message = f"Request has Invalid Parameters: {detail}"
    assert refusal(rekognition, "DetectLabels", request) == (400, "InvalidParameterException", message)


def test_a_client_sees_the_error_as_from_aws(rekognition: Rekognition) -> None:
    client = client_of(rekognition)
    with pytest.raises(client.exceptions.InvalidParameterException) as caught:
        client.detect_labels(Image={})
    assert isinstance(caught.value, ClientError)
    assert caught.value.response["Error"] == {
        "Code": "InvalidParameterException",
        "Message": (
            "Request has Invalid Parameters: the image must be given as S3Object or as Bytes, one of them."
        ),
    }
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_nulls_count_as_left_out(rekognition: Rekognition) -> None:
    payload = json.dumps(IMAGE | {"MinConfidence": None, "Settings": {"GeneralLabels": None}}).encode()
    status, body = rekognition("DetectLabels", payload, "caller")
    assert (status, body) == (200, {"Labels": [], "LabelModelVersion": "local-opencv-1"})


def test_a_fault_of_our_own_is_the_services(make: Any, store: Any, caplog: pytest.LogCaptureFixture) -> None:
    def broken(*_: object) -> bytes:
        raise ZeroDivisionError

    store.read = broken
    request = {"Image": {"S3Object": {"Bucket": "bucket", "Name": "name"}}}
    assert refusal(make(), "DetectLabels", request)[:2] == (500, "InternalServerError")
    assert caplog.messages == ["DetectLabels failed"]
