"""Batches of the retry queue."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from catalog.index.vocabulary import MonthTotals
from catalog.transitions.lease import LeaseStatus
from common.rejections import MESSAGES
from processor.worker import handle_event
from tests.unit.processor.support import (
    ALL_SETTLED,
    MESSAGE_FAILED,
    make_file,
    retry_batch,
    s3_event,
)
from tests.unit.support import IMAGE_ID, INPUT_BUCKET, OUTPUT_BUCKET, UPLOAD_KEY, this_month

if TYPE_CHECKING:
    pass


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
    assert this_month(catalog) == MonthTotals(1, 1)


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
