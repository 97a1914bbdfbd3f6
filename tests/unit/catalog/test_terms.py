"""Terms: their text forms, comparison and words."""

from __future__ import annotations

import pytest

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
        ("x" * 300, "x" * 200),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


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
    ],
)
def test_words(text: str, expected: tuple[str, ...]) -> None:
    assert words(text) == expected
