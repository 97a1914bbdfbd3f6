from __future__ import annotations

from typing import Any

import pytest

from catalog.keys import cursor_of
from images import app

ALICES, BOBS = "ab" * 32, "cd" * 32
BOTHS = "ef" * 32


@pytest.fixture
def two_owners(keep) -> None:
    keep(ALICES, "Cat", owner="alice")
    keep(BOBS, "Dog", owner="bob")
    for owner in ("alice", "bob"):
        keep(BOTHS, "Bird", owner=owner)


@pytest.mark.parametrize(("owner", "others"), [("alice", BOBS), ("bob", ALICES)])
@pytest.mark.parametrize("route", ["GET /images/{id}", "DELETE /images/{id}"])
def test_nobody_gets_at_the_image_of_another(two_owners, ask, route: str, owner: str, others: str) -> None:
    answer = ask(route, image_id=others, owner=owner)
    unknown = ask(route, image_id="00" * 32, owner=owner)
    assert answer == unknown
    assert answer["statusCode"] == 404
    other = "bob" if owner == "alice" else "alice"
    assert ask("GET /images/{id}", image_id=others, owner=other)["statusCode"] == 200


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"label": "dog"},
        {"label": "bird"},
        {"cursor": cursor_of(f"2030-01-01T00:00:00.000Z#{BOBS}")},
        {"label": "#LABEL#dog"},
        {"label": "bob#LABEL#dog"},
    ],
)
def test_nobody_sees_another_in_a_list(two_owners, ask, query: dict[str, str]) -> None:
    found = ask("GET /images", owner="alice", **query)["body"]["images"]
    assert BOBS not in {image["id"] for image in found}
    assert all("/uploads/alice/" in image["thumbnailUrl"] for image in found)


def test_nobody_counts_the_labels_of_another(two_owners, ask) -> None:
    labels = {
        owner: [label["name"] for label in ask("GET /labels", owner=owner)["body"]["labels"]]
        for owner in ("alice", "bob", "carol")
    }
    assert labels == {"alice": ["Bird", "Cat"], "bob": ["Bird", "Dog"], "carol": []}


def test_the_same_bytes_of_two_owners_are_two_images(two_owners, ask) -> None:
    assert ask("DELETE /images/{id}", image_id=BOTHS, owner="alice")["statusCode"] == 204
    assert ask("GET /images/{id}", image_id=BOTHS, owner="alice")["statusCode"] == 404
    links = ask("GET /images/{id}", image_id=BOTHS, owner="bob")["body"]["links"]
    assert all(f"/uploads/bob/{BOTHS}" in url for url in links.values())


@pytest.mark.parametrize("route", sorted(app.ROUTES))
def test_no_route_answers_without_a_token(service, monkeypatch, route: str) -> None:
    monkeypatch.setattr(app, "service", lambda: service)
    event: dict[str, Any] = {"routeKey": route, "pathParameters": {"id": ALICES}, "requestContext": {}}
    assert app.handler(event, None)["statusCode"] == 401


def test_a_route_that_is_not_there(ask) -> None:
    answer = ask("GET /nothing")
    assert (answer["statusCode"], answer["body"]["detail"]) == (404, "There is nothing at this address.")
