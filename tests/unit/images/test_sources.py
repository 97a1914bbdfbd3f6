"""Images of the source bucket: their links, retries, recovery and deletion, which never touch the object."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import pytest

from catalog.keys import record_key
from catalog.records import ImageRecord, SourceObject
from catalog.source_records import source_record
from common.rejections import MESSAGES
from common.storage import ObjectForbidden
from retries.queue import QUEUED_SECONDS
from tests.unit.support import FAILURE, NOW, NOW_TEXT, OUTPUT_BUCKET, SOURCE_BUCKET, completion, problem_body

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog.catalog import Catalog
    from common.storage import Storage

KEY = "photos/2019/Räuber +1%.jpg"


@pytest.fixture
def put_source(storage: Storage) -> Callable[..., ImageRecord]:
    """Put an object into the source bucket. Return the record to start with."""

    def put_source(data: bytes = b"image", uploaded_at: Any = NOW) -> ImageRecord:
        storage.write(SOURCE_BUCKET, KEY, data, content_type="image/jpeg")
        etag = storage.head(SOURCE_BUCKET, KEY).etag
        return source_record("alice", SourceObject(SOURCE_BUCKET, KEY, etag), len(data), uploaded_at)

    return put_source


@pytest.fixture
def done(put_source: Callable[..., ImageRecord], catalog: Catalog) -> ImageRecord:
    record = put_source()
    catalog.start_source(record)
    assert catalog.complete("alice", record.id, completion())
    found = catalog.get("alice", record.id)
    assert found is not None
    return found


def message(record: ImageRecord, time: str) -> dict[str, Any]:
    assert record.source is not None
    source = {
        "owner": "alice",
        "bucket": SOURCE_BUCKET,
        "key": KEY,
        "size": record.size,
        "etag": record.source.etag,
        "time": time,
    }
    return {"requestPayload": {"sourceObject": source}}


def test_the_link_to_the_original_is_one_to_the_source_object(get, done) -> None:
    body = get(done.id)["body"]
    address = urlsplit(body["links"]["original"])
    assert (address.netloc, unquote(address.path)) == ("archive.s3.us-east-1.amazonaws.com", f"/{KEY}")
    assert "R%C3%A4uber" in unquote(address.query)
    assert urlsplit(body["links"]["preview"]).path == f"/uploads/alice/{done.id}.preview.webp"
    assert urlsplit(body["links"]["preview"]).netloc.startswith(OUTPUT_BUCKET)


def test_a_failed_image_shows_why_and_its_original(get, put_source, catalog) -> None:
    record = put_source()
    catalog.start_source(record)
    catalog.fail("alice", record.id, FAILURE)
    body = get(record.id)["body"]
    assert (body["image"]["status"], [*body["links"]]) == ("failed", ["original"])


def test_is_recognized_again(retry, done, catalog, read_messages, storage) -> None:
    assert retry(done.id)["statusCode"] == 202
    modified_at = storage.head(SOURCE_BUCKET, KEY).modified_at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    assert read_messages() == [message(done, modified_at)]
    record = catalog.get("alice", done.id)
    assert (record.status, record.queued_until) == ("pending", int(NOW.timestamp()) + QUEUED_SECONDS)


def test_an_overwritten_object_is_recognized_again_as_it_is_now(
    retry, done, put_source, catalog, read_messages
) -> None:
    newer = put_source(b"another image")
    assert retry(done.id)["statusCode"] == 202
    assert catalog.get("alice", done.id).source == newer.source
    (found,) = read_messages()
    assert found["requestPayload"]["sourceObject"]["etag"] == newer.source.etag
    assert catalog.acquire_lease("alice", done.id, "me", 60).is_replaced


def test_one_that_expires_meanwhile_is_not_started_again(
    retry, done, put_source, storage, catalog, table, read_messages, monkeypatch
) -> None:
    put_source(b"another image")
    head = storage.head

    def delete_record(bucket: str, key: str) -> Any:
        table.delete_item(Key=record_key("alice", done.id))
        return head(bucket, key)

    monkeypatch.setattr(storage, "head", delete_record)
    assert retry(done.id)["statusCode"] == 404
    assert (catalog.get("alice", done.id), read_messages()) == (None, [])


def test_a_deleted_object_is_not_recognized_again(retry, done, storage, catalog, read_messages) -> None:
    storage.delete(SOURCE_BUCKET, KEY)
    problem = problem_body(409, "Conflict", "not-retryable", MESSAGES["gone"])
    assert retry(done.id)["body"] == problem
    assert (catalog.get("alice", done.id), read_messages()) == (done, [])


def test_nor_is_a_forbidden_one(retry, done, storage, catalog, read_messages) -> None:
    def refuse(bucket: str, key: str) -> None:
        raise ObjectForbidden(key)

    storage.head = refuse
    problem = problem_body(409, "Conflict", "not-retryable", MESSAGES["not-permitted"])
    assert retry(done.id)["body"] == problem
    assert (catalog.get("alice", done.id), read_messages()) == (done, [])


def test_is_recovered_when_it_is_asked_for_whether_or_not_its_object_is_there(
    get, put_source, storage, catalog, read_messages
) -> None:
    record = put_source(uploaded_at=NOW - timedelta(minutes=5))
    catalog.start_source(record)
    storage.delete(SOURCE_BUCKET, KEY)
    for _ in range(2):
        assert get(record.id)["body"]["image"]["status"] == "pending"
    assert read_messages() == [message(record, NOW_TEXT.replace("15:00", "14:55"))]


def test_is_deleted_without_its_object(delete, get, done, object_keys) -> None:
    assert delete(done.id)["statusCode"] == 204
    assert get(done.id)["statusCode"] == 404
    assert object_keys(SOURCE_BUCKET) == [KEY]


def test_is_retried_in_a_batch(send, done, read_messages) -> None:
    (result,) = send("POST /images/batch", body={"ids": [done.id], "action": "retry"})["body"]["results"]
    assert (result["status"], result["image"]["status"], len(read_messages())) == (202, "pending", 1)


def test_an_unavailable_image_is_retried(retry, done, catalog, read_messages) -> None:
    newer = replace(done, source=replace(done.source, etag="ab" * 16))
    catalog.start_source(newer)
    catalog.fail("alice", done.id, replace(FAILURE, reason=replace(FAILURE.reason, code="unavailable")))
    assert retry(done.id)["statusCode"] == 202
    assert len(read_messages()) == 1
    assert catalog.get("alice", done.id).status == "pending"
