from __future__ import annotations

import pytest

from catalog.index.vocabulary import Terms, Vocabulary
from catalog.terms import Term
from search.terms import suggest

COUNTS = {
    "label:Sports Car": 2,
    "text:cargo": 1,
    "label:Oscar": 9,
    "tag:car": 1,
    "people:2": 3,
    "label:été": 4,
    "tag:sale🎉": 1,
}
TERMS = {Term.parse(text).key: Term.parse(text) for text in COUNTS}
VOCABULARY = Vocabulary(Terms.of({Term.parse(text).key: count for text, count in COUNTS.items()}, TERMS))


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("car", ["label:Sports Car", "tag:car", "text:cargo"]),
        ("CAR", ["label:Sports Car", "tag:car", "text:cargo"]),
        ("sports c", ["label:Sports Car"]),
        ("car sports", []),
        ("E\u0301t", ["label:été"]),
        ("2", ["people:2"]),
        (
            "",
            [
                "label:Oscar",
                "label:été",
                "people:2",
                "label:Sports Car",
                "tag:car",
                "tag:sale🎉",
                "text:cargo",
            ],
        ),
        ("🎉", ["tag:sale🎉"]),
        ("sale 🎉", ["tag:sale🎉"]),
        ("-", []),
        ("label", []),
    ],
)
def test_suggests_the_most_frequent_terms_with_a_word_that_starts_so(
    prefix: str, expected: list[str]
) -> None:
    assert [str(each.term) for each in suggest(VOCABULARY, prefix, None, 10)] == expected
    assert [str(each.term) for each in suggest(VOCABULARY, prefix, None, 1)] == expected[:1]


def test_suggests_terms_of_one_kind() -> None:
    assert [str(each.term) for each in suggest(VOCABULARY, "car", "text", 10)] == ["text:cargo"]
    assert [str(each.term) for each in suggest(VOCABULARY, "", "people", 10)] == ["people:2"]
