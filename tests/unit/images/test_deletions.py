from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError

ID, OTHER = "ab" * 32, "cd" * 32
NO_CONTENT = {"statusCode": 204, "headers": {"cache-control": "no-store"}}
NOT_FOUND = {
    "type": "about:blank",
    "title": "Not Found",
    "status": 404,
    "detail": "There is no such picture. It may have been deleted, or never been uploaded.",
    "code": "not-found",
}


@pytest.fixture
def left(aws) -> Callable[[], list[str]]:
    """What is left in the buckets and the table, but for spent counts and the month's totals."""

    def left() -> list[str]:
        client = boto3.client("s3")
        objects = [
            found["Key"]
            for bucket in ("stack-input", "stack-output")
            for found in client.list_objects_v2(Bucket=bucket).get("Contents", [])
        ]
        items = [
            f"{item['pk']} {item['sk']}"
            for item in boto3.resource("dynamodb").Table("catalog").scan()["Items"]
        ]
        return objects + [key for key in items if "#LABELS " not in key and "MONTH#" not in key]

    return left


def test_everything_about_a_deleted_image_is_gone(delete, keep, left, get, page, ask) -> None:
    keep(ID, "Cat", "Animal")
    assert len(left()) == 7
    assert delete(ID) == NO_CONTENT
    assert left() == []
    assert get(ID)["statusCode"] == 404
    assert page() == page(label="cat") == {"images": [], "cursor": None}
    assert ask("GET /labels")["body"]["labels"] == []
    again = delete(ID)
    assert (again["statusCode"], again["body"]) == (404, NOT_FOUND)


def test_the_others_stay(delete, keep, page, left) -> None:
    keep(ID, "Cat")
    keep(OTHER, "Cat")
    keep(ID, "Cat", owner="bob")
    delete(ID)
    assert [image["id"] for image in page(label="cat")["images"]] == [OTHER]
    assert len(left()) == 12


def test_an_image_that_was_never_uploaded_can_be_deleted(delete, start, left) -> None:
    start(ID)
    assert delete(ID) == NO_CONTENT
    assert left() == []


@pytest.mark.parametrize("image_id", [OTHER, "AB" * 32, "", "1", "../x", "é", "\ud800", f"{ID}\n"])
def test_an_unknown_id_and_what_is_no_id_are_not_found(delete, keep, left, image_id: str) -> None:
    keep(ID)
    before = left()
    answer = delete(image_id)
    assert (answer["statusCode"], answer["body"]) == (404, NOT_FOUND)
    assert left() == before


def test_a_deletion_that_was_cut_off_at_the_objects_is_hidden_and_can_be_finished(
    delete, keep, left, get, page, service
) -> None:
    keep(ID, "Cat")

    def fail(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="https://s3.example.com")

    events = service.storage._client.meta.events
    events.register("before-call.s3.DeleteObject", fail)
    assert delete(ID)["statusCode"] == 500
    assert len(left()) == 5
    assert get(ID)["statusCode"] == 404
    assert page()["images"] == page(label="cat")["images"] == []
    events.unregister("before-call.s3.DeleteObject", fail)
    assert delete(ID) == NO_CONTENT
    assert left() == []
