from __future__ import annotations

import re

import pytest

from catalog.index.vocabulary import MonthTotals, TermCount, Terms, Vocabulary
from catalog.terms import Term

CAR, CART, EXIT = Term("label", "Sports Car"), Term("label", "Cart"), Term("text", "exit")
SALE, SEA = Term("tag", "Sale"), Term("label", "Sea")


@pytest.fixture
def vocabulary() -> Vocabulary:
    """A snapshot with three terms, of which one is gone, and a log with two new ones, of which one is."""
    terms = {term.key: term for term in (CAR, CART, EXIT)}
    return Vocabulary(
        Terms.of({CAR.key: 3, CART.key: 1, EXIT.key: 1}, terms),
        {CAR.key: -1, EXIT.key: -1, SALE.key: 1, SEA.key: 0},
        {SALE.key: "Sale", SEA.key: "Sea"},
        {"2026-11": MonthTotals(2, 5)},
    )


def test_counts_images(vocabulary) -> None:
    keys = (CAR.key, CART.key, EXIT.key, SALE.key, SEA.key, "label:zoo")
    assert [vocabulary.count(key) for key in keys] == [2, 1, 0, 1, 0, 0]


def test_lists_terms_most_frequent_first(vocabulary) -> None:
    assert vocabulary.terms() == [TermCount(CAR, 2), TermCount(CART, 1), TermCount(SALE, 1)]
    assert vocabulary.terms(["tag"]) == [TermCount(SALE, 1)]
    assert vocabulary.terms(["text"]) == []


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        (r"\bcar\b", [CAR]),
        ("car", [CART, CAR]),
        ("^label:", [CART, CAR]),
        ("rt$", [CART]),
        (r"[^x]+", [CART, CAR, SALE]),  # would match the line breaks between the keys
        ("sale", [SALE]),
        ("exit|sea", []),
    ],
)
def test_finds_terms_by_their_folded_form(vocabulary, pattern: str, found: list[Term]) -> None:
    assert [each.term for each in vocabulary.find(re.compile(pattern))] == found


def test_has_the_totals_of_months(vocabulary) -> None:
    assert vocabulary.month("2026-11") == MonthTotals(2, 5)
    assert vocabulary.month("2026-10") == MonthTotals(0, 0)


def test_an_empty_vocabulary_has_no_terms() -> None:
    assert (Vocabulary().terms(), Vocabulary().find(re.compile("")), Vocabulary().count("tag:x")) == (
        [],
        [],
        0,
    )
