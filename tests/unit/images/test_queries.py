from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.support import NOW_TEXT, problem_body

EMPTY_LABEL = "label must be the name of a label. Leave it out to list all pictures."


@pytest.fixture
def assert_rejected(send: Callable[..., dict[str, Any]]) -> Callable[..., None]:
    """Request a list, and check that the query is rejected with a detail."""

    def assert_rejected(detail: str, **query: str) -> None:
        response = send("GET /images", **query)
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
    assert_rejected('The parameter "offset" is unknown. Use label, limit, cursor.', offset="1")


def test_names_a_repeated_parameter(assert_rejected) -> None:
    detail = 'The parameter "label" appears twice. Send each parameter once.'
    assert_rejected(detail, raw_query="label=a&label=b", label="a,b")


def test_accepts_a_comma_in_a_label(send) -> None:
    response = send("GET /images", raw_query="label=a%2Cb&limit=1", label="a,b", limit="1")
    assert response["statusCode"] == 200
