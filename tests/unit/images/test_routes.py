from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from catalog.keys import encode_cursor
from images.routes import ROUTES
from tests.unit.support import IMAGE_ID

if TYPE_CHECKING:
    from collections.abc import Callable

ALICES_ID, BOBS_ID, SHARED_ID = "ab" * 32, "cd" * 32, "ef" * 32


@pytest.fixture
def two_owners(store: Callable[..., None]) -> None:
    store(ALICES_ID, "Cat", owner="alice")
    store(BOBS_ID, "Dog", owner="bob")
    for owner in ("alice", "bob"):
        store(SHARED_ID, "Bird", owner=owner)


@pytest.mark.parametrize(
    ("owner", "image_id", "image_owner"), [("alice", BOBS_ID, "bob"), ("bob", ALICES_ID, "alice")]
)
@pytest.mark.parametrize("route", ["GET /images/{id}", "DELETE /images/{id}", "POST /images/{id}/retry"])
def test_another_owners_image_looks_like_a_missing_one(
    two_owners, send, route: str, owner: str, image_id: str, image_owner: str
) -> None:
    response = send(route, image_id=image_id, owner=owner)
    assert response == send(route, image_id="00" * 32, owner=owner)
    assert response["statusCode"] == 404
    assert send("GET /images/{id}", image_id=image_id, owner=image_owner)["statusCode"] == 200


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"label": "dog"},
        {"label": "bird"},
        {"cursor": encode_cursor(f"2030-01-01T00:00:00.000Z#{BOBS_ID}")},
        {"label": "#LABEL#dog"},
        {"label": "bob#LABEL#dog"},
    ],
)
def test_lists_contain_only_the_owners_images(two_owners, send, query: dict[str, str]) -> None:
    images = send("GET /images", owner="alice", **query)["body"]["images"]
    assert BOBS_ID not in {image["id"] for image in images}
    assert all("/uploads/alice/" in image["thumbnailUrl"] for image in images)


def test_label_counts_include_only_the_owners_images(two_owners, send) -> None:
    labels = {
        owner: [label["name"] for label in send("GET /labels", owner=owner)["body"]["labels"]]
        for owner in ("alice", "bob", "carol")
    }
    assert labels == {"alice": ["Bird", "Cat"], "bob": ["Bird", "Dog"], "carol": []}


def test_the_same_bytes_of_two_owners_are_two_images(two_owners, send) -> None:
    assert send("DELETE /images/{id}", image_id=SHARED_ID, owner="alice")["statusCode"] == 204
    assert send("GET /images/{id}", image_id=SHARED_ID, owner="alice")["statusCode"] == 404
    links = send("GET /images/{id}", image_id=SHARED_ID, owner="bob")["body"]["links"]
    assert all(f"/uploads/bob/{SHARED_ID}" in url for url in links.values())


@pytest.mark.parametrize("route", sorted(ROUTES))
def test_every_route_requires_a_token(send, route: str) -> None:
    assert send(route, image_id=IMAGE_ID, owner=None)["statusCode"] == 401


def test_a_program_sees_its_own_images(two_owners, send) -> None:
    assert send("GET /programs/images", owner="alice") == send("GET /images", owner="alice")
    response = send("DELETE /programs/images/{id}", image_id=SHARED_ID, owner="alice")
    assert response["statusCode"] == 204
    assert send("GET /images/{id}", image_id=SHARED_ID, owner="bob")["statusCode"] == 200


@pytest.mark.parametrize("route", ["GET /nothing", "GET /programs", "GET /programs/programs/images"])
def test_an_unknown_route_is_not_found(send, route: str) -> None:
    response = send(route)
    assert (response["statusCode"], response["body"]["detail"]) == (404, "This address doesn't exist.")
