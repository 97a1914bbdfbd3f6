"""The handler: kinds of events, several pictures, and what is left for another time."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from processor import app
from processor.errors import TransientFault

CONTEXT = SimpleNamespace(aws_request_id="request-1", get_remaining_time_in_millis=lambda: 60_000)


def record(key: str) -> dict:
    return {
        "eventSource": "aws:s3",
        "eventTime": "2026-11-22T15:00:00.123Z",
        "eventName": "ObjectCreated:Put",
        "s3": {"bucket": {"name": "stack-input"}, "object": {"key": key}},
    }


@pytest.fixture
def handle(processor, monkeypatch):
    monkeypatch.setattr(app, "processor", processor)
    return lambda event: app.handler(event, CONTEXT)


def test_several_records_each_have_their_turn(handle, put, make) -> None:
    put(make("JPEG"), "a b.jpg")
    put(b"hello", "c")
    answer = handle({"Records": [record("a+b.jpg"), {}, record("c"), record("a+b.jpg")]})
    assert answer == {
        "images": [
            {
                "key": "a b.jpg",
                "status": "done",
                "resultKey": "a b.jpg.json",
                "thumbnailKey": "a b.jpg.thumb.webp",
                "labels": [{"name": "Red", "confidence": 99.5}],
            },
            {
                "key": "",
                "status": "failed",
                "reason": {
                    "code": "malformed-event",
                    "message": "This is not an event of S3: eventSource is missing or cannot be read.",
                },
            },
            {
                "key": "c",
                "status": "failed",
                "resultKey": "c.json",
                "reason": {
                    "code": "not-an-image",
                    "message": "This file is not a picture. Choose a file in one of these formats: "
                    "JPEG, PNG, WebP, HEIC, AVIF, GIF, TIFF or BMP.",
                },
            },
            {"key": "a b.jpg", "status": "skipped"},
        ]
    }
    json.dumps(answer)


def test_the_test_event_of_s3(handle, rekognition) -> None:
    assert handle({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "stack-input"}) == {
        "images": []
    }


@pytest.mark.parametrize("event", [{}, [], None, "text", {"Records": []}])
def test_what_is_no_event(handle, event) -> None:
    reason = {
        "code": "malformed-event",
        "message": "This is not an event of S3: Records is missing or cannot be read.",
    }
    assert handle(event) == {"images": [{"key": "", "status": "failed", "reason": reason}]}


def test_one_that_fails_holds_up_no_other_and_the_others_are_not_billed_again(
    handle, put, make, rekognition
) -> None:
    put(make("JPEG"), "a")
    put(make("JPEG"), "b")
    rekognition.fail("DetectLabels", *["InternalServerError"] * 6, status=500)
    event = {"Records": [record("a"), record("b")]}
    with pytest.raises(TransientFault, match=r"to be tried again: a$"):
        handle(event)
    answer = handle(event)
    assert [image["status"] for image in answer["images"]] == ["done", "skipped"]
    assert rekognition.operations() == {"DetectLabels": 6 + 1 + 1}


def test_a_fault_of_any_kind_keeps_no_other_from_its_turn(handle, put, make, storage, monkeypatch) -> None:
    put(make("JPEG"), "a")
    put(make("JPEG"), "b")
    head = storage.head

    def failing(bucket: str, key: str):
        if key == "a":
            raise ZeroDivisionError
        return head(bucket, key)

    monkeypatch.setattr(storage, "head", failing)
    with pytest.raises(TransientFault, match=r"to be tried again: a$"):
        handle({"Records": [record("a"), record("b")]})
    assert storage.head("stack-output", "b.json").size > 0
