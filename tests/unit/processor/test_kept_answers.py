"""What a try found out, and the next one goes on from."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import chain, repeat
from typing import Any

import pytest
from botocore.exceptions import ClientError

from catalog.catalog import Catalog
from catalog.index.vocabulary import MonthTotals
from processor.errors import TransientError
from processor.store import ResultStore
from tests.unit.processor.support import BOTH_KEYS, DIRECT_KEY, THROTTLED, make_file
from tests.unit.support import INPUT_BUCKET, NOW, NOW_TEXT, OUTPUT_BUCKET, UPLOAD_KEY, this_month

FACE = {"BoundingBox": {"Left": 0.1, "Top": 0.2, "Width": 0.3, "Height": 0.4}, "Confidence": 99.0}
RENDERINGS = [f"{DIRECT_KEY}.preview.webp", f"{DIRECT_KEY}.thumb.webp"]


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
        assert this_month(catalog) == MonthTotals(images=1, billed_calls=4)


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
        assert this_month(catalog) == MonthTotals(images=1, billed_calls=2)


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


def test_a_result_is_timed_from_the_first_try(
    make_processor, invocation, put, rekognition, deliver, read_document
) -> None:
    event = put(make_file("JPEG"))
    rekognition.queue_errors("DetectLabels", THROTTLED)
    make_processor().process(event, invocation)
    deliver(make_processor(lambda: NOW + timedelta(seconds=90)))
    assert read_document()["Recognition"]["StartedAt"] == NOW_TEXT
    assert read_document()["Recognition"]["DurationMs"] == 90_000


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


def test_other_limits_prepare_a_parked_image_again(
    make_processor, invocation, put, rekognition, deliver
) -> None:
    """A detector that was enabled meanwhile accepts smaller images only."""
    event = put(make_file("JPEG", size=(5000, 100)))
    rekognition.queue_errors("DetectLabels", THROTTLED)
    make_processor().process(event, invocation)
    deliver(make_processor(detect_protective_equipment=True))
    assert rekognition.last_image().size == (4096, 82)
