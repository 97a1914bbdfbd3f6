"""GET /images/{id}/similar: near-duplicates among the owner's own images."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from catalog.records import ResultSummary
from catalog.transitions.finish import Completion
from images import similar
from tests.unit.support import LATER, NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog.catalog import Catalog

ROUTE = "GET /images/{id}/similar"
HASH = 0x0123456789ABCDEF


def image_id(number: int) -> str:
    return f"{number:064x}"


@pytest.fixture
def add(catalog: Catalog, start: Callable[..., None]) -> Callable[..., None]:
    """Add a recognized image whose hash differs from HASH in some bits; it has none if they are None."""

    def add(number: int, bits: int | None, *, owner: str = "alice", taken: int | None = None) -> None:
        start(image_id(number), owner, minutes=number)
        hash_ = None if bits is None else f"{HASH ^ ((1 << bits) - 1):016x}"
        taken_at = None if taken is None else NOW + timedelta(minutes=taken)
        summary = ResultSummary(1, 1, (), taken_at=taken_at, perceptual_hash=hash_)
        assert catalog.complete(owner, image_id(number), Completion(summary, 1, NOW, LATER))

    return add


@pytest.fixture
def find(send: Callable[..., dict[str, Any]]) -> Callable[..., Any]:
    """Return the numbers and distances of the images similar to image 0, and the cursor."""

    def find(**query: str) -> tuple[list[tuple[int, int]], str | None]:
        response = send(ROUTE, image_id=image_id(0), **query)
        assert response["statusCode"] == 200
        found = [(int(image["id"], 16), image["distance"]) for image in response["body"]["images"]]
        return found, response["body"]["cursor"]

    return find


def test_the_nearest_come_first_and_equally_near_ones_by_time(add, find) -> None:
    add(0, 0)
    add(1, 5)
    add(2, 12)
    add(3, 13)
    add(4, 64)
    add(5, 0)
    add(6, 5)
    add(7, 5, taken=-1)
    assert find() == ([(5, 0), (6, 5), (1, 5), (7, 5), (2, 12)], None)


def test_the_body_is_that_of_lists_with_the_distance(add, send) -> None:
    add(0, 0)
    add(1, 3)
    [found] = send(ROUTE, image_id=image_id(0))["body"]["images"]
    [_, listed] = sorted(send("GET /images")["body"]["images"], key=lambda image: str(image["id"]))
    assert found == {**listed, "distance": 3}


def test_images_without_a_hash_are_similar_to_none(add, find, send) -> None:
    add(0, None)
    add(1, None)
    add(2, 0)
    assert find() == ([], None)
    assert send(ROUTE, image_id=image_id(2))["body"] == {"images": [], "cursor": None}


def test_an_image_that_was_not_recognized_has_no_similar_ones(start, add, find) -> None:
    start(image_id(0))
    add(1, 0)
    assert find() == ([], None)


def test_another_owners_images_are_neither_found_nor_compared(add, find, send) -> None:
    add(0, 0)
    add(1, 0, owner="bob")
    assert find() == ([], None)
    assert send(ROUTE, image_id=image_id(1))["statusCode"] == 404
    assert send(ROUTE, image_id=image_id(0), owner="bob")["statusCode"] == 404


def test_a_deleted_image_is_not_found(add, find, delete) -> None:
    add(0, 0)
    add(1, 0)
    assert delete(image_id(1))["statusCode"] == 204
    assert find() == ([], None)


def test_a_call_compares_a_limited_number(add, find, monkeypatch) -> None:
    monkeypatch.setattr(similar, "MAX_SCANNED", 3)
    for number in range(8):
        add(number, 0 if number % 4 == 0 or number == 1 else 64)
    found, cursor = find()  # compares 7, 6 and 5
    assert (found, cursor is None) == ([], False)
    found, cursor = find(cursor=cursor)  # compares 4, 3 and 2
    assert found == [(4, 0)]
    assert find(cursor=cursor) == ([(1, 0)], None)


def test_a_response_has_a_limited_number(add, find, monkeypatch) -> None:
    monkeypatch.setattr(similar, "MAX_FOUND", 2)
    for number in range(5):
        add(number, number)
    found, cursor = find()
    assert found == [(3, 3), (4, 4)]
    found, cursor = find(cursor=cursor)
    assert found == [(1, 1), (2, 2)]
    assert find(cursor=cursor) == ([], None)


@pytest.mark.parametrize("query", [{"cursor": "x"}, {"limit": "5"}, {"cursor": ""}])
def test_invalid_queries_are_rejected(add, send, query: dict[str, str]) -> None:
    add(0, 0)
    assert send(ROUTE, image_id=image_id(0), **query)["statusCode"] == 400


@pytest.mark.parametrize("missing", ["0" * 63 + "1", "x", ""])
def test_a_missing_image(send, missing: str) -> None:
    assert send(ROUTE, image_id=missing)["statusCode"] == 404
