"""What the processor emits as metrics: each thing once, with what identifies its image."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from processor.errors import TransientError
from processor.events import MAX_RECEIVE_COUNT
from processor.worker import handle_event
from tests.unit.processor.support import (
    DIRECT_KEY,
    THROTTLED,
    make_file,
    retry_batch,
    s3_event,
    s3_record,
)
from tests.unit.support import IMAGE_ID, NOW, UPLOAD_KEY

if TYPE_CHECKING:
    pass

IMAGE = {"owner": "alice", "imageId": IMAGE_ID}
DIRECT = {"key": DIRECT_KEY}
Metrics = list[dict[str, Any]]


def lines(*metrics: dict[str, Any], about: dict[str, str]) -> Metrics:
    """Return lines of metrics about an image as `read_metrics` does."""
    found = [{**metric, **about} for metric in metrics]
    return sorted(({name: line[name] for name in sorted(line)} for line in found), key=str)


@pytest.mark.parametrize(
    ("key", "about", "seconds"), [(UPLOAD_KEY, IMAGE, [{"SecondsToResult": 5.0}]), (DIRECT_KEY, DIRECT, [])]
)
def test_a_recognized_image_counts_once(
    handle, put, read_metrics, key: str, about: Any, seconds: Any
) -> None:
    put(make_file("JPEG"), key)
    handle(s3_event(key))
    assert read_metrics() == lines({"BilledCalls": 1}, {"ImagesRecognized": 1}, *seconds, about=about)
    handle(s3_event(key))
    handle(retry_batch(s3_event(key)))
    assert read_metrics() == []


@pytest.mark.parametrize(("key", "about"), [(UPLOAD_KEY, IMAGE), (DIRECT_KEY, DIRECT)])
def test_a_rejected_image_counts_once(handle, put, read_metrics, key: str, about: Any) -> None:
    put(b"hello", key)
    handle(s3_event(key))
    assert read_metrics() == lines({"ImagesRejected": 1, "Code": "not-an-image"}, about=about)
    handle(s3_event(key))
    assert read_metrics() == []


def test_an_image_that_another_try_completed_meanwhile_does_not_count(
    handle, put, catalog, monkeypatch, read_metrics
) -> None:
    put(make_file("JPEG"), UPLOAD_KEY)
    complete = catalog.complete

    def complete_twice(*arguments: Any, **options: Any) -> bool:
        complete(*arguments, **options)
        return bool(complete(*arguments, **options))

    monkeypatch.setattr(catalog, "complete", complete_twice)
    handle(s3_event(UPLOAD_KEY))
    assert read_metrics() == lines({"BilledCalls": 1}, about=IMAGE)


def test_a_busy_image_does_not_count(handle, put, catalog, read_metrics) -> None:
    put(make_file("JPEG"), UPLOAD_KEY)
    catalog.acquire_lease("alice", IMAGE_ID, "another", 60)
    handle(s3_event(UPLOAD_KEY))
    handle(retry_batch(s3_event(UPLOAD_KEY)))
    assert read_metrics() == []


def test_a_parked_image_is_retried_and_bills_each_call_once(
    make_processor, invocation, put, rekognition, deliver, read_metrics
) -> None:
    processor = make_processor(detect_text=True)
    put(make_file("JPEG"), UPLOAD_KEY)
    rekognition.queue_errors("DetectText", THROTTLED)
    handle_event(s3_event(UPLOAD_KEY), processor, invocation)
    assert read_metrics() == lines(
        {"BilledCalls": 1}, {"CallsThrottled": 1, "Operation": "DetectText"}, about=IMAGE
    )
    rekognition.queue_errors("DetectText", THROTTLED, THROTTLED, THROTTLED)
    deliver(processor)
    assert read_metrics() == lines(
        {"BilledCalls": 1},
        {"CallsThrottled": 3, "Operation": "DetectText"},
        {"ImagesRecognized": 1},
        {"ImagesRetried": 1},
        {"SecondsToResult": 5.0},
        about=IMAGE,
    )


def test_an_unfinished_try_counts_the_calls_that_were_answered(
    make_processor, invocation, put, rekognition, read_metrics
) -> None:
    processor = make_processor(detect_text=True)
    put(make_file("JPEG"), UPLOAD_KEY)
    rekognition.queue_errors("DetectText", *["InternalServerError"] * 12, status=500)
    with pytest.raises(TransientError):
        handle_event(s3_event(UPLOAD_KEY), processor, invocation)
    assert read_metrics() == lines({"BilledCalls": 1}, about=IMAGE)
    handle_event(retry_batch(s3_event(UPLOAD_KEY)), processor, invocation)
    assert read_metrics() == lines({"ImagesRetried": 1}, about=IMAGE)


@pytest.mark.parametrize(("key", "about"), [(UPLOAD_KEY, IMAGE), (DIRECT_KEY, DIRECT)])
def test_giving_up_is_no_try(handle, put, read_metrics, key: str, about: Any) -> None:
    put(make_file("JPEG"), key)
    handle(retry_batch(s3_event(key), receive_count=MAX_RECEIVE_COUNT))
    assert read_metrics() == lines({"ImagesRejected": 1, "Code": "unavailable"}, about=about)


def test_the_seconds_begin_with_the_permission_to_upload(
    make_processor, invocation, put, read_metrics
) -> None:
    put(make_file("JPEG"), UPLOAD_KEY, uploaded_at=NOW - timedelta(minutes=2, milliseconds=5))
    handle_event(s3_event(UPLOAD_KEY), make_processor(), invocation)
    assert [line["SecondsToResult"] for line in read_metrics() if "SecondsToResult" in line] == [120.005]


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (s3_event("a" * 1012), [{"Code": "key-too-long", "InvalidEvents": 1, "key": "a" * 1012}]),
        ({"Records": []}, [{"Code": "malformed-event", "InvalidEvents": 1}]),
        ({"Records": [{}, {}]}, [{"Code": "malformed-event", "InvalidEvents": 1}] * 2),
        (retry_batch(s3_event("%FF")), [{"Code": "malformed-event", "InvalidEvents": 1}]),
        (
            retry_batch("no event"),
            [{"Code": "malformed-event", "InvalidEvents": 1, "messageId": "m0"}],
        ),
        ({"Records": [{"eventSource": "aws:sqs"}]}, [{"Code": "malformed-event", "InvalidEvents": 1}]),
        (
            {"Records": [s3_record("a") | {"eventSource": "aws:x"}]},
            [{"Code": "foreign-event", "InvalidEvents": 1, "key": "a"}],
        ),
        ({"Event": "s3:TestEvent"}, []),
    ],
    ids=str,
)
def test_an_invalid_event_counts_by_its_code(
    processor, invocation, read_metrics, event: Any, expected: Metrics
) -> None:
    try:
        handle_event(event, processor, invocation)
    except TransientError as error:
        assert "without a valid messageId" in str(error)
    assert read_metrics() == expected
