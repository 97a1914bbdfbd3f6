from __future__ import annotations

from datetime import UTC, datetime

import pytest

from catalog.terms import Term
from common.errors import InvalidQuery
from search.grammar import BARE_KINDS, FIELDS, parse
from search.matching import Clause, ExactTerm, HasStatus, PeopleRange, Phrase, Query, TimeRange

NO_WORD = "A term needs a letter, digit or emoji."
NO_VALUE = "Put a value directly after label: without a space."
UNKNOWN = f"is unknown. Use {', '.join(FIELDS)}, or put the text in quotes."
PEOPLE = "people: takes a number or a range, such as people:2, people:2.., people:..3 or people:1..2."
AFTER = "after: takes a year, month or day, such as after:2026, after:2026-10 or after:2026-10-31."
MINUS = "Put a single - before the whole term, such as -label:cat."


def bare(*words: str, is_prefix: bool = False) -> Phrase:
    return Phrase(BARE_KINDS, words, is_prefix)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("cat", bare("cat")),
        ("  CAT\t", bare("cat")),
        ('"Sports Car"', bare("sports", "car")),
        ("“Sports Car”", bare("sports", "car")),
        ('"sports ca*"', bare("sports", "ca", is_prefix=True)),
        ("la\xadbel:c\u200ba\u2060t", Phrase(("label",), ("cat",))),
        ("🎉", bare("🎉")),
        ('tag:"🎉"', Phrase(("tag",), ("🎉",))),
        ("sale🎉🎊*", bare("sale", "🎉", "🎊", is_prefix=True)),
        ("❤\ufe0f*", bare("❤", is_prefix=True)),
        ("t-shirt", bare("t", "shirt")),
        ("IMG_0042.jpg", bare("img", "0042", "jpg")),
        ("ＣＡＦÉ", bare("café")),
        ('"a:b"', bare("a", "b")),
        ('"-5"', bare("5")),
        ("label:cat", Phrase(("label",), ("cat",))),
        ("LABEL:cat", Phrase(("label",), ("cat",))),
        ('label:"Sports Car"', Phrase(("label",), ("sports", "car"))),
        ("text:12:30", Phrase(("text",), ("12", "30"))),
        ("color:red", Phrase(("color",), ("red",))),
        ("tag:*", Phrase(("tag",), (), is_prefix=True)),
        ("tag:sal*", Phrase(("tag",), ("sal",), is_prefix=True)),
        ("name:img", Phrase(("name",), ("img",))),
        ("camera:canon", Phrase(("camera",), ("canon",))),
        ("flag:violence", Phrase(("flag",), ("violence",))),
        ("celebrity:curie", Phrase(("celebrity",), ("curie",))),
        ("missing:helmet", Phrase(("missing",), ("helmet",))),
        ("is:Favorite", ExactTerm(Term("is", "favorite"))),
        ("is:review", ExactTerm(Term("is", "review"))),
        ("is:waiting", ExactTerm(Term("is", "waiting"))),
        ("people:2", PeopleRange(2, 2)),
        ("people:2..", PeopleRange(2, None)),
        ("people:..3", PeopleRange(0, 3)),
        ('people:"1..2"', PeopleRange(1, 2)),
        ("status:pending", HasStatus("pending")),
        ("status:Done", HasStatus("done")),
        ("after:2026", TimeRange(start=datetime(2026, 1, 1, tzinfo=UTC))),
        ("after:2026-10", TimeRange(start=datetime(2026, 10, 1, tzinfo=UTC))),
        ("before:1969-07-20", TimeRange(end=datetime(1969, 7, 20, tzinfo=UTC))),
    ],
)
def test_parses_a_term_and_its_exclusion(text: str, condition: object) -> None:
    assert parse(text) == Query((Clause(condition),))  # type: ignore[arg-type]
    assert parse(f"-{text.strip()}") == Query((Clause(condition, is_excluded=True),))  # type: ignore[arg-type]


def test_parses_several_terms() -> None:
    assert parse('label:"sports car" -red  people:1..') == Query(
        (
            Clause(Phrase(("label",), ("sports", "car"))),
            Clause(bare("red"), is_excluded=True),
            Clause(PeopleRange(1, None)),
        )
    )


@pytest.mark.parametrize(
    ("text", "sentence", "position"),
    [
        ("", "The search is empty. Leave out q to list all pictures.", 1),
        (" \n", "The search is empty. Leave out q to list all pictures.", 1),
        ("x" * 501, "The search is longer than 500 characters.", 501),
        ("a " * 21, "The search has more than 20 terms.", 41),
        ("-", NO_WORD, 2),
        ("cat - dog", NO_WORD, 6),
        ("cat !?", NO_WORD, 5),
        ("°", NO_WORD, 1),
        ('""', NO_WORD, 2),
        ("--cat", MINUS, 2),
        ("label:-cat", MINUS, 7),
        ("*", "Put * directly after a letter, digit or emoji.", 1),
        ("cat-*", "Put * directly after a letter, digit or emoji.", 5),
        ('"cat *"', "Put * directly after a letter, digit or emoji.", 6),
        ("c*t", "* can only be the last character of a term.", 2),
        ("cat**", "* can only be the last character of a term.", 4),
        ('"ca* x"', "* can only be the last character of a term.", 4),
        ('a "sports car', "The quote isn't closed.", 3),
        ('label:"', "The quote isn't closed.", 7),
        ('say"hi"', "Put a space before the quote.", 4),
        ('"hi"there', "Put a space after the closing quote.", 5),
        ('"a""b"', "Put a space after the closing quote.", 4),
        ("label:", NO_VALUE, 7),
        ("label: cat", NO_VALUE, 7),
        ('label:""', NO_VALUE, 8),
        ("cat size:3", f'The field "size" {UNKNOWN}', 5),
        (":cat", f'The field "" {UNKNOWN}', 1),
        ("people:two", PEOPLE, 8),
        ("people:..", PEOPLE, 8),
        ("people:-1", PEOPLE, 8),
        ("after:-2026", AFTER, 7),
        ("is:-favorite", MINUS, 4),
        ("a\u200b \xadpeople:t\u200bwo", PEOPLE, 12),
        ("\u200b", "The search is empty. Leave out q to list all pictures.", 1),
        ("cat\u200b -\xad", NO_WORD, 7),
        ("people:٣", PEOPLE, 8),
        ("people:1234567", PEOPLE, 8),
        ("people:3..2", "The range must start with the smaller number.", 8),
        ("status:new", "status: must be pending, done or failed.", 8),
        ("is:red", "is: must be favorite, review, approved, hidden or waiting.", 4),
        ("after:2026-13", AFTER, 7),
        ("after:2026-02-30", AFTER, 7),
        ("after:0000", AFTER, 7),
        ("after:2026-10-01T00:00:00Z", AFTER, 7),
        ("after:26", AFTER, 7),
    ],
)
def test_says_what_is_wrong_and_where(text: str, sentence: str, position: int) -> None:
    with pytest.raises(InvalidQuery) as caught:
        parse(text)
    assert caught.value.body() == {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": f"{sentence} (at character {position})",
        "code": "invalid-query",
        "position": position,
    }


@pytest.mark.parametrize("text", ["x" * 500, "a " * 20])
def test_the_limits_are_inclusive(text: str) -> None:
    parse(text)
