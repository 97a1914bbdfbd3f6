"""Permanent failures: the document, the record and the outcome have the same message."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from PIL import Image

from catalog.records import Reason
from catalog.transitions.lease import LeaseStatus
from common.rejections import MESSAGES, Rejection
from common.signer import Signer
from common.storage import Storage
from processor.errors import TransientError
from processor.invocation import Invocation
from tests.unit.processor.support import DIRECT_KEY, make_file
from tests.unit.support import IMAGE_ID, INPUT_BUCKET, NOW, UPLOAD_KEY


@pytest.mark.parametrize(
    ("code", "data", "values"),
    [
        ("empty", b"", {}),
        ("not-an-image", b"hello", {}),
        ("unsupported-format", b"%PDF-1.7", {"format": "PDF"}),
        ("broken", b"\xff\xd8\xff\xe0 cut", {}),
    ],
)
@pytest.mark.parametrize("key", [DIRECT_KEY, UPLOAD_KEY])
def test_a_rejection_has_one_message_everywhere(
    processor,
    invocation,
    put,
    read_document,
    get_record,
    rekognition,
    storage,
    code: str,
    data: bytes,
    values: dict[str, Any],
    key: str,
) -> None:
    message = Rejection.of(code, **values).message
    outcome = processor.process(put(data, key), invocation)
    assert outcome.body() == {
        "key": key,
        "status": "failed",
        "resultKey": f"{key}.json",
        "reason": {"code": code, "message": message},
    }
    etag = storage.head(INPUT_BUCKET, key).etag
    assert read_document(key) == {
        "SchemaVersion": 1,
        "Image": {"Bucket": INPUT_BUCKET, "Key": key, "ETag": etag, "Bytes": len(data)},
        "Failure": {"Code": code, "Message": message},
    }
    if key == UPLOAD_KEY:
        record = get_record()
        assert (record.status, record.labels, record.reason) == ("failed", (), Reason(code, message))
    assert rekognition.requests == []


def test_a_too_large_file_is_not_read(
    make_processor, invocation, put, read_document, storage, monkeypatch
) -> None:
    event = put(bytes(1_048_577))
    with monkeypatch.context() as patch:
        patch.setattr(storage, "read", None)
        outcome = make_processor(max_upload_megabytes=1).process(event, invocation)
    assert outcome.reason.message == (
        "The file is larger than the limit of 1 MB. Make it smaller and upload it again."
    )
    assert read_document()["Failure"]["Code"] == "too-large"


def test_a_too_narrow_image_is_rejected_with_its_size(
    processor, invocation, put, read_document, rekognition
) -> None:
    file = io.BytesIO()
    Image.new("RGB", (12_400, 40)).save(file, "PNG")
    processor.process(put(file.getvalue()), invocation)
    document = read_document()
    assert document["Failure"] == {
        "Code": "too-narrow",
        "Message": (
            "The picture is 12,400 × 40 pixels, which is too long and narrow. "
            "Its shorter side must have at least 243 pixels. Crop it and upload it again."
        ),
    }
    assert (document["Image"]["Width"], document["Image"]["Height"]) == (12_400, 40)
    assert rekognition.requests == []


def test_a_truncated_image_is_not_billed(processor, invocation, put, read_document, rekognition) -> None:
    data = make_file("JPEG", size=(900, 600))
    processor.process(put(data[:-200]), invocation)
    document = read_document()
    assert document["Failure"]["Code"] == "broken"
    assert (document["Image"]["Format"], document["Image"]["Width"]) == ("JPEG", 900)
    assert rekognition.requests == []


@pytest.mark.parametrize("key", [DIRECT_KEY, UPLOAD_KEY])
def test_a_deleted_object_is_gone(
    processor, invocation, put, read_document, storage, get_record, key: str
) -> None:
    event = put(b"x", key)
    storage.delete(INPUT_BUCKET, key)
    assert processor.process(event, invocation).body() == {
        "key": key,
        "status": "failed",
        "resultKey": f"{key}.json",
        "reason": {"code": "gone", "message": MESSAGES["gone"]},
    }
    assert read_document(key)["Image"] == {"Bucket": INPUT_BUCKET, "Key": key}
    if key == UPLOAD_KEY:
        assert get_record().status == "failed"


def test_a_late_event_does_not_fail_a_restarted_image(
    processor, invocation, put, storage, catalog, get_record
) -> None:
    event = put(b"x", UPLOAD_KEY)
    storage.delete(INPUT_BUCKET, UPLOAD_KEY)
    late = replace(event, created_at=event.created_at - timedelta(minutes=1))
    retry = replace(invocation, is_retry=True)
    assert processor.process(late, retry).body() == {"key": UPLOAD_KEY, "status": "skipped"}
    assert get_record().status == "pending"
    assert catalog.acquire_lease("alice", IMAGE_ID, "request-2", 60).status is LeaseStatus.ACQUIRED


def test_a_late_event_is_retried_if_the_file_arrives_during_its_lease(
    processor, invocation, put, storage, get_record, monkeypatch
) -> None:
    """The file's own event finds the image busy, so nothing else would process it."""
    event = put(b"x", UPLOAD_KEY)
    storage.delete(INPUT_BUCKET, UPLOAD_KEY)
    late = replace(event, created_at=event.created_at - timedelta(minutes=1))
    head = storage.head

    def head_then_arrive(*address: str) -> Any:
        try:
            return head(*address)
        finally:
            monkeypatch.setattr(storage, "head", head)
            storage.write(INPUT_BUCKET, UPLOAD_KEY, make_file("JPEG"), content_type="image/jpeg")
            outcome = processor.process(event, Invocation("request-2", lambda: 60.0))
            assert outcome.status == "busy"

    monkeypatch.setattr(storage, "head", head_then_arrive)
    retry = replace(invocation, is_retry=True)
    with pytest.raises(TransientError):
        processor.process(late, retry)
    assert processor.process(late, retry).status == "done"
    assert get_record().status == "done"


