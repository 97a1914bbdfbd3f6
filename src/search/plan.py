"""Which lists of the index to read for a query: those of terms that its matches must have.

Every match is in the lists, but not every image in the lists is a match: the record decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog.terms import Term
from search.matching import ExactTerm, HasStatus, TimeRange

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog.index.vocabulary import Vocabulary
    from search.matching import Condition, Query, TermCondition

ENTRIES_PER_UNIT = (
    16  # an entry has about 250 bytes, and a read unit is 4 KB; reading a record takes one unit
)
_MAX_TERMS = 100  # of one condition; more lists would take too many calls
_MAX_ALL_TERMS = 200
_MAX_LOOKUPS = (
    5  # of conditions: each goes through the whole vocabulary, in up to seconds if it is repetitive
)
PENDING = ExactTerm(Term("status", "pending"))  # of images that are recognized again
_FAILED = ExactTerm(Term("status", "failed"))


@dataclass(frozen=True)
class Lists:
    """The lists of the terms that meet a condition, and the number of their entries if it is needed."""

    keys: tuple[str, ...]
    count: int = 0

    @property
    def units(self) -> float:
        """The read units that all entries take: at least one for each list."""
        return len(self.keys) + self.count / ENTRIES_PER_UNIT


def choose_lists(
    query: Query, read_vocabulary: Callable[[], Vocabulary], *, by_taken: bool
) -> tuple[Lists, ...] | None:
    """Return the lists of the conditions to intersect, the shortest first.

    None of them if no condition has few terms. Return None if one has no term: then nothing can match.
    A pending image that was never recognized isn't in the lists of terms; nor is it in the order `taken`.
    """
    is_indexed = by_taken or any(_as_term(condition, is_indexed=False) for condition in query.required)
    conditions = [_as_term(condition, is_indexed) for condition in query.required]
    required = [condition for condition in conditions if condition]
    if not by_taken and len(required) == 1 and isinstance(required[0], ExactTerm):
        return (Lists((required[0].term.key,)),)
    if not required:
        return ()
    vocabulary = read_vocabulary()
    found = []
    for condition in _looked_up(required):
        lists = _lists(condition, vocabulary)
        if lists is None:
            continue
        if not lists.keys:
            return None
        found.append(lists)
    return _worthwhile(sorted(found, key=lambda lists: lists.units + lists.count))


def _looked_up(conditions: list[TermCondition]) -> list[TermCondition]:
    """Return the conditions to look up: exact terms and a few others. The record checks the rest."""
    unique = list(dict.fromkeys(conditions))
    exact = [condition for condition in unique if isinstance(condition, ExactTerm)]
    others = [condition for condition in unique if not isinstance(condition, ExactTerm)]
    longest = sorted(others, key=lambda condition: len(condition.pattern.pattern), reverse=True)
    return exact + longest[:_MAX_LOOKUPS]


def _as_term(condition: Condition, is_indexed: bool) -> TermCondition | None:
    """Return what a condition asks of terms, or None if terms don't tell.

    `is_indexed` is whether only images in the index can match the query.
    """
    match condition:
        case HasStatus("failed"):
            return _FAILED
        case HasStatus("pending") if is_indexed:
            return PENDING
        case HasStatus() | TimeRange():
            return None
    return condition


def _lists(condition: TermCondition, vocabulary: Vocabulary) -> Lists | None:
    """Return the lists of a condition, or None if there may be too many."""
    if isinstance(condition, ExactTerm):
        count = vocabulary.count(condition.term.key)
        return Lists((condition.term.key,) if count else (), count)
    found = vocabulary.find(condition.pattern, limit=_MAX_TERMS + 1)
    if len(found) > _MAX_TERMS:
        return None
    accepted = [each for each in found if condition.accepts(each.term)]
    return Lists(tuple(each.term.key for each in accepted), sum(each.count for each in accepted))


def _worthwhile(ordered: list[Lists]) -> tuple[Lists, ...]:
    """Return the first, and those others that take fewer units than the records that they may rule out."""
    chosen = ordered[:1]
    for lists in ordered[1:]:
        terms = sum(len(each.keys) for each in (*chosen, lists))
        if lists.units <= chosen[0].count and terms <= _MAX_ALL_TERMS:
            chosen.append(lists)
    return tuple(chosen)
