"""Events of several records."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from common.storage import Storage, StoredObject
from processor.errors import TransientError
from tests.unit.processor.support import (
    make_file,
    s3_event,
    s3_record,
)
from tests.unit.support import OUTPUT_BUCKET

if TYPE_CHECKING:
    pass


def test_processes_each_record_of_an_event(handle, put) -> None:
    put(make_file("JPEG"), "a b.jpg")
    put(b"hello", "c")
    event = {"Records": [s3_record("a+b.jpg"), {}, s3_record("c"), s3_record("a+b.jpg")]}
    response = handle(event)
    assert response == {
        "images": [
            {
                "key": "a b.jpg",
                "status": "done",
                "resultKey": "a b.jpg.json",
                "previewKey": "a b.jpg.preview.webp",
                "thumbnailKey": "a b.jpg.thumb.webp",
                "labels": [{"name": "Red", "confidence": 99.5}],
            },
            {
                "key": "",
                "status": "failed",
                "reason": {
                    "code": "malformed-event",
                    "message": "This isn't a valid event: eventSource is missing or invalid.",
                },
            },
            {
                "key": "c",
                "status": "failed",
                "resultKey": "c.json",
                "reason": {
                    "code": "not-an-image",
                    "message": "This file isn't an image. Choose a file in one of these formats: "
                    "JPEG, PNG, WebP, HEIC, AVIF, GIF, TIFF, or BMP.",
                },
            },
            {"key": "a b.jpg", "status": "skipped"},
        ]
    }
    json.dumps(response)


def test_accepts_the_test_event_of_s3(handle) -> None:
    event = {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "stack-input"}
    assert handle(event) == {"images": []}


@pytest.mark.parametrize("event", [{}, [], None, "text", {"Records": []}])
def test_rejects_an_event_without_records(handle, event: Any) -> None:
    reason = {
        "code": "malformed-event",
        "message": "This isn't a valid event: Records is missing or invalid.",
    }
    assert handle(event) == {"images": [{"key": "", "status": "failed", "reason": reason}]}


def test_a_transient_error_retries_the_event_without_billing_the_other_images_again(
    handle, put, rekognition
) -> None:
    put(make_file("JPEG"), "a")
    put(make_file("JPEG"), "b")
    rekognition.queue_errors("DetectLabels", *["InternalServerError"] * 6, status=500)
    event = s3_event("a", "b")
    with pytest.raises(TransientError, match=r"to be retried: a$"):
        handle(event)
    response = handle(event)
    assert [image["status"] for image in response["images"]] == ["done", "skipped"]
    assert rekognition.call_counts() == {"DetectLabels": 6 + 1 + 1}


def test_an_unexpected_error_does_not_affect_the_other_images(
    handle, put, storage: Storage, monkeypatch
) -> None:
    put(make_file("JPEG"), "a")
    put(make_file("JPEG"), "b")
    head = storage.head

    def fail_for_a(bucket: str, key: str) -> StoredObject:
        if key == "a":
            raise ZeroDivisionError
        return head(bucket, key)

    monkeypatch.setattr(storage, "head", fail_for_a)
    with pytest.raises(TransientError, match=r"to be retried: a$"):
        handle(s3_event("a", "b"))
    assert head(OUTPUT_BUCKET, "b.json").size > 0
