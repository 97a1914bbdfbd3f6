"""The requests of the function are named by service, operation and, in S3, by the kind of object."""

from __future__ import annotations

import pytest

from bench.processing.requests import request_name

BUCKETS = {"stack-input": "input", "stack-output": "output"}


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"HTTP_X_AMZ_TARGET": "DynamoDB_20120810.UpdateItem"}, "dynamodb UpdateItem"),
        ({"HTTP_X_AMZ_TARGET": "RekognitionService.DetectText"}, "rekognition DetectText"),
        ({"HTTP_X_AMZ_TARGET": "AmazonSQS.SendMessage"}, "sqs SendMessage"),
        ({"REQUEST_METHOD": "GET", "PATH_INFO": "/stack-input/uploads/a/1"}, "s3 GetObject input"),
        (
            {"REQUEST_METHOD": "PUT", "PATH_INFO": "/stack-output/uploads/a/1.preview.webp"},
            "s3 PutObject output preview.webp",
        ),
    ],
)
def test_names_a_request(environ: dict[str, str], expected: str) -> None:
    assert request_name(environ, BUCKETS) == expected
