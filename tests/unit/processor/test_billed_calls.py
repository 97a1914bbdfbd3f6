"""Each call that was answered is counted once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from catalog.catalog import Catalog
from catalog.contention import TableBusy
from catalog.index.vocabulary import MonthTotals
from tests.unit.processor.support import THROTTLED, make_file
from tests.unit.support import OUTPUT_BUCKET, UPLOAD_KEY, this_month


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
    assert this_month(catalog) == MonthTotals(images=1, billed_calls=2)


def test_the_calls_of_an_image_that_was_deleted_meanwhile_are_counted(
    processor, invocation, put, rekognition, delete_image, catalog: Catalog, monkeypatch, object_keys
) -> None:
    event = put(make_file("JPEG"), UPLOAD_KEY)
    complete = catalog.complete

    def delete_first(*arguments: Any, **options: Any) -> bool:
        delete_image()
        return complete(*arguments, **options)

    monkeypatch.setattr(catalog, "complete", delete_first)
    assert processor.process(event, invocation).status == "skipped"
    assert this_month(catalog) == MonthTotals(images=0, billed_calls=1)
    assert object_keys(OUTPUT_BUCKET) == []


def test_giving_up_counts_the_answers_that_were_kept(
    make_processor, invocation, put, rekognition, catalog: Catalog, get_record
) -> None:
    processor = make_processor(detect_text=True)
    event = put(make_file("JPEG"), UPLOAD_KEY)
    rekognition.queue_errors("DetectText", THROTTLED)
    processor.process(event, invocation)
    assert processor.give_up(event, invocation).reason.code == "unavailable"
    assert this_month(catalog) == MonthTotals(images=0, billed_calls=1)
    assert processor.process(event, invocation).status == "done"  # redriven
    assert rekognition.call_counts() == {"DetectLabels": 1, "DetectText": 2}
    assert this_month(catalog) == MonthTotals(images=1, billed_calls=2)
    assert get_record().status == "done"


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
    assert this_month(catalog) == MonthTotals(images=1, billed_calls=2)


def test_a_completion_whose_answer_is_lost_is_counted_once(
    processor, invocation, put, rekognition, catalog: Catalog, monkeypatch, get_record, object_keys
) -> None:
    event = put(make_file("JPEG"), UPLOAD_KEY)
    complete = catalog.complete

    def complete_and_fail(*arguments: Any, **options: Any) -> bool:
        complete(*arguments, **options)
        raise EndpointConnectionError(endpoint_url="https://dynamodb")

    with monkeypatch.context() as patch, pytest.raises(EndpointConnectionError):
        patch.setattr(catalog, "complete", complete_and_fail)
        processor.process(event, invocation)
    assert get_record().status == "done"
    assert this_month(catalog) == MonthTotals(images=1, billed_calls=1)
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
    assert this_month(catalog) == MonthTotals(images=1, billed_calls=1)


def test_the_calls_of_an_image_that_another_try_completed_meanwhile_are_counted(
    processor, invocation, put, rekognition, catalog: Catalog, monkeypatch
) -> None:
    event = put(make_file("JPEG"), UPLOAD_KEY)
    complete = catalog.complete

    def complete_twice(*arguments: Any, **options: Any) -> bool:
        assert complete(*arguments, **options)
        return complete(*arguments, **options)

    monkeypatch.setattr(catalog, "complete", complete_twice)
    assert processor.process(event, invocation).status == "skipped"
    assert this_month(catalog) == MonthTotals(images=1, billed_calls=2)


def test_an_error_after_the_record_is_done_leaves_no_answers(
    make_processor, invocation, put, rekognition, catalog: Catalog, monkeypatch, object_keys
) -> None:
    processor = make_processor(detect_text=True)
    event = put(make_file("GIF"), UPLOAD_KEY)
    rekognition.queue_errors("DetectText", THROTTLED)
    assert processor.process(event, invocation).status == "parked"
    complete = catalog.complete

    def complete_and_fail(*arguments: Any, **options: Any) -> bool:
        complete(*arguments, **options)
        raise EndpointConnectionError(endpoint_url="https://dynamodb")

    monkeypatch.setattr(catalog, "complete", complete_and_fail)
    with pytest.raises(EndpointConnectionError):
        processor.process(event, replace(invocation, lease_owner="request-2", is_retry=True))
    endings = ("json", "preview.webp", "thumb.webp")
    assert object_keys(OUTPUT_BUCKET) == [f"{UPLOAD_KEY}.{ending}" for ending in endings]
