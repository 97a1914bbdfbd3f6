from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import boto3
from moto.s3.models import s3_backends

from catalog.catalog import Catalog
from catalog.records import ImageRecord

if TYPE_CHECKING:
    from collections.abc import Callable

ID = "ab" * 32
KEY = f"uploads/alice/{ID}"
ASKED = {"fileName": "cat.jpg", "contentType": "image/jpeg", "size": 1000, "sha256": ID}
NOW = datetime(2026, 11, 22, 15, 0, 0, 123000, UTC)
PENDING = {
    "id": ID,
    "status": "pending",
    "fileName": "cat.jpg",
    "contentType": "image/jpeg",
    "size": 1000,
    "width": None,
    "height": None,
    "uploadedAt": "2026-11-22T15:00:00.123Z",
    "processedAt": None,
    "labels": [],
}
DONE = {
    **PENDING,
    "status": "done",
    "width": 451,
    "height": 300,
    "processedAt": "2026-11-22T15:00:00.123Z",
    "labels": [{"name": "Cat", "confidence": 98.5}],
}
UPLOAD_HEADERS = {
    "Content-Type": "image/jpeg",
    "If-None-Match": "*",
    "x-amz-checksum-sha256": "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=",
}


def put_object(at: datetime = NOW - timedelta(seconds=1)) -> None:
    boto3.client("s3").put_object(Bucket="stack-input", Key=KEY, Body=b"x")
    # S3's own clock cannot be set; moto's memory of it can
    stored = s3_backends["123456789012"]["aws"].get_object("stack-input", KEY)
    stored.last_modified = at.replace(tzinfo=None)


def keys_in_input() -> list[str]:
    return [
        item["Key"] for item in boto3.client("s3").list_objects_v2(Bucket="stack-input").get("Contents", [])
    ]


def test_a_new_picture_may_be_uploaded(post, catalog) -> None:
    status, body = post()
    assert status == 201
    url, expires_at = body["upload"].pop("url"), body["upload"].pop("expiresAt")
    assert body == {"image": PENDING, "upload": {"method": "PUT", "headers": UPLOAD_HEADERS}}
    assert url.startswith(f"https://stack-input.s3.us-east-1.amazonaws.com/{KEY}?")
    assert parse_qs(urlsplit(url).query)["X-Amz-Expires"] == ["300"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", expires_at)
    assert catalog.get("alice", ID).status == "pending"


def test_a_record_of_an_upload_that_never_comes_expires_in_a_day(post, aws) -> None:
    post()
    items = boto3.resource("dynamodb").Table("catalog").scan()["Items"]
    assert [(item["pk"], item["expiresAt"]) for item in items] == [
        ("OWNER#alice", int(NOW.timestamp()) + 86400),
        ("OWNER#alice#IMAGES", int(NOW.timestamp()) + 86400),
    ]


def test_asking_twice_gives_two_permissions_for_one_record(post, aws) -> None:
    assert [post()[0], post()[0]] == [201, 201]
    assert (
        boto3.client("dynamodb").scan(TableName="catalog")["Count"] == 2
    )  # itself, and its place in the list


def test_a_pending_picture_that_is_already_there_is_left_there(post) -> None:
    post()
    put_object()
    status, body = post()
    assert (status, body["image"]) == (201, PENDING)
    assert keys_in_input() == [KEY]


def test_a_picture_being_worked_on_is_not_started_over(post, catalog) -> None:
    post()
    catalog.claim("alice", ID, "processor", 60)
    status, body = post({**ASKED, "fileName": "same-cat.jpg"})
    assert (status, body["image"]) == (201, PENDING)


def test_a_known_picture_is_answered_without_an_upload(post, catalog, complete) -> None:
    post()
    complete(catalog)
    put_object()
    assert post({**ASKED, "sha256": ID.upper(), "fileName": "again.jpg"}) == (200, {"image": DONE})
    assert keys_in_input() == [KEY]


def test_a_failed_picture_makes_room_and_starts_anew(post, catalog, fail) -> None:
    post()
    put_object()
    fail(catalog)
    status, body = post()
    assert (status, body["image"]) == (201, PENDING)
    assert keys_in_input() == []
    assert catalog.get("alice", ID).status == "pending"


def test_a_picture_that_is_being_deleted_is_to_be_sent_again_in_a_moment(post, catalog) -> None:
    post()
    catalog.begin_deletion("alice", ID)
    assert post() == (
        500,
        {
            "type": "about:blank",
            "title": "Internal Server Error",
            "status": 500,
            "detail": "The same picture is being deleted. Please try again in a moment.",
            "code": "internal-error",
        },
    )
    assert catalog.get("alice", ID) is None


def test_a_picture_that_was_deleted_may_be_uploaded_again(post, catalog, complete) -> None:
    post()
    complete(catalog)
    catalog.end_deletion(catalog.begin_deletion("alice", ID))
    status, body = post()
    assert (status, body["image"]) == (201, PENDING)


def test_what_lies_at_the_key_without_a_record_makes_room(post) -> None:
    put_object(NOW - timedelta(minutes=11))
    assert post()[0] == 201
    assert keys_in_input() == []


def test_what_came_late_for_a_picture_that_was_deleted_makes_room(post, catalog) -> None:
    """Its event found no record; if it stayed, the next upload would wait for an event that never comes."""
    post()
    catalog.end_deletion(catalog.begin_deletion("alice", ID))
    put_object(NOW - timedelta(seconds=6))
    assert post()[0] == 201
    assert keys_in_input() == []


def test_what_another_request_put_just_now_stays(post) -> None:
    put_object(NOW - timedelta(seconds=4))
    assert post()[0] == 201
    assert keys_in_input() == [KEY]


def test_what_another_request_put_since_this_one_began_stays(post, service) -> None:
    """However long this one has waited for the catalog."""
    times = iter([NOW, NOW + timedelta(seconds=20)])
    put_object(NOW + timedelta(seconds=10))
    assert post(service=replace(service, clock=lambda: next(times)))[0] == 201
    assert keys_in_input() == [KEY]


def test_what_another_request_put_after_the_failure_stays(post, catalog, fail) -> None:
    post()
    fail(catalog)
    put_object(NOW + timedelta(seconds=1))
    assert post()[0] == 201
    assert keys_in_input() == [KEY]


class Overtaken(Catalog):
    """A catalog in which the processor finishes just after a record was read."""

    def __init__(self, finish: Callable[[Catalog], None]) -> None:
        super().__init__(boto3.resource("dynamodb").Table("catalog"), clock=lambda: NOW)
        self._finish = finish

    def get(self, owner: str, image_id: str) -> ImageRecord | None:
        record = super().get(owner, image_id)
        self._finish(self)
        return record


def test_a_picture_that_is_done_in_the_meantime_is_answered_as_done(post, catalog, service, complete) -> None:
    post()
    put_object()
    overtaken = replace(service, catalog=Overtaken(complete))
    assert post(service=overtaken) == (200, {"image": DONE})
    assert keys_in_input() == [KEY]
    assert catalog.get("alice", ID).status == "done"


def test_a_picture_that_fails_in_the_meantime_makes_room(post, catalog, service, fail) -> None:
    post()
    put_object()
    overtaken = replace(service, catalog=Overtaken(fail))
    status, body = post(service=overtaken)
    assert (status, body["image"]) == (201, PENDING)
    assert keys_in_input() == []
    assert catalog.get("alice", ID).status == "pending"
