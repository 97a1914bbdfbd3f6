"""Pictures that fail for good: the same words in document, record and answer."""

from __future__ import annotations

import io
from datetime import timedelta

import boto3
import pytest
from botocore.stub import Stubber
from PIL import Image

from catalog.catalog import Claim
from catalog.records import Reason
from common.rejections import SENTENCES, Rejection
from common.storage import Storage

KEY = "drops/picture"
ID = "ab" * 32
UPLOAD = f"uploads/public/{ID}"
INPUT = "stack-input"


def record_of(catalog):
    record = catalog.get("public", ID)
    return record.status, record.labels, record.reason


REJECTED = [
    ("empty", b"", {}, {"Bytes": 0}),
    ("not-an-image", b"hello", {}, {"Bytes": 5}),
    ("unsupported-format", b"%PDF-1.7", {"format": "PDF"}, {"Bytes": 8}),
    ("broken", b"\xff\xd8\xff\xe0 cut", {}, {"Bytes": 8}),
]


@pytest.mark.parametrize(("code", "data", "values", "known"), REJECTED)
@pytest.mark.parametrize("key", [KEY, UPLOAD])
def test_a_rejection_is_the_same_in_document_record_and_answer(
    processor, attempt, put, document, catalog, rekognition, storage, code, data, values, known, key
) -> None:
    message = Rejection.of(code, **values).message
    outcome = processor().process(put(data, key), attempt)
    assert outcome.body() == {
        "key": key,
        "status": "failed",
        "resultKey": f"{key}.json",
        "reason": {"code": code, "message": message},
    }
    etag = storage.head(INPUT, key).etag
    assert document(key) == {
        "SchemaVersion": 1,
        "Image": {"Bucket": INPUT, "Key": key, "ETag": etag, **known},
        "Failure": {"Code": code, "Message": message},
    }
    if key == UPLOAD:
        assert record_of(catalog) == ("failed", (), Reason(code, message))
    assert rekognition.requests == []


def test_too_large_is_rejected_unread(processor, attempt, put, document, storage) -> None:
    storage.read, read = None, storage.read
    outcome = processor(max_upload_megabytes=1).process(put(bytes(1_048_577)), attempt)
    storage.read = read
    assert outcome.reason.message == (
        "The file is larger than 1 MB, which is the most that is taken. Make it smaller."
    )
    assert document()["Failure"]["Code"] == "too-large"


def test_too_narrow_tells_the_numbers(processor, attempt, put, document, rekognition) -> None:
    file = io.BytesIO()
    Image.new("RGB", (12_400, 40)).save(file, "PNG")
    processor().process(put(file.getvalue()), attempt)
    found = document()
    assert found["Failure"] == {
        "Code": "too-narrow",
        "Message": (
            "The picture is 12,400 × 40 pixels; each side must have at least 243. Choose a larger picture."
        ),
    }
    assert (found["Image"]["Width"], found["Image"]["Height"]) == (12_400, 40)
    assert rekognition.requests == []


def test_a_picture_cut_short_is_never_billed(processor, attempt, put, make, document, rekognition) -> None:
    data = make("JPEG", size=(900, 600))
    processor().process(put(data[: len(data) - 200]), attempt)
    found = document()
    assert found["Failure"]["Code"] == "broken"
    assert (found["Image"]["Format"], found["Image"]["Width"]) == ("JPEG", 900)
    assert rekognition.requests == []


@pytest.mark.parametrize("key", [KEY, UPLOAD])
def test_a_picture_that_is_gone(processor, attempt, put, document, storage, catalog, key) -> None:
    arrival = put(b"x", key)
    storage.delete(INPUT, key)
    assert processor().process(arrival, attempt).body() == {
        "key": key,
        "status": "failed",
        "resultKey": f"{key}.json",
        "reason": {"code": "gone", "message": SENTENCES["gone"]},
    }
    assert document(key)["Image"] == {"Bucket": INPUT, "Key": key}
    assert catalog.get("public", ID) is None or record_of(catalog)[0] == "failed"


def test_a_late_event_about_an_upload_now_made_anew_does_not_fail_it(
    processor, attempt, put, storage, catalog
) -> None:
    arrival = put(b"x", UPLOAD)
    storage.delete(INPUT, UPLOAD)
    late = type(arrival)(arrival.bucket, arrival.key, arrival.at - timedelta(minutes=1))
    assert processor().process(late, attempt).body() == {"key": UPLOAD, "status": "skipped"}
    assert record_of(catalog)[0] == "pending"
    assert catalog.claim("public", ID, "request-2", 60) is Claim.TAKEN


def test_a_picture_that_may_not_be_read(
    processor, attempt, put, make, document, storage, monkeypatch
) -> None:
    arrival = put(make("JPEG"))
    client = boto3.client("s3")
    with Stubber(client) as stub:
        stub.add_client_error(
            "head_object", "403", "Forbidden", 403, expected_params={"Bucket": INPUT, "Key": KEY}
        )
        monkeypatch.setattr(storage, "head", Storage(client, client).head)
        outcome = processor().process(arrival, attempt)
    assert outcome.reason.code == "not-permitted"
    assert document()["Failure"] == {"Code": "not-permitted", "Message": SENTENCES["not-permitted"]}
