"""The retry queue: partial failures, and what becomes of a picture whose tries are used up."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from catalog.catalog import Claim
from common.rejections import SENTENCES
from processor import app

ID = "ab" * 32
UPLOAD = f"uploads/public/{ID}"
CONTEXT = SimpleNamespace(aws_request_id="request-1", get_remaining_time_in_millis=lambda: 60_000)


def record(key: str) -> dict:
    return {
        "eventSource": "aws:s3",
        "eventTime": "2026-11-22T15:00:00.123Z",
        "eventName": "ObjectCreated:Put",
        "s3": {"bucket": {"name": "stack-input"}, "object": {"key": key}},
    }


def batch(*events: object, count: int = 1) -> dict:
    """A batch of the retry queue, with the records that Lambda sends there."""
    return {
        "Records": [
            {
                "messageId": f"m{number}",
                "eventSource": "aws:sqs",
                "attributes": {"ApproximateReceiveCount": str(count)},
                "body": event
                if isinstance(event, str)
                else json.dumps(
                    {
                        "version": "1.0",
                        "requestContext": {"condition": "RetriesExhausted", "approximateInvokeCount": 3},
                        "requestPayload": event,
                    }
                ),
            }
            for number, event in enumerate(events)
        ]
    }


@pytest.fixture
def handle(processor, monkeypatch):
    monkeypatch.setattr(app, "processor", processor)
    return lambda event: app.handler(event, CONTEXT)


def test_the_retry_queue(handle, put, make, rekognition, catalog) -> None:
    put(make("JPEG"), "a")
    put(make("JPEG"), UPLOAD)
    rekognition.fail("DetectLabels", *["ThrottlingException"] * 6)
    answer = handle(batch({"Records": [record("a")]}, {"Records": [record(UPLOAD)]}, "no event"))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m0"}, {"itemIdentifier": "m2"}]}
    assert catalog.get("public", ID).status == "done"


def test_the_last_time_the_failure_is_recorded_and_the_message_fails_still(
    handle, put, make, rekognition, catalog, document
) -> None:
    put(make("JPEG"), UPLOAD)
    rekognition.fail("DetectLabels", *["ThrottlingException"] * 6)
    event = {"Records": [record(UPLOAD)]}
    assert handle(batch(event, count=5)) == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    assert catalog.get("public", ID).status == "pending"
    tried = len(rekognition.requests)
    assert handle(batch(event, count=6)) == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    assert catalog.get("public", ID).status == "failed"
    assert len(rekognition.requests) == tried  # it might end without a word once more
    assert document(UPLOAD)["Failure"] == {"Code": "unavailable", "Message": SENTENCES["unavailable"]}
    assert handle(batch(event, count=6)) == {"batchItemFailures": []}


def test_a_picture_whose_last_try_ended_without_a_word_comes_again(handle, put, make, catalog) -> None:
    """Its claim stands still, when the message arrives of it that all tries failed."""
    put(make("JPEG"), UPLOAD)
    assert catalog.claim("public", ID, "request-of-the-dead", 60) is Claim.TAKEN
    event = {"Records": [record(UPLOAD)]}
    for count in (1, 6):
        assert handle(batch(event, count=count)) == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
        assert catalog.get("public", ID).status == "pending"
    catalog.release("public", ID, "request-of-the-dead")
    assert handle(batch(event, count=2)) == {"batchItemFailures": []}
    assert catalog.get("public", ID).status == "done"


def test_a_failure_that_cannot_even_be_recorded_fails_the_message_alone(
    handle, put, make, storage, rekognition, monkeypatch
) -> None:
    put(make("JPEG"), "a")

    def write(*_, **__):
        raise OSError

    monkeypatch.setattr(storage, "write", write)
    answer = handle(batch({"Records": [record("a")]}, count=6))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
