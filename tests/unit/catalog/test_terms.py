"""Terms: their text forms, comparison and words."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.terms import Term, fold, unique_terms, words


def test_a_term_has_a_displayed_and_a_folded_text_form() -> None:
    term = Term("label", "Sports Car")
    assert (str(term), term.key) == ("label:Sports Car", "label:sports car")
    assert Term.parse("label:Sports Car") == term
    assert Term.parse("text:a:b") == Term("text", "a:b")


@pytest.mark.parametrize("text", ["", "car", ":car", "Label:car", "unknown:car"])
def test_an_unknown_kind_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="unknown kind of term"):
        Term.parse(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  Straße \n  Bar ", "strasse bar"),
        ("ﬁn", "fin"),
        ("Cafe\u0301", "café"),
        ("\u3000", ""),
        ("x" * 2000, "x" * 1800),
        ("é" * 899 + "a🐈", "é" * 899 + "a"),
        ("x" * 1799 + " y", "x" * 1799),
        ("İstanbul", "istanbul"),
        ("I\u0307stanbul i\u0307\u0307", "istanbul i"),
        ("❤\ufe0f", "❤"),
        ("a\xadb\u200bc\u3164\u2800d", "abcd"),
        ("ca\u200dt", "cat"),
        ("👩\u200d🚀", "👩\u200d🚀"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(st.characters(codec="ascii"), max_size=40))
def test_ascii_is_folded_as_within_other_text(text: str) -> None:
    assert f"{fold(text)} é".lstrip() == fold(f"{text} é")


def test_folding_a_character_twice_changes_nothing() -> None:
    characters = (chr(code) for code in range(sys.maxunicode + 1))
    changing = (each for each in characters if unicodedata.normalize("NFKC", each).casefold() != each)
    folded = {fold(f"i{each}") for each in changing}
    assert {each for each in folded if fold(each) != each} == set()


def test_unique_terms_keep_the_first_spelling() -> None:
    cat = Term("label", "Cat")
    terms = (cat, Term("label", "CAT"), Term("tag", "cat"), Term("tag", " "))
    assert unique_terms(terms) == (cat, Term("tag", "cat"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sports Car", ("sports", "car")),
        ("IMG_1234.JPG", ("img", "1234", "jpg")),
        ("don't", ("don", "t")),
        ("naïve–Café", ("naïve", "café")),
        ("हिन्दी", ("हिन्दी",)),
        ("--", ()),
        ("sale🎉🎊", ("sale", "🎉", "🎊")),
        ("👍🏽 👩\u200d🚀 ❤\ufe0f", ("👍", "🏽", "👩", "🚀", "❤")),
        ("Kodak® 20°", ("kodak", "20")),
        ("soft\xadhyphen", ("softhyphen",)),
    ],
)
def test_words(text: str, expected: tuple[str, ...]) -> None:
    assert words(text) == expected
