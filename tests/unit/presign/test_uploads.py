from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from retries.queue import QUEUED_SECONDS
from tests.unit.support import (
    DONE_BODY,
    FAILURE,
    IMAGE_ID,
    NOW,
    PENDING_BODY,
    UPLOAD_KEY,
    UPLOAD_REQUEST,
    completion,
    problem_body,
)

if TYPE_CHECKING:
    from catalog.catalog import Catalog

UPLOAD_HEADERS = {
    "Content-Type": "image/jpeg",
    "If-None-Match": "*",
    "x-amz-checksum-sha256": "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=",
    "Cache-Control": "private, no-cache",
    "Content-Disposition": "inline",
    "Content-Encoding": "identity",
}

STORED = (200, {"image": {**PENDING_BODY, "received": True}})


def event_of(message: Any) -> tuple[str, str]:
    """Return the key and the time of the event in a message."""
    (record,) = message["requestPayload"]["Records"]
    return record["s3"]["object"]["key"], record["eventTime"]


@pytest.fixture
def complete(catalog: Catalog) -> Callable[[], bool]:
    return lambda: catalog.complete("alice", IMAGE_ID, completion("Cat"))


@pytest.fixture
def fail(catalog: Catalog) -> Callable[[], bool]:
    return lambda: catalog.fail("alice", IMAGE_ID, FAILURE)


@pytest.fixture
def post_while(
    post: Callable[..., tuple[int, dict[str, Any]]], catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, dict[str, Any]]]:
    """Request an upload; another process finishes the image just after its record was read."""

    def post_while(finish: Callable[[], bool]) -> tuple[int, dict[str, Any]]:
        read = catalog.get

        def read_then_finish(*key: str) -> Any:
            record = read(*key)
            finish()
            return record

        with monkeypatch.context() as patch:
            patch.setattr(catalog, "get", read_then_finish)
            return post()

    return post_while


