"""The phases of a picture fill the time between its upload and its result."""

from __future__ import annotations

import pytest

from bench.processing.latency import split
from bench.processing.requests import AwsRequest


def test_phases_end_with_requests() -> None:
    requests = [
        AwsRequest("dynamodb UpdateItem", 0.01, 0.02),
        AwsRequest("s3 GetObject input", 0.02, 0.025),
        AwsRequest("rekognition DetectLabels", 0.06, 0.26),
        AwsRequest("s3 PutObject output preview.webp", 0.2, 0.3),
        AwsRequest("dynamodb UpdateItem", 0.27, 0.3),  # for the ceiling, beside the result
        AwsRequest("s3 PutObject output json", 0.27, 0.28),
        AwsRequest("dynamodb TransactWriteItems", 0.29),
    ]
    assert split(requests, uploaded=0.015, done=0.3) == {
        "the event reaches the function": 0.0,  # it began before the upload's answer had arrived
        "the lease": pytest.approx(5),
        "the file is read": pytest.approx(5),
        "all pixels are decoded": pytest.approx(35),
        "the detector answers": pytest.approx(200),
        "the result is stored": pytest.approx(20),
        "the entries of the index": pytest.approx(10),
        "the record is done": pytest.approx(10),
    }
