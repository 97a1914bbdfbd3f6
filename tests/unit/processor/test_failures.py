"""Errors while processing: transient ones are raised, and a detector's permanent ones are recorded."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from catalog.records import Reason
from catalog.transitions.lease import LeaseStatus
from common.rejections import MESSAGES
from processor.errors import TransientError
from processor.invocation import Invocation
from tests.unit.processor.support import DIRECT_KEY, make_file
from tests.unit.support import IMAGE_ID, UPLOAD_KEY

NEXT_INVOCATION = Invocation("request-2", lambda: 60.0)


def test_a_transient_error_is_raised_and_the_lease_released(
    processor, invocation, put, get_record, rekognition
) -> None:
    event = put(make_file("JPEG"), UPLOAD_KEY)
    rekognition.queue_errors("DetectLabels", *["InternalServerError"] * 6, status=500)
    with pytest.raises(TransientError, match="DetectLabels: InternalServerError"):
        processor.process(event, invocation)
    assert get_record().status == "pending"
    assert processor.process(event, NEXT_INVOCATION).status == "done"


def test_a_storage_error_is_raised_and_the_lease_released(
    processor, invocation, put, storage, monkeypatch
) -> None:
    event = put(make_file("JPEG"), UPLOAD_KEY)

    def write(*_: Any, **__: Any) -> None:
        raise ClientError({"Error": {"Code": "SlowDown", "Message": "Slow down."}}, "PutObject")

    with monkeypatch.context() as patch:
        patch.setattr(storage, "write", write)
        with pytest.raises(ClientError):
            processor.process(event, invocation)
    assert processor.process(event, NEXT_INVOCATION).status == "done"


def test_one_failed_detector_keeps_the_other_results(
    make_processor, invocation, put, read_document, rekognition
) -> None:
    rekognition.queue_errors("DetectText", "AccessDeniedException")
    processor = make_processor(detect_text=True, detect_faces=True)
    assert processor.process(put(make_file("JPEG")), invocation).status == "done"
    document = read_document()
    assert document["Errors"] == {
        "text": {
            "Code": "AccessDeniedException",
            "Message": "The permission rekognition:DetectText is missing. The administrator has to add it.",
        }
    }
    assert document["Labels"][0]["Name"] == "Red"
    assert document["FaceDetails"] == []
    assert "TextDetections" not in document
    assert document["Recognition"]["Detectors"] == ["labels", "text", "faces"]
    assert document["Recognition"]["BilledCalls"] == 2


@pytest.mark.parametrize(
    ("errors", "code"),
    [
        (["AccessDeniedException", "AccessDeniedException"], "not-permitted"),
        (["InvalidS3ObjectException", "AccessDeniedException"], "not-permitted"),
        (["InvalidImageFormatException", "InvalidImageFormatException"], "broken"),
        (["InvalidImageFormatException", "AccessDeniedException"], "not-recognized"),
        (["LimitExceededException", "LimitExceededException"], "not-recognized"),
    ],
)
def test_an_image_fails_if_every_detector_failed(
    make_processor, invocation, put, read_document, rekognition, get_record, errors: list[str], code: str
) -> None:
    rekognition.queue_errors("DetectLabels", errors[0])
    rekognition.queue_errors("DetectText", errors[1])
    processor = make_processor(detect_text=True)
    outcome = processor.process(put(make_file("JPEG"), UPLOAD_KEY), invocation)
    assert (outcome.status, outcome.reason.code) == ("failed", code)
    document = read_document(UPLOAD_KEY)
    assert document["Failure"] == {"Code": code, "Message": MESSAGES[code]}
    assert {name: error["Code"] for name, error in document["Errors"].items()} == {
        "labels": errors[0],
        "text": errors[1],
    }
    record = get_record()
    assert (record.status, record.labels, record.reason) == ("failed", (), Reason(code, MESSAGES[code]))


def test_giving_up_a_direct_upload_can_be_redriven(processor, invocation, put, read_document) -> None:
    event = put(make_file("JPEG"))
    assert processor.give_up(event, invocation).reason.code == "unavailable"
    assert read_document()["Failure"] == {"Code": "unavailable", "Message": MESSAGES["unavailable"]}
    assert processor.process(event, invocation).status == "done"


def test_giving_up_an_upload_fails_its_record(processor, invocation, put, read_document, get_record) -> None:
    event = put(make_file("JPEG"), UPLOAD_KEY)
    assert processor.give_up(event, invocation).reason.code == "unavailable"
    assert read_document(UPLOAD_KEY)["Failure"] == {
        "Code": "unavailable",
        "Message": MESSAGES["unavailable"],
    }
    assert get_record().status == "failed"


@pytest.mark.parametrize("key", [DIRECT_KEY, UPLOAD_KEY])
def test_giving_up_keeps_the_result_of_a_done_image(
    processor, invocation, put, read_document, get_record, key: str
) -> None:
    event = put(make_file("JPEG"), key)
    assert processor.process(event, invocation).status == "done"
    document = read_document(key)
    assert processor.give_up(event, invocation).status == "skipped"
    assert read_document(key) == document
    if key == UPLOAD_KEY:
        assert get_record().status == "done"


def test_giving_up_leaves_an_image_leased_by_another_invocation(
    processor, invocation, put, catalog, get_record
) -> None:
    event = put(make_file("JPEG"), UPLOAD_KEY)
    assert catalog.acquire_lease("alice", IMAGE_ID, "request-2", 60).status is LeaseStatus.ACQUIRED
    assert processor.give_up(event, invocation).status == "busy"
    assert get_record().status == "pending"


def test_giving_up_a_deleted_direct_upload_records_the_failure(
    processor, invocation, put, storage, read_document
) -> None:
    event = put(make_file("JPEG"))
    storage.delete(event.bucket, event.key)
    assert processor.give_up(event, invocation).reason.code == "unavailable"
    assert read_document()["Failure"]["Code"] == "unavailable"
