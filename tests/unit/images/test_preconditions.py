from __future__ import annotations

import time

import pytest

from common.errors import InvalidRequest
from images.preconditions import parse_if_match


@pytest.mark.parametrize(
    ("text", "revisions"),
    [
        (None, None),
        ("*", None),
        ('"0"', {0}),
        ('"12"', {12}),
        (' "3" ', {3}),
        ("3", {3}),
        ('"3", "4" ,"x"', {3, 4}),
        ('W/"3"', set()),  # a weak tag never matches (RFC 9110, 13.1.1)
        ('"03"', set()),
        ('"9999999999"', set()),
        ('""', set()),
        ('"a,b"', set()),
    ],
)
def test_reads_the_revisions(text: str | None, revisions: set[int] | None) -> None:
    assert parse_if_match({"headers": {} if text is None else {"if-match": text}}) == revisions


@pytest.mark.parametrize(
    "text", ["", " ", "3, 4", '"3', "'3'", '*, "3"', 'w/"3"', '"3"x', ",", '"\u20ac"', '"a\nb"']
)
def test_rejects_what_is_no_list_of_tags(text: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        parse_if_match({"headers": {"if-match": text}})
    assert caught.value.detail == 'If-Match must be the ETag of the picture, such as "3", or *.'


def test_reads_a_hostile_header_in_linear_time() -> None:
    started = time.process_time()
    with pytest.raises(InvalidRequest):
        parse_if_match({"headers": {"if-match": '" ,\t ,",' * 1000 + '"'}})
    assert time.process_time() - started < 1
