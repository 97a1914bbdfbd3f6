"""Events and messages that are about no image."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest

from common.object_keys import preview_key, result_key, thumbnail_key
from processor.errors import TransientError
from tests.unit.processor.support import (
    ALL_SETTLED,
    MESSAGE_FAILED,
    make_file,
    retry_batch,
    s3_event,
    s3_record,
)
from tests.unit.support import OUTPUT_BUCKET, UPLOAD_KEY

if TYPE_CHECKING:
    pass

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
