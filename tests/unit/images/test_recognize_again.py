"""POST /images/{id}/retry of an image that is done."""

from __future__ import annotations

import pytest

from catalog.usage import StackUsage
from common.rejections import MESSAGES
from common.time import format_rfc3339
from retries.queue import QUEUED_SECONDS
from tests.unit.images.test_retry import HEADERS
from tests.unit.support import (
    DONE_BODY,
    FAILURE,
    IMAGE_ID,
    INPUT_BUCKET,
    NOW,
    OUTPUT_BUCKET,
    UPLOAD_KEY,
    completion,
    interrupted,
    problem_body,
)

DONE = {**DONE_BODY, "fileName": "Kätzchen.jpg", "revision": 1}
REOPENED = {**DONE, "status": "pending", "received": True, "revision": 2}
ACCEPTED = {
    "statusCode": 202,
    "headers": {**HEADERS, "retry-after": "1"},
    "body": {"image": REOPENED},
    "isBase64Encoded": False,
}
QUEUED_UNTIL = int(NOW.timestamp()) + QUEUED_SECONDS


def test_a_done_image_is_recognized_again(retry, store, storage, read_messages, catalog) -> None:
    store(IMAGE_ID, "Cat")
    assert retry() == ACCEPTED
    assert catalog.get("alice", IMAGE_ID).queued_until == QUEUED_UNTIL
    (message,) = read_messages()
    (record,) = message["requestPayload"]["Records"]
    modified_at = storage.head(INPUT_BUCKET, UPLOAD_KEY).modified_at
    assert (record["s3"]["object"]["key"], record["eventTime"]) == (UPLOAD_KEY, format_rfc3339(modified_at))
    assert retry() == ACCEPTED
    assert read_messages() == [message]


def test_the_earlier_result_is_shown_meanwhile(retry, get, get_page, store) -> None:
    store(IMAGE_ID, "Cat")
    before, (listed,) = get(IMAGE_ID), get_page()["images"]
    retry()
    assert get(IMAGE_ID) == {
        **before,
        "headers": {**HEADERS, "etag": '"2"', "retry-after": "1"},
        "body": {**before["body"], "image": REOPENED},
    }
    assert get_page()["images"] == get_page(label="cat")["images"] == [{**listed, **REOPENED}]


@pytest.mark.parametrize("finish", ["complete", "fail"])
def test_it_is_done_afterward(retry, get, store, catalog, finish: str) -> None:
    store(IMAGE_ID, "Cat")
    retry()
    catalog.acquire_lease("alice", IMAGE_ID, "processor", 60)
    if finish == "complete":
        assert catalog.complete("alice", IMAGE_ID, completion("Dog"), "processor")
    else:
        assert catalog.fail("alice", IMAGE_ID, FAILURE, "processor")
    labels = {"complete": [{"name": "Dog", "confidence": 98.5}], "fail": DONE["labels"]}
    assert get(IMAGE_ID)["body"]["image"] == {**DONE, "labels": labels[finish], "revision": 3}


def test_it_is_refused_above_the_ceiling(retry, store, read_messages, catalog) -> None:
    store(IMAGE_ID, "Cat")
    catalog.add_usage(StackUsage({"image": 100_000}, 100_000))
    assert retry()["body"]["code"] == "ceiling-reached"
    assert read_messages() == []
    assert catalog.get("alice", IMAGE_ID).status == "done"


def test_it_does_not_count_toward_the_quota(retry, store, catalog) -> None:
    store(IMAGE_ID, "Cat")
    before = catalog.upload_counts("alice")
    retry()
    assert catalog.upload_counts("alice") == before


def test_a_done_image_without_its_file_is_not_retryable(
    retry, store, storage, read_messages, catalog
) -> None:
    store(IMAGE_ID, "Cat")
    storage.delete(INPUT_BUCKET, UPLOAD_KEY)
    response = retry()
    assert (response["statusCode"], response["body"]) == (
        409,
        problem_body(409, "Conflict", "not-retryable", MESSAGES["gone"]),
    )
    assert catalog.get("alice", IMAGE_ID).status == "done"
    assert read_messages() == []


def test_another_owner_cannot_retry_it(retry, store, read_messages, catalog) -> None:
    store(IMAGE_ID, "Cat")
    assert retry(owner="bob")["statusCode"] == 404
    assert catalog.get("alice", IMAGE_ID).status == "done"
    assert read_messages() == []


def test_without_its_message_it_is_recovered_when_somebody_asks(
    retry, get, store, sqs, read_messages, catalog
) -> None:
    store(IMAGE_ID, "Cat", minutes=-10)
    with interrupted(sqs, "sqs", "SendMessage"):
        assert retry()["statusCode"] == 500
    assert catalog.get("alice", IMAGE_ID).status == "pending"
    assert read_messages() == []
    body = get(IMAGE_ID)["body"]
    assert (body["image"]["status"], body["result"]) == ("pending", {"SchemaVersion": 1})
    assert len(read_messages()) == 1
    assert catalog.get("alice", IMAGE_ID).queued_until == QUEUED_UNTIL


def test_a_retry_that_changes_nothing_sends_nothing(retry, store, table, read_messages, catalog) -> None:
    store(IMAGE_ID, "Cat")
    with interrupted(table.meta.client, "dynamodb", "TransactWriteItems"):
        assert retry()["statusCode"] == 500
    assert read_messages() == []
    assert catalog.get("alice", IMAGE_ID).status == "done"


def test_an_image_that_was_recognized_again_meanwhile_is_returned(
    retry, store, catalog, monkeypatch, read_messages
) -> None:
    store(IMAGE_ID, "Cat")
    reopen = catalog.reopen

    def reopen_later(record):
        reopen(record)
        assert catalog.complete("alice", IMAGE_ID, completion("Dog"))
        return catalog.get("alice", IMAGE_ID)

    monkeypatch.setattr(catalog, "reopen", reopen_later)
    response = retry()
    assert (response["statusCode"], response["body"]["image"]["status"]) == (200, "done")
    assert read_messages() == []


def test_it_is_deleted_meanwhile(retry, delete, get, store, object_keys) -> None:
    store(IMAGE_ID, "Cat")
    retry()
    assert delete(IMAGE_ID)["statusCode"] == 204
    assert get(IMAGE_ID)["statusCode"] == 404
    assert object_keys(INPUT_BUCKET) + object_keys(OUTPUT_BUCKET) == []
