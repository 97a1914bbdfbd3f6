"""Events of several records, and batches of the retry queue."""

from __future__ import annotations

import copy
import json
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.months import MonthTotals
from catalog.transitions.lease import LeaseStatus
from common.object_keys import preview_key, result_key, thumbnail_key
from common.rejections import MESSAGES
from common.storage import Storage, StoredObject
from processor.errors import TransientError
from processor.invocation import Invocation
from processor.outcome import Outcome
from processor.worker import handle_event
from tests.unit.processor.support import make_file, s3_event, s3_record
from tests.unit.support import IMAGE_ID, INPUT_BUCKET, OUTPUT_BUCKET, UPLOAD_KEY

if TYPE_CHECKING:
    from processor.events import ObjectCreated
    from processor.process import Processor

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
                        "requestContext": {"condition": "RetriesExhausted", "approximateInvokeCount": 1},
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


def test_returns_the_failed_messages_of_a_batch(handle, put, storage, get_record, monkeypatch) -> None:
    put(make_file("JPEG"), "a")
    put(make_file("JPEG"), UPLOAD_KEY)
    read = storage.read

    def fail_for_a(bucket: str, key: str) -> bytes:
        if key == "a":
            raise ZeroDivisionError
        data: bytes = read(bucket, key)
        return data

    monkeypatch.setattr(storage, "read", fail_for_a)
    response = handle(retry_batch(s3_event("a"), s3_event(UPLOAD_KEY), "no event"))
    assert response == {"batchItemFailures": [{"itemIdentifier": "m0"}, {"itemIdentifier": "m2"}]}
    assert get_record().status == "done"


def test_processes_the_messages_of_a_batch_side_by_side(processor, invocation, put, monkeypatch) -> None:
    barrier = threading.Barrier(3, timeout=10)  # breaks if the messages are processed one after another
    process = processor.process

    def process_together(*arguments: Any) -> Any:
        barrier.wait()
        return process(*arguments)

    monkeypatch.setattr(processor, "process", process_together)
    events = []
    for key in ("a", "b", "c"):
        put(make_file("JPEG"), key)
        events.append(s3_event(key))
    assert handle_event(retry_batch(*events), processor, invocation) == ALL_SETTLED


def test_two_messages_of_a_batch_about_the_same_image_bill_it_once(
    handle, put, rekognition, get_record
) -> None:
    put(make_file("JPEG"), UPLOAD_KEY)
    event = s3_event(UPLOAD_KEY)
    assert handle(retry_batch(event, event))["batchItemFailures"] in (
        [],  # the second came when the first was done
        [{"itemIdentifier": "m0"}],
        [{"itemIdentifier": "m1"}],
    )
    assert get_record().status == "done"
    assert rekognition.call_counts() == {"DetectLabels": 1}


def test_the_last_receive_records_the_failure_without_another_attempt(
    handle, put, rekognition, get_record, read_document
) -> None:
    put(make_file("JPEG"), UPLOAD_KEY)
    rekognition.queue_errors("DetectLabels", *["InternalServerError"] * 6, status=500)
    event = s3_event(UPLOAD_KEY)
    assert handle(retry_batch(event, receive_count=20)) == MESSAGE_FAILED
    assert get_record().status == "pending"
    calls = len(rekognition.requests)
    assert handle(retry_batch(event, receive_count=21)) == MESSAGE_FAILED
    assert get_record().status == "failed"
    assert len(rekognition.requests) == calls
    assert read_document(UPLOAD_KEY)["Failure"] == {
        "Code": "unavailable",
        "Message": MESSAGES["unavailable"],
    }
    assert handle(retry_batch(event, receive_count=21)) == ALL_SETTLED


@pytest.fixture
def failed_message(handle, put, rekognition) -> dict[str, Any]:
    """A message in the dead-letter queue, whose image failed as unavailable."""
    put(make_file("JPEG"), UPLOAD_KEY)
    message = retry_batch(s3_event(UPLOAD_KEY))
    rekognition.queue_errors("DetectLabels", *["InternalServerError"] * 6, status=500)
    assert handle(message) == MESSAGE_FAILED
    assert handle(retry_batch(s3_event(UPLOAD_KEY), receive_count=21)) == MESSAGE_FAILED
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
    rekognition.queue_errors("DetectLabels", *["InternalServerError"] * 6, status=500)
    assert handle(failed_message) == MESSAGE_FAILED
    assert get_record().status == "pending"
    assert handle(retry_batch(s3_event(UPLOAD_KEY), receive_count=21)) == MESSAGE_FAILED
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
    for receive_count in (1, 21):
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
    assert handle(retry_batch(s3_event("a"), receive_count=21)) == MESSAGE_FAILED


LONG_KEY = "a" * 1012
KEY_TOO_LONG = {
    "code": "key-too-long",
    "message": "The object's key has 1,012 bytes. The limit is 1,011, because the results are stored "
    "under longer keys. Copy the object to a shorter key.",
}


