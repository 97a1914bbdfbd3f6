"""The usual sample's function."""

from __future__ import annotations

import json
from unittest.mock import Mock, call

import pytest

from bench.baseline import handler


def test_recognizes_each_object_and_stores_its_labels(monkeypatch: pytest.MonkeyPatch) -> None:
    clients = {"rekognition": Mock(), "s3": Mock()}
    clients["rekognition"].detect_labels.return_value = {"Labels": [{"Name": "Cat"}]}
    monkeypatch.setattr("boto3.client", clients.__getitem__)
    monkeypatch.setenv("OUTPUT_BUCKET", "output")
    objects = [{"s3": {"bucket": {"name": "input"}, "object": {"key": "a+cat%C3%A9.jpg"}}}]
    handler.handler({"Records": objects}, None)
    image = {"S3Object": {"Bucket": "input", "Name": "a caté.jpg"}}
    assert clients["rekognition"].mock_calls == [call.detect_labels(Image=image)]
    body = json.dumps([{"Name": "Cat"}])
    assert clients["s3"].mock_calls == [call.put_object(Bucket="output", Key="a caté.jpg.json", Body=body)]
