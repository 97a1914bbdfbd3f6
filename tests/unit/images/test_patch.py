"""PATCH /images/{id}, and the ETag of an image."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest

from catalog.records import OwnData
from images.routes import respond
from tests.unit.support import DONE_BODY, IMAGE_ID, NOW_TEXT, OTHER_ID, call, http_event, problem_body

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog.catalog import Catalog

DONE = {**DONE_BODY, "fileName": "Kätzchen.jpg"}
APPROVED = {"value": "approved", "by": "alice", "at": NOW_TEXT}
CHANGED = problem_body(
    412, "Precondition Failed", "changed", "The picture was changed meanwhile. Load it again."
)
NOT_FOUND = problem_body(
    404, "Not Found", "not-found", "This picture doesn't exist. It may have been deleted."
)


@pytest.fixture
def done(store: Callable[..., None], catalog: Catalog) -> int:
    """Create an image that is done, and return its revision."""
    store(IMAGE_ID, "Cat")
    record = catalog.get("alice", IMAGE_ID)
    assert record
    return record.revision


def test_returns_the_changed_image_and_its_etag(patch, get, done: int) -> None:
    response = patch({"tags": ["sale"], "favorite": True, "caption": "It sleeps.", "decision": "approved"})
    image = {
        **DONE,
        "tags": ["sale"],
        "favorite": True,
        "caption": "It sleeps.",
        "decision": APPROVED,
        "revision": done + 1,
    }
    assert response == {
        "statusCode": 200,
        "headers": {
            "content-type": "application/json",
            "cache-control": "no-store",
            "etag": f'"{done + 1}"',
        },
        "body": {"image": image},
        "isBase64Encoded": False,
    }
    viewed = get(IMAGE_ID)
    assert (viewed["headers"]["etag"], viewed["body"]["image"]) == (f'"{done + 1}"', image)


def test_each_change_has_a_revision_and_no_change_has_none(patch, done: int) -> None:
    bodies: list[Any] = [{"favorite": True}, {"favorite": True}, {}, {"favorite": None}, {"tags": []}]
    revisions = [patch(body)["body"]["image"]["revision"] for body in bodies]
    assert revisions == [done + 1, done + 1, done + 1, done + 2, done + 2]


def test_a_change_needs_the_current_revision_if_the_client_says_so(patch, done: int) -> None:
    assert patch({"caption": "one"}, f'"{done}"')["statusCode"] == 200
    refused = patch({"caption": "two"}, f'"{done}"')
    assert (refused["statusCode"], refused["body"]) == (412, CHANGED)
    assert patch({}, f'"{done}"')["statusCode"] == 412
    assert patch({"tags": ["a"]}, f'"{done}", "{done + 1}"')["body"]["image"]["caption"] == "one"
    assert patch({"tags": ["b"]}, "*")["statusCode"] == 200
    assert patch({"tags": ["c"]}, 'W/"3"')["body"] == CHANGED


def test_the_etag_of_get_is_one_for_patch(patch, get, done: int) -> None:
    etag = get(IMAGE_ID)["headers"]["etag"]
    changed = patch({"favorite": True}, etag)
    assert changed["statusCode"] == 200
    assert changed["headers"]["etag"] != etag
    assert patch({"favorite": False}, changed["headers"]["etag"])["statusCode"] == 200


@pytest.mark.parametrize("state", ["start", "fail"])
def test_an_image_that_is_not_done_can_be_changed(request, patch, get, state: str) -> None:
    request.getfixturevalue(state)(IMAGE_ID)
    changed = patch({"tags": ["later"]})
    assert (changed["statusCode"], changed["body"]["image"]["tags"]) == (200, ["later"])
    assert get(IMAGE_ID)["body"]["image"] == changed["body"]["image"]


def test_accepts_the_media_type_of_a_merge_patch(service, done: int) -> None:
    """API Gateway encodes the body of a media type that it takes for binary."""
    event = http_event(
        "PATCH /images/{id}",
        headers={"content-type": "application/merge-patch+json"},
        body=base64.b64encode(b'{"favorite":true}').decode(),
        isBase64Encoded=True,
        pathParameters={"id": IMAGE_ID},
    )
    assert call(respond, event, service)["body"]["image"]["favorite"] is True


def test_the_reviewer_is_the_address_of_the_token(service, done: int) -> None:
    event = http_event("PATCH /images/{id}", body='{"decision":"hidden"}', pathParameters={"id": IMAGE_ID})
    event["requestContext"]["authorizer"]["jwt"]["claims"]["email"] = "ann@example.com"
    decision = call(respond, event, service)["body"]["image"]["decision"]
    assert decision == {"value": "hidden", "by": "ann@example.com", "at": NOW_TEXT}


@pytest.mark.parametrize(("image_id", "owner"), [(OTHER_ID, "alice"), (IMAGE_ID, "bob"), ("../x", "alice")])
def test_an_unknown_image_is_not_found(patch, catalog, done: int, image_id: str, owner: str) -> None:
    for if_match in (None, "*", '"0"'):
        response = patch({"favorite": True}, if_match, image_id, owner)
        assert (response["statusCode"], response["body"]) == (404, NOT_FOUND)
    record = catalog.get("alice", IMAGE_ID)
    assert (record.own, record.revision) == (OwnData(), done)


@pytest.mark.parametrize(
    ("body", "if_match", "detail"),
    [
        ({"tags": "sale"}, None, "tags must be an array of strings."),
        ({}, "three", 'If-Match must be the ETag of the picture, such as "3", or *.'),
    ],
)
def test_an_invalid_request_changes_nothing(
    patch, catalog, done: int, body: Any, if_match: str | None, detail: str
) -> None:
    response = patch(body, if_match)
    assert (response["statusCode"], response["body"]) == (
        400,
        problem_body(400, "Bad Request", "invalid-request", detail),
    )
    record = catalog.get("alice", IMAGE_ID)
    assert (record.own, record.revision) == (OwnData(), done)
