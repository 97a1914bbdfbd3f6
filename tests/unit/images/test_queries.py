from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.support import NOW_TEXT, problem_body

KINDS = "label, text, color, flag, celebrity, missing, people, camera, tag, name, status or is"
EMPTY_LABEL = "label must be the name of a label. Leave it out to list all pictures."


@pytest.fixture
def assert_rejected(send: Callable[..., dict[str, Any]]) -> Callable[..., None]:
    """Request a list, and check that the query is rejected with a detail."""

    def assert_rejected(detail: str, route: str = "GET /images", **query: str) -> None:
        response = send(route, **query)
        problem = problem_body(400, "Bad Request", "invalid-request", detail)
        assert (response["statusCode"], response["body"]) == (400, problem)

    return assert_rejected


@pytest.mark.parametrize("limit", ["0", "101", "-1", "1.0", "", " 1", "ten", "1,2", "٣", "9" * 5000])
def test_rejects_an_invalid_limit(assert_rejected, limit: str) -> None:
    assert_rejected("limit must be a whole number from 1 to 100.", limit=limit)


@pytest.mark.parametrize("cursor", ["", "x", "e30", "é", "\ud800", "T1dORVIjYm9i", NOW_TEXT])
def test_rejects_an_invalid_cursor(assert_rejected, cursor: str) -> None:
    detail = "cursor must be a cursor from this list. Leave it out to start at the newest."
    assert_rejected(detail, cursor=cursor)


@pytest.mark.parametrize(
    ("label", "detail"),
    [("", EMPTY_LABEL), ("  ", EMPTY_LABEL), ("\ud800", "label must be UTF-8 text.")],
)
def test_rejects_an_invalid_label(assert_rejected, label: str, detail: str) -> None:
    assert_rejected(detail, label=label)


@pytest.mark.parametrize("label", ["x" * 5000, "#", "OWNER#bob#IMAGES", "a\x00b", "猫", "\U0010ffff"])
def test_accepts_any_other_label(get_page, label: str) -> None:
    assert get_page(label=label) == {"images": [], "cursor": None}


def test_names_an_unknown_parameter(assert_rejected) -> None:
    assert_rejected(
        'The parameter "offset" is unknown. Use q, label, order, until, limit, cursor.', offset="1"
    )
    detail = 'The parameter "q" is unknown. Use prefix, kind, limit.'
    assert_rejected(detail, route="GET /terms", q="cat")


def test_names_a_repeated_parameter(assert_rejected) -> None:
    detail = 'The parameter "label" appears twice. Send each parameter once.'
    assert_rejected(detail, raw_query="label=a&label=b", label="a,b")
    detail = 'The parameter "prefix" appears twice. Send each parameter once.'
    assert_rejected(detail, route="GET /terms", raw_query="prefix=a&prefix=b", prefix="a,b")


def test_accepts_a_comma_in_a_label(send) -> None:
    response = send("GET /images", raw_query="label=a%2Cb&limit=1", label="a,b", limit="1")
    assert response["statusCode"] == 200


@pytest.mark.parametrize("order", ["", "newest", "Taken", "added,taken"])
def test_rejects_an_invalid_order(assert_rejected, order: str) -> None:
    assert_rejected("order must be added or taken.", order=order)


@pytest.mark.parametrize(
    "until", ["", "now", "26", "2026-13", "2026-02-30", "0000", "2026-10-01T00:00:00Z", "\ud800"]
)
def test_rejects_an_invalid_until(assert_rejected, until: str) -> None:
    assert_rejected("until must be a year, month or day, such as 2026, 2026-10 or 2026-10-31.", until=until)


def test_rejects_a_search_that_is_not_utf_8(assert_rejected) -> None:
    assert_rejected("q must be UTF-8 text.", q="cat \ud800")


def test_says_where_a_search_is_wrong(send) -> None:
    response = send("GET /images", q='cat "dog')
    detail = "The quote isn't closed. (at character 5)"
    problem = {**problem_body(400, "Bad Request", "invalid-query", detail), "position": 5}
    assert (response["statusCode"], response["body"]) == (400, problem)


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ({"kind": ""}, f"kind must be {KINDS}."),
        ({"kind": "Label"}, f"kind must be {KINDS}."),
        ({"prefix": "x" * 201}, "prefix is longer than 200 characters."),
        ({"prefix": "\ud800"}, "prefix must be UTF-8 text."),
        ({"limit": "0"}, "limit must be a whole number from 1 to 100."),
    ],
)
def test_rejects_an_invalid_query_of_terms(assert_rejected, query: dict[str, str], detail: str) -> None:
    assert_rejected(detail, route="GET /terms", **query)


@pytest.mark.parametrize("prefix", ["", " ", "-", "🐈", "#", "a\x00b", "x" * 200])
def test_accepts_any_other_prefix(send, prefix: str) -> None:
    assert send("GET /terms", prefix=prefix)["body"] == {"terms": []}
