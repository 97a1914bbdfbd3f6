"""Whether a result needs review by a person, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog.records import Review
from catalog.terms import unique_terms
from processor.terms import above, found_flags, missing_equipment

if TYPE_CHECKING:
    from processor.terms import Found, Values


@dataclass(frozen=True)
class ReviewRules:
    """What needs review: flags of at least a confidence (percent), and people who lack equipment, by name."""

    confidence: float
    equipment: frozenset[str]


def find_review(values: Values, rules: ReviewRules, min_confidence: float) -> Review | None:
    """Return why a result's values need review, None if they don't.

    As for the terms, a person lacks what the minimum confidence (percent) is reached for.
    """
    flags = _names(above(rules.confidence, found_flags(values)))
    lacking = _names(above(min_confidence, missing_equipment(values)))
    missing = tuple(name for name in lacking if name in rules.equipment)
    return Review(flags, missing) if flags or missing else None


def _names(found: Found) -> tuple[str, ...]:
    ordered = sorted(found, key=lambda each: -each[0])
    return tuple(term.value for term in unique_terms(term for _, term in ordered))
