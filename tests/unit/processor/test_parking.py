"""Images that wait for Rekognition's quota, or for Lambda, in the retry queue."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from itertools import chain, repeat
from typing import Any

import pytest

from catalog.catalog import Catalog
from processor.errors import Postponed, TransientError
from processor.parking import RECEIVED_SECONDS
from retries.queue import QUEUED_SECONDS
from tests.unit.processor.support import BOTH_KEYS, DIRECT_KEY, THROTTLED, make_file
from tests.unit.support import INPUT_BUCKET, NOW, NOW_TEXT, OUTPUT_BUCKET, UPLOAD_KEY


@pytest.mark.parametrize(("key", "group"), [(DIRECT_KEY, "direct"), (UPLOAD_KEY, "alice")])
def test_a_throttled_image_is_parked(
    processor, invocation, put, rekognition, retry_queue, key: str, group: str
) -> None:
    event = put(make_file("JPEG"), key)
    rekognition.queue_errors("DetectLabels", THROTTLED)
    assert processor.process(event, invocation).body() == {"key": key, "status": "parked"}
    [message] = retry_queue.messages
    record = {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "eventTime": NOW_TEXT,
        "eventName": "ObjectCreated:Put",
        "s3": {"bucket": {"name": INPUT_BUCKET}, "object": {"key": key}},
    }
    assert {**message, "MessageBody": json.loads(message["MessageBody"])} == {
        "QueueUrl": "https://sqs/retry-queue",
        "MessageBody": {"requestPayload": {"Records": [record]}, "parkedSince": NOW_TEXT},
        "MessageGroupId": group,
    }


@BOTH_KEYS
def test_a_parked_image_is_finished_from_the_retry_queue(
    processor, invocation, put, rekognition, deliver, object_keys, read_document, key: str
) -> None:
    event = put(make_file("JPEG"), key)
    rekognition.queue_errors("DetectLabels", THROTTLED)
    processor.process(event, invocation)
    assert f"{key}.answers" in object_keys(OUTPUT_BUCKET)
    rekognition.queue_errors("DetectLabels", THROTTLED, THROTTLED)  # the retry waits for the quota
    assert deliver(processor) == {"batchItemFailures": []}
    assert read_document(key)["Recognition"]["BilledCalls"] == 1
    assert object_keys(OUTPUT_BUCKET) == [f"{key}.json", f"{key}.preview.webp", f"{key}.thumb.webp"]


def test_a_parked_record_is_marked_as_queued_and_not_leased(
    processor, invocation, put, rekognition, get_record
) -> None:
    event = put(make_file("JPEG"), UPLOAD_KEY)
    rekognition.queue_errors("DetectLabels", THROTTLED)
    processor.process(event, invocation)
    record = get_record()
    assert (record.status, record.lease_expires_at) == ("pending", None)
    assert record.queued_until == int(NOW.timestamp()) + QUEUED_SECONDS


@BOTH_KEYS
def test_an_event_that_waited_for_lambda_is_parked_untried(
    make_processor, invocation, put, rekognition, retry_queue, deliver, read_document, key: str
) -> None:
    event = put(make_file("JPEG"), key)
    processor = make_processor(lambda: NOW + timedelta(seconds=10, milliseconds=1))
    assert processor.process(event, invocation).body() == {"key": key, "status": "parked"}
    assert rekognition.requests == []
    assert deliver(processor) == {"batchItemFailures": []}
    assert read_document(key)["Labels"][0]["Name"] == "Red"
    assert len(retry_queue.messages) == 1


def test_an_event_that_is_too_old_to_have_waited_is_processed(
    make_processor, invocation, put, retry_queue
) -> None:
    """Such as one that is sent again by hand, with `sam local invoke` for example."""
    event = put(make_file("JPEG"))
    processor = make_processor(lambda: NOW + timedelta(hours=6, milliseconds=1))
    assert processor.process(event, invocation).status == "done"
    assert retry_queue.messages == []


def test_a_late_event_about_a_finished_image_is_skipped(make_processor, invocation, put, retry_queue) -> None:
    event = put(make_file("JPEG"), UPLOAD_KEY)
    make_processor().process(event, invocation)
    late = make_processor(lambda: NOW + timedelta(minutes=1))
    assert late.process(event, invocation).status == "skipped"
    assert retry_queue.messages == []


def test_a_retry_without_time_for_a_call_is_parked_again(processor, invocation, put, retry_queue) -> None:
    event = put(make_file("JPEG"), UPLOAD_KEY)
    parked_since = NOW - timedelta(days=6)
    times = chain([60.0], repeat(21.0))  # the image took most of them to prepare
    retry = replace(invocation, seconds_left=lambda: next(times), is_retry=True, parked_since=parked_since)
    assert processor.process(event, retry).status == "parked"
    [message] = retry_queue.messages
    assert json.loads(message["MessageBody"])["parkedSince"] == "2026-11-16T15:00:00.123Z"


def test_an_image_that_was_parked_for_a_week_fails_its_message(
    processor, invocation, put, retry_queue
) -> None:
    event = put(make_file("JPEG"), UPLOAD_KEY)
    parked_since = NOW - timedelta(days=7, seconds=1)
    times = chain([60.0], repeat(21.0))  # the image took most of them to prepare
    retry = replace(invocation, seconds_left=lambda: next(times), is_retry=True, parked_since=parked_since)
    with pytest.raises(Postponed):
        processor.process(event, retry)
    assert retry_queue.messages == []


def test_a_late_event_of_an_earlier_upload_is_not_parked(
    make_processor, invocation, put, storage, retry_queue, get_record
) -> None:
    event = put(make_file("JPEG"), UPLOAD_KEY)
    storage.delete(INPUT_BUCKET, UPLOAD_KEY)
    earlier = replace(event, created_at=NOW - timedelta(minutes=1))
    assert make_processor().process(earlier, invocation).status == "skipped"
    assert retry_queue.messages == []
    assert get_record().queued_until is None


def test_a_received_event_is_in_the_queue_for_some_hours(
    processor, invocation, put, rekognition, get_record
) -> None:
    """If its last receive fails, too, the image must not be taken to be in the queue for days."""
    event = put(make_file("JPEG"), UPLOAD_KEY)
    rekognition.queue_errors("DetectLabels", *["InternalServerError"] * 6, status=500)
    with pytest.raises(TransientError):
        processor.process(event, replace(invocation, is_retry=True))
    assert get_record().queued_until == int(NOW.timestamp()) + RECEIVED_SECONDS


def test_an_image_deleted_while_it_is_parked_leaves_nothing(
    make_processor, invocation, put, rekognition, delete_image, catalog: Catalog, monkeypatch, object_keys
) -> None:
    processor = make_processor(detect_text=True)
    event = put(make_file("JPEG"), UPLOAD_KEY)
    rekognition.queue_errors("DetectText", THROTTLED)
    mark_queued = catalog.mark_queued

    def delete_first(*arguments: Any, **options: Any) -> bool:
        delete_image()
        return mark_queued(*arguments, **options)

    monkeypatch.setattr(catalog, "mark_queued", delete_first)
    assert processor.process(event, invocation).status == "skipped"
    assert object_keys(OUTPUT_BUCKET) == []


def test_a_duplicate_event_of_a_direct_upload_bills_nothing(
    processor, invocation, put, rekognition, deliver, catalog: Catalog
) -> None:
    """It waits in the retry queue until the other try has ended, because it may be about newer bytes."""
    event = put(make_file("JPEG"))
    lease = catalog.acquire_direct_lease(DIRECT_KEY, "request-2", 60)
    assert processor.process(event, invocation).status == "parked"
    assert deliver(processor) == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    catalog.release_lease(lease)
    processor.process(event, invocation)
    assert deliver(processor) == {"batchItemFailures": []}
    assert rekognition.call_counts() == {"DetectLabels": 1}
