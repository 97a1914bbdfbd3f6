"""POST /images/{id}/retry, and the message that it sends to the retry queue."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from botocore.stub import Stubber

from catalog.usage import StackUsage
from common.object_keys import UploadKey
from common.rejections import MESSAGES
from common.time import format_rfc3339
from processor.events import Message, ObjectCreated, parse_messages, parse_records
from retries.queue import QUEUED_SECONDS
from tests.unit.support import (
    IMAGE_ID,
    INPUT_BUCKET,
    NOW,
    OTHER_ID,
    PENDING_BODY,
    UPLOAD_KEY,
    interrupted,
    problem_body,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from common.storage import Storage

HEADERS = {"content-type": "application/json", "cache-control": "no-store"}
PENDING = {**PENDING_BODY, "fileName": "Kätzchen.jpg"}
ACCEPTED = {
    "statusCode": 202,
    "headers": {**HEADERS, "retry-after": "1"},
    "body": {"image": {**PENDING, "received": True, "revision": 2}},
    "isBase64Encoded": False,
}


@pytest.fixture
def modified_at(storage: Storage) -> Callable[[], datetime]:
    """Return the time of the image's file, which is older than any upload of it that starts meanwhile."""
    return lambda: storage.head(INPUT_BUCKET, UPLOAD_KEY).modified_at


def test_does_not_retry_above_the_ceiling(retry, fail_with, read_messages, catalog) -> None:
    fail_with("unavailable")
    catalog.add_usage(StackUsage({"image": 100_000}, 100_000))
    response = retry()
    assert response["headers"]["retry-after"] == str(8 * 86400 + 9 * 3600)
    assert response["body"] == problem_body(
        429,
        "Too Many Requests",
        "ceiling-reached",
        "The cost of recognition has reached its limit for this month. "
        "Try again after 00:00 UTC on December 1.",
    )
    assert read_messages() == []
    assert catalog.get("alice", IMAGE_ID).status == "failed"


def test_retries_an_unavailable_image(
    retry, fail_with, read_messages, catalog, get_page, modified_at
) -> None:
    fail_with("unavailable")
    assert retry() == ACCEPTED
    record = catalog.get("alice", IMAGE_ID)
    assert (record.reason, record.queued_until) == (None, int(NOW.timestamp()) + QUEUED_SECONDS)
    assert [image["status"] for image in get_page()["images"]] == ["pending"]
    assert read_messages() == [
        {
            "requestPayload": {
                "Records": [
                    {
                        "eventVersion": "2.1",
                        "eventSource": "aws:s3",
                        "eventTime": format_rfc3339(modified_at()),
                        "eventName": "ObjectCreated:Put",
                        "s3": {"bucket": {"name": INPUT_BUCKET}, "object": {"key": UPLOAD_KEY}},
                    }
                ]
            }
        }
    ]


def test_the_processor_reads_the_message(retry, fail_with, read_messages, modified_at) -> None:
    fail_with("unavailable")
    retry()
    (body,) = read_messages()
    record = {
        "messageId": "m0",
        "eventSource": "aws:sqs",
        "attributes": {"ApproximateReceiveCount": "1"},
        "body": json.dumps(body),
    }
    (message,) = parse_messages({"Records": [record]})
    assert message == Message("m0", body["requestPayload"], is_last_receive=False)
    assert parse_records(body["requestPayload"], INPUT_BUCKET) == [
        ObjectCreated(INPUT_BUCKET, UPLOAD_KEY, modified_at(), UploadKey("alice", IMAGE_ID))
    ]


def test_a_repeated_request_sends_no_second_message(retry, fail_with, read_messages) -> None:
    fail_with("unavailable")
    assert retry() == retry() == ACCEPTED
    assert len(read_messages()) == 1


def test_a_pending_image_stays_pending(retry, start, read_messages) -> None:
    start(IMAGE_ID)
    assert retry() == {**ACCEPTED, "body": {"image": PENDING}}
    assert read_messages() == []


def test_another_failure_is_not_retryable(retry, fail_with, read_messages, catalog) -> None:
    fail_with("broken")
    response = retry()
    assert (response["statusCode"], response["body"]) == (
        409,
        problem_body(409, "Conflict", "not-retryable", "broken."),
    )
    assert catalog.get("alice", IMAGE_ID).status == "failed"
    assert read_messages() == []


def test_an_image_without_its_file_is_not_retryable(
    retry, fail_with, storage, read_messages, catalog
) -> None:
    fail_with("unavailable")
    storage.delete(INPUT_BUCKET, UPLOAD_KEY)
    response = retry()
    assert (response["statusCode"], response["body"]) == (
        409,
        problem_body(409, "Conflict", "not-retryable", MESSAGES["gone"]),
    )
    assert catalog.get("alice", IMAGE_ID).status == "failed"
    assert read_messages() == []


def test_a_forbidden_file_is_an_internal_error(retry, fail_with, storage, read_messages, catalog) -> None:
    fail_with("unavailable")
    with Stubber(storage._client) as stub:
        stub.add_client_error("head_object", service_error_code="403", http_status_code=403)
        response = retry()
    detail = "Something went wrong on our side. Try again in a moment."
    assert (response["statusCode"], response["body"]) == (
        500,
        problem_body(500, "Internal Server Error", "internal-error", detail),
    )
    assert catalog.get("alice", IMAGE_ID).status == "failed"
    assert read_messages() == []


@pytest.mark.parametrize(("image_id", "owner"), [(OTHER_ID, "alice"), (IMAGE_ID, "bob"), ("../x", "alice")])
def test_an_unknown_image_is_not_found(retry, fail_with, read_messages, image_id: str, owner: str) -> None:
    fail_with("unavailable")
    response = retry(image_id, owner)
    detail = "This picture doesn't exist. It may have been deleted."
    assert (response["statusCode"], response["body"]) == (
        404,
        problem_body(404, "Not Found", "not-found", detail),
    )
    assert read_messages() == []


def test_a_retry_interrupted_before_its_message_changes_nothing(
    retry, fail_with, sqs, read_messages, catalog
) -> None:
    fail_with("unavailable")
    with interrupted(sqs, "sqs", "SendMessage"):
        assert retry()["statusCode"] == 500
    assert catalog.get("alice", IMAGE_ID).status == "failed"
    assert retry() == ACCEPTED
    assert len(read_messages()) == 1


def test_a_retry_interrupted_after_its_message_can_be_repeated(
    retry, fail_with, table, read_messages, catalog
) -> None:
    """The message alone is enough as well: the processor reopens the image."""
    fail_with("unavailable")
    with interrupted(table.meta.client, "dynamodb", "TransactWriteItems"):
        assert retry()["statusCode"] == 500
    assert catalog.get("alice", IMAGE_ID).status == "failed"
    assert len(read_messages()) == 1
    assert retry() == ACCEPTED
    assert len(read_messages()) == 2
