"""Images that wait for Rekognition's quota: parked in the retry queue, with the answers already billed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import chain, repeat
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from catalog.catalog import Catalog
from catalog.months import MonthTotals
from catalog.table import TableBusy
from processor.errors import Postponed, TransientError
from processor.invocation import Invocation
from processor.parking import RECEIVED_SECONDS
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
    times = chain([60.0, 60.0], repeat(12.0))
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


@BOTH_KEYS
def test_an_image_that_ended_two_tries_is_not_tried_again(
    make_processor, put, rekognition, read_document, catalog: Catalog, monkeypatch, key: str
) -> None:
    event = put(make_file("JPEG"), key)
    processor = make_processor()

    class Killed(BaseException):
        pass

    def end(*_: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(processor._pipeline, "run", end)
        patch.setattr(catalog, "release_lease", lambda _: None)  # nothing runs any more
        for number in range(2):
            with pytest.raises(Killed):
                processor.process(event, Invocation(f"request-{number}", lambda: 60.0))
            after = NOW + timedelta(minutes=1 + number)
            monkeypatch.setattr(catalog._table, "_clock", lambda time=after: time)
    outcome = processor.process(event, Invocation("request-3", lambda: 60.0))
    assert (outcome.status, outcome.reason.code) == ("failed", "unavailable")
    assert read_document(key)["Failure"]["Code"] == "unavailable"
    assert rekognition.requests == []
    assert (
        processor.process(event, Invocation("request-4", lambda: 60.0)).status == "done"
    )  # a person's retry


def test_an_image_that_was_converted_again_meanwhile_is_prepared_again(
    processor, invocation, put, rekognition, deliver, storage
) -> None:
    """A JPEG of other bytes must not be taken for this image's."""
    event = put(make_file("BMP"))
    rekognition.queue_errors("DetectLabels", THROTTLED)
    processor.process(event, invocation)
    storage.write(
        OUTPUT_BUCKET,
        f"{DIRECT_KEY}.answers.jpg",
        make_file("JPEG", size=(90, 90)),
        content_type="image/jpeg",
        metadata={"source": "another"},
    )
    assert deliver(processor) == {"batchItemFailures": []}
    assert rekognition.last_image().size == (200, 120)


def test_answers_of_an_earlier_upload_are_not_used(
    make_processor, invocation, put, rekognition, storage, delete_image, object_keys
) -> None:
    """Its renderings were deleted with it."""
    processor = make_processor(detect_text=True)
    data = make_file("JPEG")
    event = put(data, UPLOAD_KEY)
    rekognition.queue_errors("DetectText", THROTTLED)
    processor.process(event, invocation)
    late = storage.read(OUTPUT_BUCKET, f"{UPLOAD_KEY}.answers")
    delete_image()
    for key in object_keys(OUTPUT_BUCKET):
        storage.delete(OUTPUT_BUCKET, key)
    storage.write(OUTPUT_BUCKET, f"{UPLOAD_KEY}.answers", late, content_type="application/json")
    later = make_processor(lambda: NOW + timedelta(seconds=9), detect_text=True)
    put(data, UPLOAD_KEY, uploaded_at=NOW)
    assert later.process(event, replace(invocation, lease_owner="request-2")).status == "done"
    assert f"{UPLOAD_KEY}.preview.webp" in object_keys(OUTPUT_BUCKET)


def test_calls_that_cannot_be_counted_are_counted_by_the_next_try(
    make_processor, invocation, put, rekognition, catalog: Catalog, monkeypatch, read_document
) -> None:
    processor = make_processor(detect_text=True)
    event = put(make_file("JPEG"), UPLOAD_KEY)
    rekognition.queue_errors("DetectText", THROTTLED)

    def fail(*_: Any) -> None:
        raise TableBusy("OWNER#alice")

    with monkeypatch.context() as patch, pytest.raises(TableBusy):
        patch.setattr(catalog, "count_calls", fail)
        processor.process(event, invocation)
    assert processor.process(event, replace(invocation, lease_owner="request-2")).status == "done"
    assert rekognition.call_counts() == {"DetectLabels": 1, "DetectText": 2}
    assert read_document(UPLOAD_KEY)["Recognition"]["BilledCalls"] == 2
    assert catalog.this_month("alice") == MonthTotals(images=1, billed_calls=2)


def test_a_completion_whose_answer_is_lost_is_counted_once(
    processor, invocation, put, rekognition, catalog: Catalog, monkeypatch, get_record, object_keys
) -> None:
    event = put(make_file("JPEG"), UPLOAD_KEY)
    complete = catalog.complete

    def complete_and_fail(*arguments: Any) -> bool:
        complete(*arguments)
        raise EndpointConnectionError(endpoint_url="https://dynamodb")

    with monkeypatch.context() as patch, pytest.raises(EndpointConnectionError):
        patch.setattr(catalog, "complete", complete_and_fail)
        processor.process(event, invocation)
    assert get_record().status == "done"
    assert catalog.this_month("alice") == MonthTotals(images=1, billed_calls=1)
    assert f"{UPLOAD_KEY}.answers" not in object_keys(OUTPUT_BUCKET)


def test_answers_that_cannot_be_deleted_change_nothing(
    make_processor, invocation, put, rekognition, deliver, storage, monkeypatch, catalog: Catalog
) -> None:
    processor = make_processor()
    event = put(make_file("JPEG"), UPLOAD_KEY)
    rekognition.queue_errors("DetectLabels", THROTTLED)
    processor.process(event, invocation)

    def fail(*_: Any) -> None:
        raise ClientError({"Error": {"Code": "SlowDown", "Message": "Slow down."}}, "DeleteObject")

    monkeypatch.setattr(storage, "delete", fail)
    assert deliver(processor) == {"batchItemFailures": []}
    assert catalog.this_month("alice") == MonthTotals(images=1, billed_calls=1)


@pytest.mark.parametrize("is_throttled", [False, True])
def test_a_try_that_lost_its_lease_changes_nothing(
    processor, invocation, put, rekognition, catalog: Catalog, monkeypatch, object_keys, is_throttled: bool
) -> None:
    event = put(make_file("JPEG"), UPLOAD_KEY)
    keep = processor._lease_keeper.keep

    @contextmanager
    def lose(lease: Any) -> Iterator[Any]:
        with keep(lease) as held:
            held.is_lost = True
            yield held

    monkeypatch.setattr(processor._lease_keeper, "keep", lose)
    rekognition.queue_errors("DetectLabels", *[THROTTLED] * is_throttled)
    assert processor.process(event, invocation).status == "skipped"
    assert catalog.this_month("alice") == MonthTotals(images=0, billed_calls=int(not is_throttled))
    assert {f"{UPLOAD_KEY}.json", f"{UPLOAD_KEY}.answers"}.isdisjoint(object_keys(OUTPUT_BUCKET))


def test_other_limits_prepare_a_parked_image_again(
    make_processor, invocation, put, rekognition, deliver
) -> None:
    """A detector that was enabled meanwhile accepts smaller images only."""
    event = put(make_file("JPEG", size=(5000, 100)))
    rekognition.queue_errors("DetectLabels", THROTTLED)
    make_processor().process(event, invocation)
    deliver(make_processor(detect_protective_equipment=True))
    assert rekognition.last_image().size == (4096, 82)


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
