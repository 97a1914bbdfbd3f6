"""Counts: how many of an owner's images have each label, each color and each mark, and by month."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalog.terms import MONTH_KINDS, Term

if TYPE_CHECKING:
    from catalog.index.vocabulary import Vocabulary
    from catalog.label_categories import LabelCategories
    from catalog.terms import MonthKind

_COUNTED = {  # members of `library`, each with the term that it counts
    "favorites": Term("is", "favorite"),
    "review": Term("is", "review"),
    "failed": Term("status", "failed"),
    "hidden": Term("is", "hidden"),
    "waiting": Term("is", "waiting"),
}


def label_counts(vocabulary: Vocabulary, categories: LabelCategories) -> list[dict[str, Any]]:
    """Return the labels with their categories, most frequent first."""
    labels = vocabulary.terms(["label"])
    found = categories.find([each.term.value for each in labels])
    return [
        {"name": each.term.value, "count": each.count, "category": found.get(each.term.value)}
        for each in labels
    ]


def color_counts(vocabulary: Vocabulary) -> list[dict[str, Any]]:
    """Return the dominant colors, most frequent first."""
    return [{"name": each.term.value, "count": each.count} for each in vocabulary.terms(["color"])]


def library_counts(vocabulary: Vocabulary) -> dict[str, Any]:
    """Return how many images there are, with each mark, and by month, newest first."""
    months = {kind: _months(vocabulary, kind) for kind in MONTH_KINDS}
    return {
        "images": sum(month["count"] for month in months["added"]),
        **{name: vocabulary.count(term.key) for name, term in _COUNTED.items()},
        "months": months,
    }


def _months(vocabulary: Vocabulary, kind: MonthKind) -> list[dict[str, Any]]:
    found = [{"month": each.term.value, "count": each.count} for each in vocabulary.terms([kind])]
    return sorted(found, key=lambda each: each["month"], reverse=True)
