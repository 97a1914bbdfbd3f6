"""The vocabulary: an owner's terms with the number of images of each, and what was recognized by month."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, chain, islice
from typing import TYPE_CHECKING, cast

from catalog.terms import KINDS, Kind, MonthKind, Term, fold

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping


@dataclass(frozen=True)
class TermCount:
    """A term, spelled as first seen, and the number of images that have it."""

    term: Term
    count: int


@dataclass(frozen=True)
class MonthTotals:
    """What was recognized for an owner in a month, including images deleted since."""

    images: int = 0
    billed_calls: int = 0

    def __add__(self, other: MonthTotals) -> MonthTotals:
        return MonthTotals(self.images + other.images, self.billed_calls + other.billed_calls)


NO_TOTALS = MonthTotals()


@dataclass(frozen=True)
class Terms:
    """Terms and their counts, as columns sorted by key; a spelling is empty if it equals the folded value.

    Columns, because an owner may have a hundred thousand terms: most queries need a few of them.
    """

    keys: tuple[str, ...] = ()
    spellings: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()

    @classmethod
    def of(cls, counts: Mapping[str, int], terms: Mapping[str, Term]) -> Terms:
        """Return the columns of counts by key; `terms` has the term of each key."""
        keys = tuple(sorted(counts))
        return cls(keys, tuple(spelling(terms[key]) for key in keys), tuple(counts[key] for key in keys))

    def plus(self, changes: Mapping[str, int], terms: Mapping[str, Term]) -> Terms:
        """Return the columns with changed counts; `terms` has the terms that these lack.

        A count may be negative until what it lacks is added.
        """
        counts = dict(zip(self.keys, self.counts, strict=True))
        spellings = dict(zip(self.keys, self.spellings, strict=True))
        for key, change in changes.items():
            counts[key] = counts.get(key, 0) + change
            if key in terms:
                spellings.setdefault(key, spelling(terms[key]))
        keys = tuple(sorted(key for key, count in counts.items() if count))
        return Terms(keys, tuple(spellings.get(key, "") for key in keys), tuple(counts[key] for key in keys))

    @cached_property
    def text(self) -> str:
        """The keys, one a line."""
        return "\n".join(self.keys)

    @cached_property
    def starts(self) -> list[int]:
        """Where each key starts in the text."""
        return list(accumulate((len(key) + 1 for key in self.keys), initial=0))[:-1]

    def find(self, key: str) -> int | None:
        """Return the index of a key."""
        index = bisect_left(self.keys, key)
        return index if index < len(self.keys) and self.keys[index] == key else None

    def search(self, pattern: re.Pattern[str]) -> Iterator[int]:
        """Yield the indexes of the keys in which a pattern is found."""
        in_text = re.compile(pattern.pattern, pattern.flags | re.MULTILINE)
        start = 0
        while start < len(self.text) and (match := in_text.search(self.text, start)):
            index = bisect_right(self.starts, match.start()) - 1
            start = self.starts[index] + len(self.keys[index]) + 1
            if pattern.search(self.keys[index]):  # the match may depend on the lines around it
                yield index

    def of_kind(self, kind: Kind | MonthKind) -> range:
        """Return the indexes of the terms of a kind."""
        after = f"{kind};"  # ";" is the character after ":"
        return range(bisect_left(self.keys, f"{kind}:"), bisect_left(self.keys, after))

    def spelled(self, index: int) -> Term:
        """Return the term at an index."""
        kind, _, folded = self.keys[index].partition(":")
        return Term(cast("Kind | MonthKind", kind), self.spellings[index] or folded)


def spelling(term: Term) -> str:
    """Return how a term is spelled; empty if its value is folded already."""
    value = " ".join(term.value.split())
    return "" if value == fold(value) else value


@dataclass(frozen=True)
class Vocabulary:
    """An owner's terms and months. `changes` are counts to add to those of `base`, which may be negative.

    `spellings` has the spellings of the terms in `changes` that `base` lacks, by key.
    """

    base: Terms = Terms()
    changes: Mapping[str, int] = field(default_factory=dict)
    spellings: Mapping[str, str] = field(default_factory=dict)
    months: Mapping[str, MonthTotals] = field(default_factory=dict)  # by "2026-11" (UTC)

    def count(self, term_key: str) -> int:
        """Return how many images have a term, 0 if none has."""
        index = self.base.find(term_key)
        known = 0 if index is None else self.base.counts[index]
        return max(0, known + self.changes.get(term_key, 0))

    def find(self, pattern: re.Pattern[str], limit: int | None = None) -> list[TermCount]:
        """Return the terms in whose folded text form, such as "label:sports car", a pattern is found.

        With a limit, return no more than that of them.
        """
        known = (self._at(index) for index in self.base.search(pattern))
        added = (self._added(key) for key in self._added_keys if pattern.search(key))
        return list(islice((each for each in chain(known, added) if each.count > 0), limit))

    def terms(self, kinds: Collection[Kind | MonthKind] = KINDS) -> list[TermCount]:
        """Return the terms of some kinds, or all that images are found by, most frequent first."""
        found: list[TermCount] = []
        for kind in kinds:
            found += [self._at(index) for index in self.base.of_kind(kind)]
            found += [self._added(key) for key in self._added_keys if key.startswith(f"{kind}:")]
        found = [each for each in found if each.count > 0]
        return sorted(found, key=lambda each: (-each.count, each.term.key))

    def month(self, month: str) -> MonthTotals:
        """Return the totals of a month, such as "2026-11"."""
        return self.months.get(month, NO_TOTALS)

    @cached_property
    def _added_keys(self) -> list[str]:
        return [key for key in self.changes if self.base.find(key) is None]

    def _at(self, index: int) -> TermCount:
        count = self.base.counts[index] + self.changes.get(self.base.keys[index], 0)
        return TermCount(self.base.spelled(index), count)

    def _added(self, key: str) -> TermCount:
        kind, _, folded = key.partition(":")
        return TermCount(
            Term(cast("Kind | MonthKind", kind), self.spellings.get(key) or folded), self.changes[key]
        )
