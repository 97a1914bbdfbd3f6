from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from catalog.terms import Term
from tests.unit.support import NOW, completion

if TYPE_CHECKING:
    from catalog.catalog import Catalog

IDS = [f"{number:064x}" for number in range(5)]
Recognize = Callable[..., None]


@pytest.fixture
def recognize(catalog: Catalog, start: Callable[..., None]) -> Recognize:
    """Create the record of an image that is done, with labels and other terms ("color:red")."""

    def recognize(
        number: int, *texts: str, owner: str = "alice", taken_at: datetime | None = None, minutes: int = 0
    ) -> None:
        start(IDS[number], owner, minutes)
        terms = [Term.parse(text) for text in texts]
        result = completion(*(term.value for term in terms if term.kind == "label"))
        others = tuple(term for term in terms if term.kind != "label")
        summary = replace(result.summary, terms=others, taken_at=taken_at)
        assert catalog.complete(owner, IDS[number], replace(result, summary=summary))

    return recognize


@pytest.fixture
def search(get_page: Callable[..., dict[str, Any]]) -> Callable[..., list[int]]:
    """Return the numbers of the images of all pages."""

    def search(**query: str) -> list[int]:
        page = get_page(**query)
        found = [int(image["id"], 16) for image in page["images"]]
        return found + (search(**query | {"cursor": page["cursor"]}) if page["cursor"] else [])

    return search


def test_searches_and_filters_by_a_label(recognize: Recognize, search) -> None:
    recognize(0, "label:Cat", "color:red", "people:2")
    recognize(1, "label:Cat Food", "color:red", minutes=1)
    recognize(2, "label:Cat", "text:exit", minutes=2)
    assert search(q="cat") == [2, 1, 0]
    assert search(q="cat", limit="1") == [2, 1, 0]
    assert search(q="cat color:red") == [1, 0]
    assert search(q="color:red", label="CAT") == [0]
    assert search(q="cat -people:1..", label="cat") == [2]
    assert search(q="kätz*") == [2, 1, 0]
    assert search(q="zebra") == search(q="ca") == []


def test_sorts_by_the_time_taken_also_before_1970(recognize: Recognize, search) -> None:
    recognize(0, "label:Cat")
    recognize(1, "label:Cat", taken_at=NOW.replace(year=1958), minutes=1)
    recognize(2, "label:Cat", taken_at=NOW.replace(year=2020), minutes=2)
    for limit in ("1", "100"):
        assert search(order="added", limit=limit) == [2, 1, 0]
        assert search(order="taken", limit=limit) == [0, 2, 1]
        assert search(q="cat", order="taken", limit=limit) == [0, 2, 1]
    assert search(q="before:2021", order="taken") == [2, 1]
    assert search(q="after:1958-11-22 before:1958-11-23") == [1]


def test_suggests_terms_of_all_kinds_most_frequent_first(recognize: Recognize, send) -> None:
    recognize(0, "label:Sports Car", "text:cargo", "color:red")
    recognize(1, "label:Sports Car", "label:Oscar", "camera:Canon EOS R5")
    car = {"kind": "label", "value": "Sports Car", "count": 2}
    cargo = {"kind": "text", "value": "cargo", "count": 1}
    canon = {"kind": "camera", "value": "Canon EOS R5", "count": 1}
    for query, expected in [
        ({"prefix": "car"}, [car, cargo]),
        ({"prefix": "Sports CA"}, [car]),
        ({"prefix": "ca"}, [car, canon, cargo]),
        ({"prefix": "ca", "limit": "1"}, [car]),
        ({"prefix": "ca", "kind": "text"}, [cargo]),
        ({"kind": "camera"}, [canon]),
        ({"prefix": "zebra"}, []),
    ]:
        response = send("GET /terms", **query)
        assert (response["statusCode"], response["body"]) == (200, {"terms": expected})


def test_two_people_never_see_each_others_terms_or_pictures(recognize: Recognize, search, send) -> None:
    recognize(0, "label:Cat", "text:alice", "people:1")
    recognize(1, "label:Cat", "text:bob", "people:1", owner="bob")
    for query in ({"q": "cat"}, {"q": "people:1"}, {"q": "-zebra"}, {"q": "status:done"}, {"q": "kätz*"}):
        for order in ("added", "taken"):
            assert search(**query, order=order) == [0]
    assert search(q="bob") == search(q="text:*", label="bob") == []
    assert send("GET /terms", prefix="bo")["body"] == {"terms": []}
    terms = send("GET /terms", kind="text")["body"]["terms"]
    assert terms == [{"kind": "text", "value": "alice", "count": 1}]
