from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from catalog.records import SourceObject
from catalog.source_records import source_record
from retries.queue import RetryQueue
from tests.unit.support import NOW, NOW_TEXT, UPLOAD_KEY


@pytest.mark.parametrize(
    ("key", "encoded", "owner", "group"),
    [
        (UPLOAD_KEY, UPLOAD_KEY, "alice", "alice"),
        ("photos/a b+é", "photos/a+b%2B%C3%A9", None, "direct"),
    ],
)
def test_sends_an_event_in_the_group_of_its_owner(
    key: str, encoded: str, owner: str | None, group: str
) -> None:
    with mock_aws():
        sqs: Any = boto3.client("sqs")
        url = sqs.create_queue(QueueName="retry")["QueueUrl"]
        RetryQueue(sqs, url).send("pictures", key, NOW, owner)
        (message,) = sqs.receive_message(QueueUrl=url, MessageSystemAttributeNames=["All"])["Messages"]
    assert message["Attributes"]["MessageGroupId"] == group
    assert json.loads(message["Body"]) == {
        "requestPayload": {
            "Records": [
                {
                    "eventVersion": "2.1",
                    "eventSource": "aws:s3",
                    "eventTime": NOW_TEXT,
                    "eventName": "ObjectCreated:Put",
                    "s3": {"bucket": {"name": "pictures"}, "object": {"key": encoded}},
                }
            ]
        }
    }


def test_a_message_says_what_to_ask_again() -> None:
    with mock_aws():
        sqs: Any = boto3.client("sqs")
        url = sqs.create_queue(QueueName="retry")["QueueUrl"]
        RetryQueue(sqs, url).send(
            "pictures", UPLOAD_KEY, NOW, "alice", ask_again={"DetectText", "DetectFaces"}
        )
        (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    body = json.loads(message["Body"])
    assert (body.keys(), body["askAgain"]) == ({"requestPayload", "askAgain"}, ["DetectFaces", "DetectText"])


def test_sends_the_event_of_a_source_object_in_the_group_of_its_owner() -> None:
    record = source_record("alice", SourceObject("archive", "a b+é.jpg", "0f" * 16), 1234, NOW)
    with mock_aws():
        sqs: Any = boto3.client("sqs")
        url = sqs.create_queue(QueueName="retry")["QueueUrl"]
        RetryQueue(sqs, url).send_source(record, NOW, parked_since=NOW + timedelta(seconds=1))
        (message,) = sqs.receive_message(QueueUrl=url, MessageSystemAttributeNames=["All"])["Messages"]
    assert message["Attributes"]["MessageGroupId"] == "alice"
    assert json.loads(message["Body"]) == {
        "requestPayload": {
            "sourceObject": {
                "owner": "alice",
                "bucket": "archive",
                "key": "a b+é.jpg",
                "size": 1234,
                "etag": "0f" * 16,
                "time": NOW_TEXT,
            }
        },
        "parkedSince": "2026-11-22T15:00:01.123Z",
    }
