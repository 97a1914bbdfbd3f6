from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from catalog.quotas import UploadLimits
from catalog.records import ImageRecord
from tests.unit.support import IMAGE_ID, INPUT_BUCKET, NOW, NOW_TEXT, OTHER_ID, OUTPUT_BUCKET, problem_body

NO_CONTENT = {"statusCode": 204, "headers": {"cache-control": "no-store"}}
NOT_FOUND = problem_body(
    404, "Not Found", "not-found", "This picture doesn't exist. It may have been deleted."
)


def objects(owner: str, image_id: str) -> set[str]:
    key = f"uploads/{owner}/{image_id}"
    return {key, f"{key}.json", f"{key}.preview.webp", f"{key}.thumb.webp"}


def items(owner: str, image_id: str, *labels: str) -> set[str]:
    terms = ("name:kätzchen.jpg", *(f"label:{label}" for label in labels))
    lists = (f"OWNER#{owner}#{name}" for name in ("IMAGES", "TAKEN", *(f"TERM#{term}" for term in terms)))
    return {f"OWNER#{owner} IMAGE#{image_id}", *(f"{each} {NOW_TEXT}#{image_id}" for each in lists)}


@pytest.fixture
def remaining(object_keys: Callable[[str], list[str]], table: Any) -> Callable[[], set[str]]:
    """Return the keys of all objects and items, except what has changed."""

    def remaining() -> set[str]:
        keys = {f"{item['pk']} {item['sk']}" for item in table.scan()["Items"]}
        log = {key for key in keys if "#LOG " in key}
        return {*object_keys(INPUT_BUCKET), *object_keys(OUTPUT_BUCKET), *(keys - log)}

    return remaining


def test_deletes_everything_about_an_image(delete, store, remaining, get, get_page, send) -> None:
    store(IMAGE_ID, "Cat", "Animal")
    assert remaining() == objects("alice", IMAGE_ID) | items("alice", IMAGE_ID, "animal", "cat")
    assert delete(IMAGE_ID) == NO_CONTENT
    assert remaining() == set()
    assert get(IMAGE_ID)["statusCode"] == 404
    assert get_page() == get_page(label="cat") == {"images": [], "cursor": None}
    assert send("GET /labels")["body"]["labels"] == []
    repeated = delete(IMAGE_ID)
    assert (repeated["statusCode"], repeated["body"]) == (404, NOT_FOUND)


def test_keeps_other_images(delete, store, get_page, remaining) -> None:
    store(IMAGE_ID, "Cat")
    store(OTHER_ID, "Cat")
    store(IMAGE_ID, "Cat", owner="bob")
    delete(IMAGE_ID)
    assert [image["id"] for image in get_page(label="cat")["images"]] == [OTHER_ID]
    assert remaining() == {
        *objects("alice", OTHER_ID),
        *items("alice", OTHER_ID, "cat"),
        *objects("bob", IMAGE_ID),
        *items("bob", IMAGE_ID, "cat"),
    }


def test_deletes_an_image_that_was_never_uploaded(delete, start, remaining) -> None:
    start(IMAGE_ID)
    assert delete(IMAGE_ID) == NO_CONTENT
    assert remaining() == set()


@pytest.mark.parametrize("image_id", [OTHER_ID, "AB" * 32, "", "1", "../x", "é", "\ud800", f"{IMAGE_ID}\n"])
def test_an_unknown_or_invalid_id_is_not_found(delete, store, remaining, image_id: str) -> None:
    store(IMAGE_ID)
    before = remaining()
    response = delete(image_id)
    assert (response["statusCode"], response["body"]) == (404, NOT_FOUND)
    assert remaining() == before


def test_an_interrupted_deletion_hides_the_image_and_can_be_resumed(
    delete, store, remaining, get, get_page, storage
) -> None:
    store(IMAGE_ID, "Cat")

    def fail(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="https://s3.example.com")

    events = storage._client.meta.events
    events.register("before-call.s3.DeleteObject", fail)
    try:
        assert delete(IMAGE_ID)["statusCode"] == 500
    finally:
        events.unregister("before-call.s3.DeleteObject", fail)
    record, listed = f"OWNER#alice IMAGE#{IMAGE_ID}", f"OWNER#alice#IMAGES {NOW_TEXT}#{IMAGE_ID}"
    assert remaining() == objects("alice", IMAGE_ID) | {record, listed}
    assert get(IMAGE_ID)["statusCode"] == 404
    assert get_page()["images"] == get_page(label="cat")["images"] == []
    assert delete(IMAGE_ID) == NO_CONTENT
    assert remaining() == set()


def test_deleting_an_image_that_was_not_received_gives_its_upload_back(delete, catalog, remaining) -> None:
    for image_id in (IMAGE_ID, OTHER_ID):
        record = ImageRecord("alice", image_id, "pending", "cat.jpg", "image/jpeg", 1000, NOW)
        catalog.start(record, UploadLimits(day=100, month=1000))
    catalog.acquire_lease("alice", OTHER_ID, "processor", 60)
    assert delete(IMAGE_ID) == delete(OTHER_ID) == NO_CONTENT
    assert catalog.upload_counts("alice").day == 1
    assert remaining() == {"OWNER#alice QUOTA"}
