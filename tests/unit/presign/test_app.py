from __future__ import annotations

import logging
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from botocore.stub import Stubber
from moto.s3.models import s3_backends

from pipeline.catalog import Catalog
from pipeline.records import ImageRecord

if TYPE_CHECKING:
    from collections.abc import Callable

ID = "ab" * 32
KEY = f"uploads/public/{ID}"
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
    assert catalog.get("public", ID).status == "pending"


def test_a_record_of_an_upload_that_never_comes_expires_in_a_day(post, aws) -> None:
    post()
    (item,) = boto3.resource("dynamodb").Table("catalog").scan()["Items"]
    assert item["expiresAt"] == int(NOW.timestamp()) + 86400


def test_asking_twice_gives_two_permissions_for_one_record(post, aws) -> None:
    assert [post()[0], post()[0]] == [201, 201]
    assert boto3.client("dynamodb").scan(TableName="catalog")["Count"] == 1


def test_a_pending_picture_that_is_already_there_is_left_there(post) -> None:
    post()
    put_object()
    status, body = post()
    assert (status, body["image"]) == (201, PENDING)
    assert keys_in_input() == [KEY]


def test_a_picture_being_worked_on_is_not_started_over(post, catalog) -> None:
    post()
    catalog.claim("public", ID, "processor", 60)
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
    assert catalog.get("public", ID).status == "pending"


def test_what_lies_at_the_key_without_a_record_makes_room(post) -> None:
    put_object(NOW - timedelta(minutes=11))
    assert post()[0] == 201
    assert keys_in_input() == []


def test_what_another_request_put_just_now_stays(post) -> None:
    put_object(NOW - timedelta(minutes=9))
    assert post()[0] == 201
    assert keys_in_input() == [KEY]


def test_what_another_request_put_after_the_failure_stays(post, catalog, fail) -> None:
    post()
    fail(catalog)
    put_object(NOW + timedelta(seconds=1))
    assert post()[0] == 201
    assert keys_in_input() == [KEY]


class Overtaken(Catalog):
    """A catalog in which the processor finishes just after a record was read."""

    def __init__(self, catalog: Catalog, finish: Callable[[Catalog], None]) -> None:
        super().__init__(catalog._table, catalog._clock)
        self._finish = finish

    def get(self, owner: str, image_id: str) -> ImageRecord | None:
        record = super().get(owner, image_id)
        self._finish(self)
        return record


def test_a_picture_that_is_done_in_the_meantime_is_answered_as_done(post, catalog, service, complete) -> None:
    post()
    put_object()
    overtaken = replace(service, catalog=Overtaken(catalog, complete))
    assert post(service=overtaken) == (200, {"image": DONE})
    assert keys_in_input() == [KEY]
    assert catalog.get("public", ID).status == "done"


def test_a_picture_that_fails_in_the_meantime_makes_room(post, catalog, service, fail) -> None:
    post()
    put_object()
    overtaken = replace(service, catalog=Overtaken(catalog, fail))
    status, body = post(service=overtaken)
    assert (status, body["image"]) == (201, PENDING)
    assert keys_in_input() == []
    assert catalog.get("public", ID).status == "pending"


@pytest.mark.parametrize(
    ("changes", "status", "title", "code", "detail"),
    [
        ({"size": 0}, 400, "Bad Request", "invalid-request", "The file is empty. Choose another file."),
        (
            {"size": 26_214_401},
            413,
            "Content Too Large",
            "too-large",
            "The file is too large. At most 25 MB are taken.",
        ),
        (
            {"contentType": "text/plain"},
            415,
            "Unsupported Media Type",
            "unsupported-type",
            'Files of the type "text/plain" are not taken. '
            "Choose a JPEG, PNG, WebP, HEIC, AVIF, GIF, TIFF or BMP picture.",
        ),
    ],
)
def test_a_bad_request_is_answered_in_words_and_leaves_nothing(
    post, aws, changes: dict[str, Any], status: int, title: str, code: str, detail: str
) -> None:
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, "code": code}
    assert post({**ASKED, **changes}) == (status, body)
    assert boto3.client("dynamodb").scan(TableName="catalog")["Count"] == 0


def test_a_table_that_does_not_answer_is_our_fault(post, service, caplog: pytest.LogCaptureFixture) -> None:
    with Stubber(service.catalog._table.meta.client) as stub:
        stub.add_client_error("get_item", service_error_code="ProvisionedThroughputExceededException")
        status, body = post()
    assert (status, body["code"]) == (500, "internal-error")
    assert "ProvisionedThroughputExceededException" in caplog.text


def test_the_log_says_which_image_it_is_about(post, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="presign"):
        post()
    (record,) = (record for record in caplog.records if record.name == "presign.uploads")
    assert (record.getMessage(), record.owner, record.imageId) == ("upload permitted", "public", ID)
