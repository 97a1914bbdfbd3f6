from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.records import Decision, ImageRecord, LabelSummary, OwnData, Review
from catalog.terms import Term, words
from search.grammar import parse
from search.matching import Phrase

UPLOADED_AT = datetime(2026, 11, 22, 15, 0, 0, 123000, UTC)
RECORD = ImageRecord(
    "alice",
    "ab" * 32,
    "done",
    "IMG_0042 Räuber.jpg",
    "image/jpeg",
    1000,
    UPLOADED_AT,
    labels=(LabelSummary("Sports Car", 90.0), LabelSummary("Person", 80.0)),
    terms=(
        Term("label", "Vehicle"),
        Term("text", "exit"),
        Term("color", "red"),
        Term("flag", "Violence"),
        Term("celebrity", "Marie Curie"),
        Term("missing", "Helmet"),
        Term("people", "2"),
        Term("camera", "Canon EOS R5"),
    ),
    taken_at=datetime(2026, 10, 3, 12, 22, 5, tzinfo=UTC),
    own=OwnData(("Summer sale", "İstanbul🎉"), True, "A caption", Decision("approved", "bob", UPLOADED_AT)),
    review=Review(("Violence",)),
    is_indexed=True,
)


@pytest.mark.parametrize(
    "text",
    [
        *("car", "CAR", '"sports car"', "sports", "spo*", '"sports ca*"', "label:car", "label:vehicle"),
        *("exit", "text:exit", "sale", "tag:summer", "img", "0042", "name:jpg", '"0042 räuber"', "name:rÄu*"),
        *("color:red", "flag:violence", 'celebrity:"marie curie"', "missing:helmet"),
        *("flag:*", "camera:*", "tag:*"),
        *("camera:canon", 'camera:"eos r5"', "is:favorite", "is:approved", "status:done"),
        *("people:2", "people:1..2", "people:2..", "people:..2"),
        *("istanbul", "🎉", "tag:🎉", '"istanbul 🎉"', "sum\xadmer", "tag:s\u200bale"),
        *("after:2026", "after:2026-10", "after:2026-10-03", "before:2026-10-04", "before:2026-11"),
        *("-dog", "-people:3", "-status:failed", "-is:hidden", "-after:2026-11", "car exit -dog"),
    ],
)
def test_matches(text: str) -> None:
    assert parse(text).matches(RECORD)


@pytest.mark.parametrize(
    "text",
    [
        *("ca", "cars", "ports", '"car sports"', '"sports c"', "por*", "label:exit", "text:car", "caption"),
        *("red", "violence", "curie", "helmet", "canon", "2", "favorite", "done", "done*"),
        *("color:blue", "is:hidden", "is:review", "status:failed", "status:pending"),
        *("people:1", "people:3..", "people:..1"),
        *("after:2026-10-04", "before:2026-10-03", "after:2026-11", "before:2026"),
        *("-car", "-people:2", "-status:done", "car -exit", "car dog"),
    ],
)
def test_does_not_match(text: str) -> None:
    assert not parse(text).matches(RECORD)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(("status:pending", True), ("after:2026-11-22", True), ("before:2026-11-22", False)),
        *(("img", False), ("name:img", False), ("-img", True), ("people:2", False), ("-people:2", True)),
    ],
)
def test_an_image_that_is_not_indexed_has_no_terms(text: str, expected: bool) -> None:
    pending = replace(RECORD, status="pending", taken_at=None, is_indexed=False)
    assert parse(text).matches(pending) == expected


def test_any_value_of_a_kind_is_one_of_that_kind() -> None:
    untagged = replace(RECORD, own=OwnData())
    assert parse("-tag:*").matches(untagged)
    assert not parse("-tag:*").matches(RECORD)


def test_only_an_image_without_a_decision_needs_review() -> None:
    undecided = replace(RECORD, own=OwnData())
    assert parse("is:review").matches(undecided)
    assert not parse("is:review").matches(RECORD)
    assert not parse("is:review").matches(replace(undecided, review=None))


def test_a_mark_belongs_to_its_word() -> None:
    record = replace(RECORD, own=OwnData(("हिन्दी",)))
    assert parse("हिन्दी").matches(record)
    assert not parse("हिन").matches(record)
    assert parse("हिन*").matches(record)


SHORT_TEXT = st.text(alphabet="aé\u0301🎉🏽❤\ufe0f\u200d-_ 1İ", max_size=8)


@given(SHORT_TEXT, st.integers(0, 7), st.integers(1, 3), st.booleans())
def test_the_pattern_finds_all_that_a_phrase_accepts(
    value: str, start: int, count: int, is_prefix: bool
) -> None:
    term = Term("tag", value)
    phrase = Phrase(("tag",), words(value)[start : start + count], is_prefix)
    assert not phrase.words or (phrase.accepts(term) and phrase.pattern.search(term.key))
