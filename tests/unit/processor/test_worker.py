"""Events of several records, and batches of the retry queue."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from catalog.months import MonthTotals
from catalog.transitions.lease import LeaseStatus
from common.rejections import MESSAGES
from common.storage import Storage, StoredObject
from processor.errors import TransientError
from processor.worker import handle_event
from tests.unit.processor.support import make_file, s3_event, s3_record
from tests.unit.support import IMAGE_ID, INPUT_BUCKET, OUTPUT_BUCKET, UPLOAD_KEY

if TYPE_CHECKING:
    from processor.process import Invocation, Processor

MESSAGE_FAILED = {"batchItemFailures": [{"itemIdentifier": "m0"}]}
ALL_SETTLED: dict[str, Any] = {"batchItemFailures": []}


def retry_batch(*events: object, receive_count: int = 1) -> dict[str, Any]:
    """Return a batch of the retry queue. An event is wrapped as Lambda does; a string is the message body."""
    return {
        "Records": [
            {
                "messageId": f"m{number}",
                "eventSource": "aws:sqs",
                "attributes": {"ApproximateReceiveCount": str(receive_count)},
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
def handle(processor: Processor, invocation: Invocation) -> Callable[[Any], dict[str, Any]]:
    return lambda event: handle_event(event, processor, invocation)


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
                    "message": "This isn't a valid S3 event: eventSource is missing or invalid.",
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
        "message": "This isn't a valid S3 event: Records is missing or invalid.",
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


def test_returns_the_failed_messages_of_a_batch(handle, put, rekognition, get_record) -> None:
    put(make_file("JPEG"), "a")
    put(make_file("JPEG"), UPLOAD_KEY)
    rekognition.queue_errors("DetectLabels", *["ThrottlingException"] * 6)
    response = handle(retry_batch(s3_event("a"), s3_event(UPLOAD_KEY), "no event"))
    assert response == {"batchItemFailures": [{"itemIdentifier": "m0"}, {"itemIdentifier": "m2"}]}
    assert get_record().status == "done"


def test_the_last_receive_records_the_failure_without_another_attempt(
    handle, put, rekognition, get_record, read_document
) -> None:
    put(make_file("JPEG"), UPLOAD_KEY)
    rekognition.queue_errors("DetectLabels", *["ThrottlingException"] * 6)
    event = s3_event(UPLOAD_KEY)
    assert handle(retry_batch(event, receive_count=5)) == MESSAGE_FAILED
    assert get_record().status == "pending"
    calls = len(rekognition.requests)
    assert handle(retry_batch(event, receive_count=6)) == MESSAGE_FAILED
    assert get_record().status == "failed"
    assert len(rekognition.requests) == calls
    assert read_document(UPLOAD_KEY)["Failure"] == {
        "Code": "unavailable",
        "Message": MESSAGES["unavailable"],
    }
    assert handle(retry_batch(event, receive_count=6)) == ALL_SETTLED


@pytest.fixture
def failed_message(handle, put, rekognition) -> dict[str, Any]:
    """A message in the dead-letter queue, whose image failed as unavailable."""
    put(make_file("JPEG"), UPLOAD_KEY)
    message = retry_batch(s3_event(UPLOAD_KEY))
    rekognition.queue_errors("DetectLabels", *["ThrottlingException"] * 6)
    assert handle(message) == MESSAGE_FAILED
    assert handle(retry_batch(s3_event(UPLOAD_KEY), receive_count=6)) == MESSAGE_FAILED
    return message


def test_a_redriven_message_is_processed(
    handle, failed_message, get_record, read_document, catalog, rekognition
) -> None:
    assert get_record().reason.code == "unavailable"
    assert handle(failed_message) == ALL_SETTLED
    assert (get_record().status, get_record().reason) == ("done", None)
    assert read_document(UPLOAD_KEY)["Labels"][0]["Name"] == "Red"
    assert handle(failed_message) == ALL_SETTLED
    assert rekognition.call_counts() == {"DetectLabels": 6 + 1}
    assert catalog.this_month("alice") == MonthTotals(1, 1)


def test_a_redriven_message_can_fail_again(handle, failed_message, get_record, rekognition) -> None:
    rekognition.queue_errors("DetectLabels", *["ThrottlingException"] * 6)
    assert handle(failed_message) == MESSAGE_FAILED
    assert get_record().status == "pending"
    assert handle(retry_batch(s3_event(UPLOAD_KEY), receive_count=6)) == MESSAGE_FAILED
    assert get_record().reason.code == "unavailable"
    assert handle(failed_message) == ALL_SETTLED
    assert get_record().status == "done"


def test_a_redriven_message_whose_object_is_gone_fails_the_image(
    handle, failed_message, get_record, storage
) -> None:
    storage.delete(INPUT_BUCKET, UPLOAD_KEY)
    assert handle(failed_message) == ALL_SETTLED
    assert get_record().reason.code == "gone"


def test_a_redriven_message_about_a_deleted_image_leaves_it_deleted(
    handle, failed_message, get_record, delete_image, object_keys
) -> None:
    delete_image()
    assert handle(failed_message) == ALL_SETTLED
    assert get_record() is None
    assert object_keys(OUTPUT_BUCKET) == []


def test_a_message_about_a_leased_image_is_delivered_again(handle, put, catalog, get_record) -> None:
    """The lease may be that of an invocation which ended without releasing it."""
    put(make_file("JPEG"), UPLOAD_KEY)
    lease = catalog.acquire_lease("alice", IMAGE_ID, "ended-request", 60)
    assert lease.status is LeaseStatus.ACQUIRED
    event = s3_event(UPLOAD_KEY)
    for receive_count in (1, 6):
        assert handle(retry_batch(event, receive_count=receive_count)) == MESSAGE_FAILED
        assert get_record().status == "pending"
    catalog.release_lease(lease)
    assert handle(retry_batch(event, receive_count=2)) == ALL_SETTLED
    assert get_record().status == "done"


def test_a_failure_that_cannot_be_recorded_fails_its_message(handle, put, storage, monkeypatch) -> None:
    put(make_file("JPEG"), "a")

    def write(*_: Any, **__: Any) -> None:
        raise OSError

    monkeypatch.setattr(storage, "write", write)
    assert handle(retry_batch(s3_event("a"), receive_count=6)) == MESSAGE_FAILED
