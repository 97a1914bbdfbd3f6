"""Images that wait for Rekognition's quota: parked in the retry queue, with the answers already billed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import chain, repeat
from typing import Any

import pytest
from botocore.exceptions import ClientError

from catalog.catalog import Catalog
from catalog.months import MonthTotals
from processor.errors import Postponed, TransientError
from processor.invocation import Invocation
from processor.store import ResultStore
from processor.worker import handle_event
from retries.queue import QUEUED_SECONDS
from tests.unit.processor.support import DIRECT_KEY, make_file
from tests.unit.support import INPUT_BUCKET, NOW, NOW_TEXT, OUTPUT_BUCKET, UPLOAD_KEY

THROTTLED = "ProvisionedThroughputExceededException"
FACE = {"BoundingBox": {"Left": 0.1, "Top": 0.2, "Width": 0.3, "Height": 0.4}, "Confidence": 99.0}
BOTH_KEYS = pytest.mark.parametrize("key", [DIRECT_KEY, UPLOAD_KEY])


@pytest.fixture
def deliver(invocation: Invocation, retry_queue: Any) -> Callable[[Any], dict[str, Any]]:
    """Deliver the message that was sent last, in an invocation of its own."""

    def deliver(processor: Any) -> dict[str, Any]:
        message = {
            "messageId": "m0",
            "eventSource": "aws:sqs",
            "attributes": {"ApproximateReceiveCount": "1"},
            "body": retry_queue.messages[-1]["MessageBody"],
        }
        return handle_event({"Records": [message]}, processor, replace(invocation, lease_owner="request-2"))

    return deliver


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
def test_only_the_missing_calls_are_made_again(
    make_processor, invocation, put, rekognition, deliver, read_document, catalog: Catalog, key: str
) -> None:
    processor = make_processor(detect_text=True, detect_faces=True, detect_moderation=True)
    event = put(make_file("JPEG"), key)
    rekognition.queue_response("DetectFaces", {"FaceDetails": [FACE]})
    rekognition.queue_errors("DetectModerationLabels", THROTTLED)
    assert processor.process(event, invocation).status == "parked"
    assert deliver(processor) == {"batchItemFailures": []}
    assert rekognition.call_counts() == {
        "DetectLabels": 1,
        "DetectText": 1,
        "DetectFaces": 1,
        "DetectModerationLabels": 2,
    }
    document = read_document(key)
    assert document["Recognition"]["BilledCalls"] == 4
    assert document["FaceDetails"] == [FACE]
    assert document["Labels"][0]["Name"] == "Red"
    if key == UPLOAD_KEY:
        assert catalog.this_month("alice") == MonthTotals(images=1, billed_calls=4)


@BOTH_KEYS
def test_answers_are_kept_after_a_failed_call(
    make_processor, invocation, put, rekognition, read_document, catalog: Catalog, key: str
) -> None:
    processor = make_processor(detect_text=True)
    event = put(make_file("JPEG"), key)
    rekognition.queue_errors("DetectText", *["InternalServerError"] * 6, status=500)
    with pytest.raises(TransientError, match="DetectText: InternalServerError"):
        processor.process(event, invocation)
    assert processor.process(event, invocation).status == "done"
    assert rekognition.call_counts() == {"DetectLabels": 1, "DetectText": 7}
    assert read_document(key)["Recognition"]["BilledCalls"] == 2
    if key == UPLOAD_KEY:
        assert catalog.this_month("alice") == MonthTotals(images=1, billed_calls=2)


@BOTH_KEYS
def test_answers_are_kept_if_the_result_cannot_be_stored(
    processor, invocation, put, rekognition, storage, monkeypatch, read_document, key: str
) -> None:
    event = put(make_file("JPEG"), key)
    write = storage.write

    def fail(bucket: str, written_key: str, *arguments: Any, **options: Any) -> None:
        if written_key == f"{key}.json":
            raise ClientError({"Error": {"Code": "SlowDown", "Message": "Slow down."}}, "PutObject")
        write(bucket, written_key, *arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(storage, "write", fail)
        with pytest.raises(ClientError):
            processor.process(event, invocation)
    assert processor.process(event, invocation).status == "done"
    assert rekognition.call_counts() == {"DetectLabels": 1}
    assert read_document(key)["Recognition"]["BilledCalls"] == 1


def test_calls_whose_answers_cannot_be_kept_are_counted_again(
    processor, invocation, put, rekognition, storage, monkeypatch, read_document, catalog: Catalog
) -> None:
    event = put(make_file("JPEG"), UPLOAD_KEY)

    def fail(*_: Any, **__: Any) -> None:
        raise ClientError({"Error": {"Code": "SlowDown", "Message": "Slow down."}}, "PutObject")

    with monkeypatch.context() as patch:
        patch.setattr(storage, "write", fail)
        with pytest.raises(ClientError):
            processor.process(event, invocation)
    assert processor.process(event, invocation).status == "done"
    assert rekognition.call_counts() == {"DetectLabels": 2}
    assert read_document(UPLOAD_KEY)["Recognition"]["BilledCalls"] == 2
    assert catalog.this_month("alice") == MonthTotals(images=1, billed_calls=2)


def test_the_calls_of_an_image_that_was_deleted_meanwhile_are_counted(
    processor, invocation, put, rekognition, delete_image, catalog: Catalog, monkeypatch, object_keys
) -> None:
    event = put(make_file("JPEG"), UPLOAD_KEY)
    complete = catalog.complete

    def delete_first(*arguments: Any) -> bool:
        delete_image()
        return complete(*arguments)

    monkeypatch.setattr(catalog, "complete", delete_first)
    assert processor.process(event, invocation).status == "skipped"
    assert catalog.this_month("alice") == MonthTotals(images=0, billed_calls=1)
    assert object_keys(OUTPUT_BUCKET) == []


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


@BOTH_KEYS
@pytest.mark.parametrize("format_name", ["JPEG", "BMP"])
def test_a_parked_image_is_not_read_again(
    processor,
    invocation,
    put,
    rekognition,
    deliver,
    storage,
    monkeypatch,
    object_keys,
    format_name: str,
    key: str,
) -> None:
    event = put(make_file(format_name), key)
    rekognition.queue_errors("DetectLabels", THROTTLED)
    assert processor.process(event, invocation).status == "parked"
    read = storage.read

    def read_output(bucket: str, read_key: str) -> bytes:
        assert bucket == OUTPUT_BUCKET
        data: bytes = read(bucket, read_key)
        return data

    monkeypatch.setattr(storage, "read", read_output)
    assert deliver(processor) == {"batchItemFailures": []}
    assert rekognition.requests[-1][1]["Image"] == {
        "S3Object": {"Bucket": INPUT_BUCKET, "Name": key}
        if format_name == "JPEG"
        else {"Bucket": OUTPUT_BUCKET, "Name": f"{key}.answers.jpg"}
    }
    assert object_keys(OUTPUT_BUCKET) == [f"{key}.json", f"{key}.preview.webp", f"{key}.thumb.webp"]


RENDERINGS = [f"{DIRECT_KEY}.preview.webp", f"{DIRECT_KEY}.thumb.webp"]


def test_an_image_that_took_long_to_prepare_keeps_its_renderings(
    processor, invocation, put, deliver, object_keys
) -> None:
    event = put(make_file("JPEG"))
    times = chain([60.0], repeat(12.0))
    assert processor.process(event, replace(invocation, seconds_left=lambda: next(times))).status == "parked"
    assert object_keys(OUTPUT_BUCKET) == [f"{DIRECT_KEY}.answers", *RENDERINGS]
    assert deliver(processor) == {"batchItemFailures": []}
    assert object_keys(OUTPUT_BUCKET) == [f"{DIRECT_KEY}.json", *RENDERINGS]


@pytest.mark.parametrize("format_name", ["JPEG", "BMP"])
def test_renderings_that_could_not_be_stored_are_made_again(
    processor, invocation, put, object_keys, rekognition, monkeypatch, format_name: str
) -> None:
    event = put(make_file(format_name))

    def fail(*_: Any) -> None:
        raise ClientError({"Error": {"Code": "SlowDown", "Message": "Slow down."}}, "PutObject")

    with monkeypatch.context() as patch:
        patch.setattr(ResultStore, "save_renderings", fail)
        with pytest.raises(ClientError):
            processor.process(event, invocation)
    assert processor.process(event, invocation).status == "done"
    assert object_keys(OUTPUT_BUCKET) == [f"{DIRECT_KEY}.json", *RENDERINGS]
    assert rekognition.call_counts() == {"DetectLabels": 1}


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


def test_a_result_is_timed_from_the_first_try(
    make_processor, invocation, put, rekognition, deliver, read_document
) -> None:
    event = put(make_file("JPEG"))
    rekognition.queue_errors("DetectLabels", THROTTLED)
    make_processor().process(event, invocation)
    deliver(make_processor(lambda: NOW + timedelta(seconds=90)))
    assert read_document()["Recognition"]["StartedAt"] == NOW_TEXT
    assert read_document()["Recognition"]["DurationMs"] == 90_000


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


def test_giving_up_counts_the_answers_that_were_kept(
    make_processor, invocation, put, rekognition, catalog: Catalog, get_record
) -> None:
    processor = make_processor(detect_text=True)
    event = put(make_file("JPEG"), UPLOAD_KEY)
    rekognition.queue_errors("DetectText", THROTTLED)
    processor.process(event, invocation)
    assert processor.give_up(event, invocation).reason.code == "unavailable"
    assert catalog.this_month("alice") == MonthTotals(images=0, billed_calls=1)
    assert processor.process(event, invocation).status == "done"  # redriven
    assert rekognition.call_counts() == {"DetectLabels": 1, "DetectText": 2}
    assert catalog.this_month("alice") == MonthTotals(images=1, billed_calls=2)
    assert get_record().status == "done"


def test_a_permanent_rejection_removes_the_answers(
    make_processor, invocation, put, rekognition, deliver, storage, object_keys
) -> None:
    processor = make_processor(detect_text=True)
    event = put(make_file("JPEG"))
    rekognition.queue_errors("DetectText", THROTTLED)
    processor.process(event, invocation)
    storage.delete(INPUT_BUCKET, DIRECT_KEY)
    assert deliver(processor) == {"batchItemFailures": []}
    assert f"{DIRECT_KEY}.answers" not in object_keys(OUTPUT_BUCKET)


def test_a_duplicate_event_of_a_direct_upload_bills_nothing(
    processor, invocation, put, rekognition, catalog: Catalog, storage
) -> None:
    event = put(make_file("JPEG"))
    etag = storage.head(INPUT_BUCKET, DIRECT_KEY).etag
    catalog.acquire_direct_lease(DIRECT_KEY, etag, "request-2", 60)
    assert processor.process(event, invocation).status == "busy"
    assert rekognition.requests == []


@BOTH_KEYS
def test_an_image_that_ended_two_tries_is_not_tried_again(
    processor, put, rekognition, read_document, catalog: Catalog, monkeypatch, key: str
) -> None:
    """The invocations have the same id, as in Lambda's retries of an event."""
    event = put(make_file("JPEG"), key)
    invocation = Invocation("request-1", lambda: 60.0)

    class Killed(BaseException):
        pass

    def end(*_: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(processor._pipeline, "run", end)
        patch.setattr(catalog, "release_lease", lambda _: None)  # nothing runs any more
        for _ in range(2):
            with pytest.raises(Killed):
                processor.process(event, invocation)
    outcome = processor.process(event, invocation)
    assert (outcome.status, outcome.reason.code) == ("failed", "too-complex")
    assert read_document(key)["Failure"]["Code"] == "too-complex"
    assert rekognition.requests == []