def test_a_key_too_long_for_its_output_is_a_permanent_rejection(handle, put, object_keys, caplog) -> None:
    put(make_file("JPEG"), LONG_KEY)
    caplog.set_level(logging.INFO)
    assert handle(s3_event(LONG_KEY)) == {
        "images": [{"key": LONG_KEY, "status": "failed", "reason": KEY_TOO_LONG}]
    }
    assert object_keys(OUTPUT_BUCKET) == []
    (record,) = [record for record in caplog.records if record.name == "processor.worker"]
    assert (record.levelname, record.getMessage(), record.key, record.code) == (
        "WARNING",
        f"invalid record: {KEY_TOO_LONG['message']}",
        LONG_KEY,
        "key-too-long",
    )


@pytest.mark.parametrize("receive_count", [1, 6])
@pytest.mark.parametrize("event", [s3_event(LONG_KEY), s3_event("%FF"), {"Records": []}])
def test_a_message_about_an_invalid_record_never_reaches_the_dead_letter_queue(
    handle, event: dict[str, Any], receive_count: int
) -> None:
    assert handle(retry_batch(event, receive_count=receive_count)) == ALL_SETTLED


def test_processes_the_longest_key(handle, put, object_keys) -> None:
    key = "é" * 505 + "/"
    put(make_file("JPEG"), key)
    assert [image["status"] for image in handle(s3_event(key))["images"]] == ["done"]
    assert object_keys(OUTPUT_BUCKET) == sorted([preview_key(key), result_key(key), thumbnail_key(key)])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"attributes": None}, "attributes.ApproximateReceiveCount"),
        ({"attributes": {"ApproximateReceiveCount": "many"}}, "attributes.ApproximateReceiveCount"),
        ({"body": None}, "body"),
        ({"eventSource": "aws:s3"}, "eventSource"),
    ],
)
def test_a_malformed_message_fails_alone(
    handle, put, get_record, caplog, changes: dict[str, Any], field: str
) -> None:
    put(make_file("JPEG"), UPLOAD_KEY)
    batch = retry_batch(s3_event("a"), s3_event(UPLOAD_KEY))
    batch["Records"][0].update(changes)
    assert handle(batch) == MESSAGE_FAILED
    assert get_record().status == "done"
    (record,) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert (record.getMessage(), record.messageId, record.code) == (
        f"invalid message: This isn't a valid event: {field} is missing or invalid.",
        "m0",
        "malformed-event",
    )


@pytest.mark.parametrize("record", [None, [], "text", {}, s3_record("a"), {"eventSource": "aws:sqs"}])
def test_a_record_whose_failure_cannot_be_returned_fails_the_batch_after_the_others(
    handle, put, get_record, record: Any
) -> None:
    put(make_file("JPEG"), UPLOAD_KEY)
    batch = retry_batch(s3_event(UPLOAD_KEY))
    batch["Records"].insert(0, record)
    with pytest.raises(TransientError, match=r"^a message without a valid messageId: the batch has to be"):
        handle(batch)
    assert get_record().status == "done"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=10),
    lambda children: (
        st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=10), children, max_size=3)
    ),
    max_leaves=8,
)
NAMES = ("Records", "Event", "eventSource", "aws:sqs", "aws:s3", "requestPayload")


@st.composite
def damaged_events(draw: st.DrawFn) -> Any:
    """Valid events in which a few values, at any depth, are replaced or removed."""
    message = retry_batch(s3_event("a"))["Records"][0]
    records = st.sampled_from([s3_record("a"), s3_record("a" * 1012), message, {}, None])
    event: Any = {"Records": copy.deepcopy(draw(st.lists(records, max_size=4)))}
    for _ in range(draw(st.integers(0, 3))):
        container: Any = None
        name: Any = None
        value = event
        while isinstance(value, dict | list) and value and (container is None or draw(st.booleans())):
            name = draw(st.sampled_from(sorted(value) if isinstance(value, dict) else range(len(value))))
            container, value = value, value[name]
        if container is not None:
            container[name] = draw(JSON | st.sampled_from(NAMES) | JSON.map(json.dumps))
    return event


class StubProcessor:
    """Settles every image, or fails to."""

    input_bucket = INPUT_BUCKET

    def __init__(self, error: Exception | None) -> None:
        self._error = error

    def process(self, event: ObjectCreated, invocation: Invocation) -> Outcome:
        if self._error:
            raise self._error
        return Outcome(event.key, "done")

    give_up = process


@given(event=JSON | damaged_events(), error=st.none() | st.sampled_from([OSError(), KeyError("Records")]))
@settings(max_examples=400, deadline=None)
def test_any_event_is_answered_or_has_to_be_retried(event: Any, error: Exception | None) -> None:
    with suppress(TransientError):
        answer = handle_event(event, StubProcessor(error), Invocation("request-1", lambda: 60.0))  # type: ignore[arg-type]
        assert set(answer) in ({"images"}, {"batchItemFailures"})
        json.dumps(answer, ensure_ascii=False).encode()  # as Lambda's runtime does