def test_a_late_event_fails_an_image_whose_file_never_arrived_again(
    make_processor, invocation, put, storage, get_record
) -> None:
    """Otherwise a redriven event would leave the image pending, without another event to finish it."""
    event = put(b"x", UPLOAD_KEY)
    storage.delete(INPUT_BUCKET, UPLOAD_KEY)
    late = replace(event, created_at=event.created_at - timedelta(minutes=1))
    processor = make_processor(clock=lambda: NOW + timedelta(hours=1))
    outcome = processor.process(late, replace(invocation, is_retry=True))
    assert outcome.reason.code == "gone"
    assert get_record().status == "failed"


def test_a_file_that_arrives_after_its_image_failed_is_recognized(
    make_processor, invocation, put, storage, get_record
) -> None:
    event = put(make_file("JPEG"), UPLOAD_KEY)
    storage.delete(INPUT_BUCKET, UPLOAD_KEY)
    assert make_processor().process(event, invocation).reason.code == "gone"
    storage.write(INPUT_BUCKET, UPLOAD_KEY, make_file("JPEG"), content_type="image/jpeg")
    arrived = replace(event, created_at=NOW + timedelta(seconds=1))
    processor = make_processor(clock=lambda: NOW + timedelta(seconds=2))
    assert processor.process(arrived, invocation).status == "done"
    assert (get_record().status, get_record().reason) == ("done", None)


def test_a_forbidden_object_is_not_permitted(
    processor, invocation, put, read_document, storage, monkeypatch
) -> None:
    event = put(make_file("JPEG"))
    client = boto3.client("s3")
    with Stubber(client) as stub:
        for _ in range(2):  # for the lease, and for the image
            stub.add_client_error(
                "head_object",
                "403",
                "Forbidden",
                403,
                expected_params={"Bucket": INPUT_BUCKET, "Key": DIRECT_KEY},
            )
        monkeypatch.setattr(storage, "head", Storage(client, Signer(client, None)).head)
        outcome = processor.process(event, invocation)
    assert outcome.reason.code == "not-permitted"
    assert read_document()["Failure"] == {
        "Code": "not-permitted",
        "Message": MESSAGES["not-permitted"],
    }