def test_presigns_the_upload_of_a_new_image(post, catalog) -> None:
    status, body = post()
    assert status == 201
    url, expires_at = body["upload"].pop("url"), body["upload"].pop("expiresAt")
    assert body == {"image": PENDING_BODY, "upload": {"method": "PUT", "headers": UPLOAD_HEADERS}}
    assert url.startswith(f"https://stack-input.s3.us-east-1.amazonaws.com/{UPLOAD_KEY}?")
    assert parse_qs(urlsplit(url).query)["X-Amz-Expires"] == ["300"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", expires_at)
    assert catalog.get("alice", IMAGE_ID).status == "pending"


def test_a_pending_record_expires_after_a_day(post, table) -> None:
    post()
    items = [item for item in table.scan()["Items"] if item["sk"] != "QUOTA"]
    assert [(item["pk"], item["expiresAt"]) for item in items] == [
        ("OWNER#alice", int(NOW.timestamp()) + 86400),
        ("OWNER#alice#IMAGES", 1804464000),  # midnight after the retention and 15 days
    ]


def test_a_repeated_request_presigns_again_for_the_same_record(post, table) -> None:
    assert [post()[0], post()[0]] == [201, 201]
    assert table.scan()["Count"] == 3  # the record, its list entry and the quota


def test_recovers_a_pending_image_whose_object_exists(
    post, put_object, object_exists, catalog, read_messages
) -> None:
    """Its event may be lost: a PUT would fail, and no other event would follow."""
    post()
    put_object(NOW - timedelta(seconds=30))
    assert post({**UPLOAD_REQUEST, "fileName": "again.jpg"}) == STORED
    assert object_exists()
    assert [event_of(message) for message in read_messages()] == [(UPLOAD_KEY, "2026-11-22T14:59:30.000Z")]
    assert catalog.get("alice", IMAGE_ID).queued_until == int(NOW.timestamp()) + QUEUED_SECONDS


def test_a_repeated_request_recovers_once(post, put_object, read_messages) -> None:
    post()
    put_object()
    assert [post() for _ in range(3)] == [STORED] * 3
    assert len(read_messages()) == 1


def test_does_not_recover_a_stored_image_that_is_being_processed(
    post, put_object, catalog, read_messages
) -> None:
    post()
    put_object()
    catalog.acquire_lease("alice", IMAGE_ID, "processor", 60)
    assert post() == STORED
    assert read_messages() == []


def test_recovers_an_image_whose_processor_was_killed(post, put_object, catalog, read_messages) -> None:
    post()
    put_object()
    catalog.acquire_lease("alice", IMAGE_ID, "processor", 0)  # has expired
    assert post() == STORED
    assert len(read_messages()) == 1


def test_does_not_restart_an_image_being_processed(post, catalog) -> None:
    post()
    catalog.acquire_lease("alice", IMAGE_ID, "processor", 60)
    status, body = post({**UPLOAD_REQUEST, "fileName": "same-cat.jpg"})
    assert (status, body["image"]) == (201, {**PENDING_BODY, "received": True})


def test_returns_a_done_image_without_an_upload(post, put_object, object_exists, complete) -> None:
    post()
    complete()
    put_object()
    request = {**UPLOAD_REQUEST, "sha256": IMAGE_ID.upper(), "fileName": "again.jpg"}
    assert post(request) == (200, {"image": DONE_BODY})
    assert object_exists()


def test_restarts_a_failed_image_with_the_object_it_has(
    post, put_object, object_exists, catalog, fail, read_messages
) -> None:
    post()
    put_object()
    fail()
    status, body = post()
    assert (status, body["image"]) == (200, {**STORED[1]["image"], "revision": 2})
    assert object_exists()
    assert catalog.get("alice", IMAGE_ID).reason is None
    assert len(read_messages()) == 1


def test_rejects_an_image_being_deleted(post, catalog) -> None:
    post()
    catalog.begin_deletion("alice", IMAGE_ID)
    detail = "The same picture is being deleted. Try again in a moment."
    assert post() == (500, problem_body(500, "Internal Server Error", "internal-error", detail))
    assert catalog.get("alice", IMAGE_ID) is None


def test_a_deleted_image_can_be_uploaded_again(post, complete, delete_image) -> None:
    post()
    complete()
    delete_image()
    status, body = post()
    assert (status, body["image"]) == (201, PENDING_BODY)


@pytest.mark.parametrize("age", [timedelta(minutes=11), timedelta(seconds=1), -timedelta(seconds=10)])
def test_starts_an_image_with_an_object_without_a_record(
    post, put_object, object_exists, catalog, read_messages, age: timedelta
) -> None:
    """The record has expired, or the object arrived after its image was deleted."""
    put_object(NOW - age)
    assert post() == STORED
    assert object_exists()
    assert catalog.get("alice", IMAGE_ID).status == "pending"
    assert len(read_messages()) == 1


def test_finds_an_object_that_arrives_during_the_request(
    post, put_object, catalog, read_messages, monkeypatch
) -> None:
    start = catalog.start

    def start_then_put(*arguments: Any, **options: Any) -> Any:
        started = start(*arguments, **options)
        put_object()
        return started

    with monkeypatch.context() as patch:
        patch.setattr(catalog, "start", start_then_put)
        assert post() == STORED
    assert len(read_messages()) == 1


def test_returns_an_image_that_is_completed_during_the_request(
    post, post_while, put_object, object_exists, catalog, complete
) -> None:
    post()
    put_object()
    assert post_while(complete) == (200, {"image": DONE_BODY})
    assert object_exists()
    assert catalog.get("alice", IMAGE_ID).status == "done"


def test_returns_an_image_that_fails_during_the_request(
    post, post_while, put_object, object_exists, catalog, fail
) -> None:
    """The page shows the reason, and asks again if the person does."""
    post()
    put_object()
    status, body = post_while(fail)
    assert (status, body["image"]["status"], body["image"]["reason"]["code"]) == (200, "failed", "broken")
    assert object_exists()
    status, body = post()
    assert (status, body["image"]["status"]) == (200, "pending")
