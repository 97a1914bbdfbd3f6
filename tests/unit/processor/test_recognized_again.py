"""An image that is done and recognized again: what is asked for, billed, written and kept."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from catalog.index.vocabulary import MonthTotals
from catalog.records import ImageRecord, Reason
from catalog.usage import StackUsage
from common.object_keys import parse_upload_key
from processor.earlier import parse_any
from processor.errors import TransientError
from processor.events import MAX_RECEIVE_COUNT, ObjectCreated
from processor.outcome import Outcome
from processor.result import Failure, SourceImage, encode
from processor.worker import handle_event
from tests.unit.processor.support import (
    ALL_SETTLED,
    THROTTLED,
    make_file,
    retry_batch,
    s3_event,
)
from tests.unit.support import IMAGE_ID, INPUT_BUCKET, NOW, NOW_TEXT, OUTPUT_BUCKET, UPLOAD_KEY

LATER = NOW + timedelta(minutes=5)
LATER_TEXT = "2026-11-22T15:05:00.123Z"
EVENT = ObjectCreated(INPUT_BUCKET, UPLOAD_KEY, NOW, parse_upload_key(UPLOAD_KEY))
OUTPUT_KEYS = [f"{UPLOAD_KEY}.{suffix}" for suffix in ("json", "preview.webp", "thumb.webp")]
FACE = {"BoundingBox": {"Left": 0.1, "Top": 0.2, "Width": 0.3, "Height": 0.4}, "Confidence": 99.0}
LABELS = {"Features": ["GENERAL_LABELS"], "MaxLabels": 100, "MinConfidence": 40.0}


@pytest.fixture
def recognize(make_processor, invocation, put, rekognition) -> Callable[..., None]:
    """Recognize an upload for the first time, with some settings."""

    def recognize(format_name: str = "JPEG", **settings: Any) -> None:
        assert make_processor(**settings).process(put(make_file(format_name), UPLOAD_KEY), invocation).status
        rekognition.requests.clear()

    return recognize


@pytest.fixture
def reopen(catalog) -> Callable[[], ImageRecord]:
    """Reopen the image, as a retry does. Return its record as it was."""

    def reopen() -> ImageRecord:
        done: ImageRecord = catalog.get("alice", IMAGE_ID)
        assert done.status == "done"
        assert catalog.reopen(done).status == "pending"
        return done

    return reopen


@pytest.fixture
def repeat(make_processor, invocation, reopen) -> Callable[..., Outcome]:
    """Reopen and process the image five minutes later, with some settings."""

    def repeat(**settings: Any) -> Outcome:
        reopen()
        again = replace(invocation, lease_owner="request-2", is_retry=True)
        outcome: Outcome = make_processor(lambda: LATER, **settings).process(EVENT, again)
        return outcome

    return repeat


@pytest.fixture
def read_output(storage, object_keys) -> Callable[[], dict[str, bytes]]:
    return lambda: {key: storage.read(OUTPUT_BUCKET, key) for key in object_keys(OUTPUT_BUCKET)}


def test_only_a_new_detector_is_asked(
    recognize, repeat, rekognition, read_document, get_record, catalog
) -> None:
    recognize()
    before = read_document(UPLOAD_KEY)
    rekognition.queue_response("DetectFaces", {"FaceDetails": [FACE]})
    assert repeat(detect_faces=True).status == "done"
    assert rekognition.call_counts() == {"DetectFaces": 1}
    document = read_document(UPLOAD_KEY)
    recognition = before["Recognition"] | {
        "Detectors": ["labels", "faces"],
        "Calls": {"DetectLabels": LABELS, "DetectFaces": {"Attributes": ["ALL"]}},
        "StartedAt": LATER_TEXT,
        "BilledCalls": 2,
    }
    assert document == {**before, "FaceDetails": [FACE], "Recognition": recognition}
    record = get_record()
    assert (record.status, record.processed_at, record.done_at) == ("done", LATER, None)
    assert catalog.index.vocabulary("alice").months["2026-11"] == MonthTotals(images=1, billed_calls=2)
    assert catalog.stack_usage() == StackUsage({"image": 2, "properties": 0}, 2)


def test_nothing_is_asked_or_decoded_if_the_result_is_up_to_date(
    recognize, repeat, rekognition, read_document, storage, monkeypatch, catalog
) -> None:
    recognize(detect_text=True)
    before, read = read_document(UPLOAD_KEY), storage.read

    def read_result(bucket: str, key: str) -> bytes:
        assert bucket == OUTPUT_BUCKET
        data: bytes = read(bucket, key)
        return data

    with monkeypatch.context() as patch:
        patch.setattr(storage, "read", read_result)
        assert repeat(detect_text=True).status == "done"
    assert rekognition.requests == []
    assert read_document(UPLOAD_KEY) == {
        **before,
        "Recognition": before["Recognition"] | {"StartedAt": LATER_TEXT},
    }
    assert catalog.index.vocabulary("alice").months["2026-11"] == MonthTotals(images=1, billed_calls=2)


@pytest.mark.parametrize(
    ("changes", "asked"),
    [
        ({"labels_max_count": 10}, {"DetectLabels": 1}),
        ({"labels_min_confidence": 60.0}, {"DetectLabels": 1, "DetectModerationLabels": 1}),
        ({"detect_properties": True}, {"DetectLabels": 1}),
        ({"detect_text": True}, {"DetectText": 1}),
        ({"custom_labels_model_arn": "arn:aws:rekognition:us-east-1:1:model/a"}, {"DetectCustomLabels": 1}),
        ({"detect_moderation": False}, {}),
        ({"review_confidence": 90.0, "required_equipment": frozenset({"Helmet"})}, {}),
    ],
)
def test_a_call_is_made_again_with_other_parameters(
    recognize, repeat, rekognition, read_document, changes: dict[str, Any], asked: dict[str, int]
) -> None:
    recognize(detect_moderation=True)
    assert repeat(**{"detect_moderation": True, **changes}).status == "done"
    assert rekognition.call_counts() == Counter(asked)
    assert read_document(UPLOAD_KEY)["Recognition"]["BilledCalls"] == 2 + len(asked)


def test_a_detector_that_is_disabled_since_has_no_list(recognize, repeat, read_document) -> None:
    recognize(detect_text=True)
    assert repeat().status == "done"
    document = read_document(UPLOAD_KEY)
    assert "TextDetections" not in document
    assert document["Recognition"]["Calls"] == {"DetectLabels": LABELS}


def test_a_detector_that_failed_is_asked_again(recognize, repeat, rekognition, read_document) -> None:
    rekognition.queue_errors("DetectFaces", "AccessDeniedException")
    recognize(detect_faces=True)
    assert read_document(UPLOAD_KEY)["Recognition"]["Calls"] == {"DetectLabels": LABELS}
    assert repeat(detect_faces=True).status == "done"
    assert rekognition.call_counts() == {"DetectFaces": 1}
    assert read_document(UPLOAD_KEY)["Errors"] == {}


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b'{"Image": {"ETag": "other"}, "Recognition": {}}', None]
)
def test_all_is_asked_without_a_readable_result(
    recognize, repeat, rekognition, read_document, storage, content: bytes | None
) -> None:
    recognize()
    storage.delete(OUTPUT_BUCKET, f"{UPLOAD_KEY}.json")
    if content is not None:
        storage.write(OUTPUT_BUCKET, f"{UPLOAD_KEY}.json", content, content_type="application/json")
    assert repeat().status == "done"
    assert rekognition.call_counts() == {"DetectLabels": 1}
    assert read_document(UPLOAD_KEY)["Recognition"]["BilledCalls"] == 2


def test_a_failure_is_no_unreadable_result(caplog: pytest.LogCaptureFixture) -> None:
    failure = Failure(SourceImage(INPUT_BUCKET, UPLOAD_KEY), Reason("gone", "It is gone."))
    assert parse_any(encode(failure.document())) is None
    assert parse_any(b"0") is None
    assert [record.message for record in caplog.records] == ["unreadable result"]


def test_a_detector_that_fails_keeps_what_it_found(recognize, repeat, rekognition, read_document) -> None:
    recognize()
    before = read_document(UPLOAD_KEY)
    rekognition.queue_errors("DetectLabels", "AccessDeniedException")
    assert repeat(labels_max_count=10, detect_text=True).status == "done"
    document = read_document(UPLOAD_KEY)
    assert (document["Labels"], document["Errors"]) == (before["Labels"], {})
    assert document["Recognition"]["Calls"] == {"DetectLabels": LABELS, "DetectText": {}}
    assert document["Recognition"]["ModelVersions"] == {"labels": "3.0"}
    assert document["Recognition"]["BilledCalls"] == 2
    rekognition.requests.clear()
    assert repeat(labels_max_count=10, detect_text=True).status == "done"
    assert rekognition.call_counts() == {"DetectLabels": 1}


def test_a_new_detector_that_fails_has_its_error(recognize, repeat, rekognition, read_document) -> None:
    recognize()
    rekognition.queue_errors("DetectLabels", "AccessDeniedException")
    assert repeat(detect_properties=True).status == "done"
    document = read_document(UPLOAD_KEY)
    assert document["Labels"][0]["Name"] == "Red"
    assert document["Errors"].keys() == {"properties"}


@pytest.mark.parametrize("format_name", ["JPEG", "BMP"])
def test_renderings_are_kept(recognize, repeat, storage, monkeypatch, format_name: str) -> None:
    recognize(format_name)
    monkeypatch.setattr("processor.store._CACHE_CONTROL", "no-store")
    assert repeat(detect_text=True).status == "done"
    for key in OUTPUT_KEYS[1:]:
        response = storage._client.head_object(Bucket=OUTPUT_BUCKET, Key=key)
        assert response["CacheControl"] == "private, max-age=86400, immutable"


@pytest.mark.parametrize("key", OUTPUT_KEYS[1:])
@pytest.mark.parametrize("changes", [{}, {"detect_text": True}])
def test_a_missing_rendering_is_made(
    recognize, repeat, object_keys, storage, key: str, changes: dict[str, Any]
) -> None:
    recognize()
    storage.delete(OUTPUT_BUCKET, key)
    assert repeat(**changes).status == "done"
    assert object_keys(OUTPUT_BUCKET) == OUTPUT_KEYS


def test_a_converted_image_is_converted_again_for_a_new_call(
    recognize, repeat, rekognition, read_document
) -> None:
    recognize("BMP")
    assert repeat(detect_text=True).status == "done"
    ((_, request),) = rekognition.requests
    assert request["Image"] == {"S3Object": {"Bucket": OUTPUT_BUCKET, "Name": f"{UPLOAD_KEY}.answers.jpg"}}
    assert read_document(UPLOAD_KEY)["Recognition"]["Converted"] is True


def test_a_throttled_call_is_made_when_the_image_was_parked(
    make_processor, invocation, recognize, reopen, rekognition, deliver, read_document, catalog, read_output
) -> None:
    recognize()
    processor = make_processor(detect_text=True, detect_faces=True)
    reopen()
    rekognition.queue_errors("DetectText", THROTTLED)
    assert processor.process(EVENT, invocation).status == "parked"
    record = catalog.get("alice", IMAGE_ID)
    assert (record.status, record.done_at) == ("pending", NOW)
    assert deliver(processor) == ALL_SETTLED
    assert rekognition.call_counts() == {"DetectText": 2, "DetectFaces": 1}
    assert read_document(UPLOAD_KEY)["Recognition"]["BilledCalls"] == 3
    assert catalog.index.vocabulary("alice").months["2026-11"] == MonthTotals(images=1, billed_calls=3)
    assert list(read_output()) == OUTPUT_KEYS


def test_a_message_can_ask_for_a_call_again(
    make_processor, invocation, recognize, reopen, rekognition, read_document
) -> None:
    recognize(detect_text=True)
    reopen()
    rekognition.queue_response("DetectLabels", {"Labels": [], "LabelModelVersion": "4.0"})
    batch = retry_batch(json.dumps({"requestPayload": s3_event(UPLOAD_KEY), "askAgain": ["DetectLabels"]}))
    assert handle_event(batch, make_processor(detect_text=True), invocation) == ALL_SETTLED
    assert rekognition.call_counts() == {"DetectLabels": 1}
    recognition = read_document(UPLOAD_KEY)["Recognition"]
    assert (recognition["ModelVersions"], recognition["BilledCalls"]) == ({"labels": "4.0"}, 3)


def test_an_answer_to_a_call_that_was_asked_again_is_kept(
    make_processor, invocation, recognize, reopen, rekognition, deliver, read_document, retry_queue
) -> None:
    recognize()
    reopen()
    rekognition.queue_errors("DetectText", THROTTLED)
    again = replace(invocation, ask_again=frozenset({"DetectLabels"}))
    processor = make_processor(detect_text=True)
    assert processor.process(EVENT, again).status == "parked"
    assert json.loads(retry_queue.messages[-1]["MessageBody"])["askAgain"] == ["DetectLabels"]
    assert deliver(processor) == ALL_SETTLED
    assert rekognition.call_counts() == {"DetectLabels": 1, "DetectText": 2}
    assert read_document(UPLOAD_KEY)["Recognition"]["BilledCalls"] == 3


def test_an_image_that_stays_unavailable_keeps_its_result(
    make_processor, invocation, recognize, reopen, rekognition, read_output, catalog, read_metrics
) -> None:
    recognize()
    before, done = read_output(), reopen()
    rekognition.queue_errors("DetectText", *["InternalServerError"] * 6, status=500)
    processor = make_processor(lambda: LATER, detect_text=True, detect_faces=True)
    with pytest.raises(TransientError):
        processor.process(EVENT, replace(invocation, lease_owner="request-2", is_retry=True))
    read_metrics()
    batch = retry_batch(s3_event(UPLOAD_KEY), receive_count=MAX_RECEIVE_COUNT)
    assert handle_event(batch, processor, invocation) == ALL_SETTLED  # not in the dead-letter queue
    assert catalog.get("alice", IMAGE_ID) == replace(done, revision=3, billed_calls=2)
    assert {key: data for key, data in read_output().items() if key in before} == before
    assert read_metrics() == []
    assert catalog.index.vocabulary("alice").months["2026-11"] == MonthTotals(images=1, billed_calls=2)


def test_answers_of_a_recognition_in_vain_are_used_by_the_next(
    make_processor, invocation, recognize, reopen, rekognition, repeat, read_document, catalog
) -> None:
    recognize()
    reopen()
    rekognition.queue_errors("DetectText", *["InternalServerError"] * 6, status=500)
    processor = make_processor(lambda: LATER, detect_text=True, detect_faces=True)
    with pytest.raises(TransientError):
        processor.process(EVENT, replace(invocation, lease_owner="request-2", is_retry=True))
    assert processor.give_up(EVENT, invocation).status == "kept"
    rekognition.requests.clear()
    assert repeat(detect_text=True, detect_faces=True).status == "done"
    assert rekognition.call_counts() == {"DetectText": 1}
    assert read_document(UPLOAD_KEY)["Recognition"]["BilledCalls"] == 3
    assert catalog.index.vocabulary("alice").months["2026-11"] == MonthTotals(images=1, billed_calls=3)


def test_an_image_whose_file_is_gone_keeps_its_result(
    recognize, repeat, storage, read_output, get_record
) -> None:
    recognize()
    before, done = read_output(), get_record()
    storage.delete(INPUT_BUCKET, UPLOAD_KEY)
    outcome = repeat(detect_text=True)
    assert (outcome.status, outcome.reason.code) == ("kept", "gone")
    assert (read_output(), get_record()) == (before, replace(done, revision=3))


def test_an_image_that_is_rejected_now_keeps_its_result(recognize, repeat, read_output, get_record) -> None:
    recognize()
    before, done = read_output(), get_record()
    outcome = repeat(max_upload_megabytes=0)
    assert (outcome.status, outcome.reason.code) == ("kept", "too-large")
    assert outcome.body().keys() == {"key", "status", "reason"}
    assert (read_output(), get_record()) == (before, replace(done, revision=3))


def test_an_image_that_ended_two_tries_keeps_its_result(
    make_processor, invocation, recognize, reopen, catalog, rekognition
) -> None:
    recognize()
    done = reopen()
    for _ in range(2):
        assert catalog.acquire_lease("alice", IMAGE_ID, "killed", 0).interrupted < 2
    assert make_processor(detect_text=True).process(EVENT, invocation).status == "kept"
    assert catalog.get("alice", IMAGE_ID) == replace(done, revision=3)
    assert rekognition.requests == []


def test_a_redelivered_event_does_not_recognize_it_again(
    make_processor, invocation, recognize, rekognition
) -> None:
    recognize()
    processor = make_processor(detect_text=True)
    for is_retry in (False, True):
        assert processor.process(EVENT, replace(invocation, is_retry=is_retry)).status == "skipped"
    assert processor.give_up(EVENT, invocation).status == "skipped"
    assert rekognition.requests == []


def test_an_image_that_is_deleted_meanwhile_leaves_nothing(
    make_processor, invocation, recognize, reopen, catalog, rekognition, object_keys, monkeypatch, storage
) -> None:
    recognize()
    reopen()

    def delete_meanwhile(**request: Any) -> Any:
        entry = catalog.begin_deletion("alice", IMAGE_ID)
        for bucket in (INPUT_BUCKET, OUTPUT_BUCKET):
            for key in object_keys(bucket):
                storage.delete(bucket, key)
        catalog.end_deletion(entry)
        return {"TextDetections": []}

    monkeypatch.setattr(rekognition.client, "detect_text", delete_meanwhile)
    assert make_processor(detect_text=True).process(EVENT, invocation).status == "skipped"
    assert catalog.get("alice", IMAGE_ID) is None
    assert object_keys(OUTPUT_BUCKET) == []
    assert catalog.index.vocabulary("alice").months["2026-11"] == MonthTotals(images=1, billed_calls=2)


def test_a_result_whose_record_was_not_completed_is_recorded_by_the_next_try(
    make_processor, invocation, recognize, reopen, rekognition, catalog, monkeypatch, read_document
) -> None:
    recognize()
    reopen()
    processor = make_processor(lambda: LATER, detect_text=True, labels_max_count=10)
    rekognition.queue_response("DetectLabels", {"Labels": [{"Name": "Cat", "Confidence": 98.5}]})

    def fail(*_: Any, **__: Any) -> None:
        raise TransientError("the table is down")

    with monkeypatch.context() as patch:
        patch.setattr(catalog, "complete", fail)
        with pytest.raises(TransientError):
            processor.process(EVENT, replace(invocation, lease_owner="request-2", is_retry=True))
    assert (
        processor.process(EVENT, replace(invocation, lease_owner="request-3", is_retry=True)).status == "done"
    )
    assert [label.name for label in catalog.get("alice", IMAGE_ID).labels] == ["Cat"]
    assert rekognition.call_counts() == {"DetectLabels": 1, "DetectText": 1}
    assert read_document(UPLOAD_KEY)["Recognition"]["BilledCalls"] == 3
    assert catalog.index.vocabulary("alice").months["2026-11"] == MonthTotals(images=1, billed_calls=3)


def test_the_time_to_a_new_result_is_no_metric(recognize, repeat, read_metrics, reopen) -> None:
    recognize()
    assert NOW_TEXT != LATER_TEXT
    assert repeat(detect_text=True).seconds is None
