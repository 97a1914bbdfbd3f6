"""POST /images/batch with the action get: the images of many ids, read at once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from retries.queue import QUEUED_SECONDS
from tests.unit.support import IMAGE_ID, NOW, OTHER_ID, interrupted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

THIRD_ID, MISSING_ID = "ef" * 32, "01" * 32
NOT_FOUND = {
    "status": 404,
    "code": "not-found",
    "detail": "This picture doesn't exist. It may have been deleted.",
}


@pytest.fixture
def get_many(send: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Get images. Return the response."""
    return lambda *ids, owner="alice": send(
        "POST /images/batch", owner=owner, body={"action": "get", "ids": ids}
    )


@pytest.fixture
def requests(table: Any) -> Iterator[list[str]]:
    """The names of the requests to the table."""
    names: list[str] = []

    def note(model: Any, **_: Any) -> None:
        names.append(model.name)

    table.meta.client.meta.events.register("before-call.dynamodb", note)
    yield names
    table.meta.client.meta.events.unregister("before-call.dynamodb", note)


def test_returns_the_images_of_lists_in_the_order_of_the_ids(
    get_many, get_page, store, start, fail, requests
) -> None:
    store(IMAGE_ID, "Cat")
    fail(OTHER_ID)
    start(THIRD_ID)
    listed = {image["id"]: image for image in get_page()["images"]}
    requests.clear()
    response = get_many(THIRD_ID, MISSING_ID, IMAGE_ID, OTHER_ID, IMAGE_ID)
    assert requests == ["BatchGetItem"]
    assert response == {
        "statusCode": 200,
        "headers": {
            "content-type": "application/json",
            "cache-control": "no-store",
            "retry-after": "1",  # because one is pending
        },
        "body": {
            "results": [
                {"id": THIRD_ID, "status": 200, "image": listed[THIRD_ID]},
                {"id": MISSING_ID, **NOT_FOUND},
                {"id": IMAGE_ID, "status": 200, "image": listed[IMAGE_ID]},
                {"id": OTHER_ID, "status": 200, "image": listed[OTHER_ID]},
            ]
        },
        "isBase64Encoded": False,
    }
    assert listed[IMAGE_ID]["thumbnailUrl"]


def test_there_is_nothing_to_wait_for_without_a_pending_image(get_many, store) -> None:
    store(IMAGE_ID)
    for ids in ((IMAGE_ID, MISSING_ID), (MISSING_ID,)):
        assert "retry-after" not in get_many(*ids)["headers"]


def test_only_get_says_when_to_ask_again(send, start) -> None:
    start(IMAGE_ID)
    tagged = send("POST /images/batch", body={"action": "tag", "ids": [IMAGE_ID], "tags": ["x"]})
    assert tagged["body"]["results"][0]["image"]["status"] == "pending"
    assert "retry-after" not in tagged["headers"]


def test_reads_100_images_at_once(get_many, start, requests) -> None:
    ids = [f"{number:064x}" for number in range(100)]
    for image_id in ids[::2]:
        start(image_id)
    requests.clear()
    results = get_many(*ids)["body"]["results"]
    assert requests == ["BatchGetItem"]
    assert [(result["id"], result["status"]) for result in results] == [
        (image_id, 404 if number % 2 else 200) for number, image_id in enumerate(ids)
    ]


def test_recovers_a_pending_image_as_a_request_for_it_does(
    get_many, start, put_object, catalog, read_messages
) -> None:
    start(IMAGE_ID, minutes=-5)
    put_object(NOW - timedelta(minutes=4))
    start(OTHER_ID)  # too young
    for _ in range(2):
        response = get_many(IMAGE_ID, OTHER_ID)
        images = [result["image"] for result in response["body"]["results"]]
        assert [image["status"] for image in images] == ["pending", "pending"]
        assert [image.get("received") for image in images] == [True, None]
    assert len(read_messages()) == 1
    assert catalog.get("alice", IMAGE_ID).queued_until == int(NOW.timestamp()) + QUEUED_SECONDS


def test_an_image_that_cannot_be_recovered_does_not_hide_the_others(get_many, start, store, storage) -> None:
    start(IMAGE_ID, minutes=-5)
    store(OTHER_ID)
    with interrupted(storage._client, "s3", "HeadObject"):
        first, second = get_many(IMAGE_ID, OTHER_ID)["body"]["results"]
    assert (first["status"], first["code"]) == (500, "internal-error")
    assert (second["status"], second["image"]["status"]) == (200, "done")
