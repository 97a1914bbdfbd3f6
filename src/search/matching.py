"""What a query asks of a record. The record decides; the index only finds candidates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from catalog.terms import Term, words
from common.file_names import is_pictograph

if TYPE_CHECKING:
    from datetime import datetime

    from catalog.records import ImageRecord, Status
    from catalog.terms import Kind

_WORD_START, _WORD_END = r"(?<![^\W_])", r"(?![^\W_])"
_SEPARATOR = r"(?:[^\w\n]|_)*"
_CACHED_VALUES = 20_000  # most terms are those of many images


@dataclass(frozen=True)
class Phrase:
    """Consecutive whole words in the value of a term of some kinds; the last may be the start of a word.

    Without words, it is any value.
    """

    kinds: tuple[Kind, ...]
    words: tuple[str, ...]
    is_prefix: bool = False

    def accepts(self, term: Term) -> bool:
        """Return whether a term contains the words."""
        return term.kind in self.kinds and self._text in _padded_words(term.value)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What is found in the folded line `kind:value` of each accepted term, and perhaps of others.

        Of others, because `re` doesn't know that a mark, such as an accent, belongs to a word.
        """
        text = _SEPARATOR.join(_word_pattern(word) for word in self.words)
        if self.is_prefix:
            text = text.removesuffix(_WORD_END)
        return re.compile(f"^(?:{'|'.join(self.kinds)}):.*{text}", re.MULTILINE)

    @cached_property
    def _text(self) -> str:
        return f" {' '.join(self.words)}{'' if self.is_prefix else ' '}"


@dataclass(frozen=True)
class ExactTerm:
    """A term itself, ignoring case."""

    term: Term

    def accepts(self, term: Term) -> bool:
        """Return whether it is the term."""
        return term.kind == self.term.kind and term.key == self.term.key

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What is found in the term's folded line."""
        return re.compile(f"^{re.escape(self.term.key)}$", re.MULTILINE)


@dataclass(frozen=True)
class PeopleRange:
    """The number of people, both ends included."""

    minimum: int
    maximum: int | None

    def accepts(self, term: Term) -> bool:
        """Return whether a term is such a number of people."""
        if term.kind != "people":
            return False
        return self.minimum <= int(term.value) and (self.maximum is None or int(term.value) <= self.maximum)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What is found in the line of every number of people."""
        return re.compile("^people:", re.MULTILINE)


@dataclass(frozen=True)
class HasStatus:
    """The status of the record."""

    status: Status


@dataclass(frozen=True)
class TimeRange:
    """When the picture was taken or, without that, added: from `start` until just before `end`."""

    start: datetime | None = None
    end: datetime | None = None

    def contains(self, time: datetime) -> bool:
        """Return whether a time is in the range."""
        return (self.start is None or self.start <= time) and (self.end is None or time < self.end)


TermCondition = Phrase | ExactTerm | PeopleRange
Condition = TermCondition | HasStatus | TimeRange


@dataclass(frozen=True)
class Clause:
    """A condition that a record has to meet or, if excluded, must not meet."""

    condition: Condition
    is_excluded: bool = False


@dataclass(frozen=True)
class Query:
    """Clauses that a record must satisfy, all of them; without any, every record matches."""

    clauses: tuple[Clause, ...] = ()

    def matches(self, record: ImageRecord) -> bool:
        """Return whether a record satisfies all clauses. It has no terms unless they are in the index."""
        terms = record.all_terms if self.clauses and record.is_indexed else ()
        return all(_is_met(each.condition, record, terms) != each.is_excluded for each in self.clauses)

    @property
    def required(self) -> tuple[Condition, ...]:
        """The conditions that aren't excluded."""
        return tuple(clause.condition for clause in self.clauses if not clause.is_excluded)

    @property
    def times(self) -> TimeRange:
        """The range that all required ranges have in common."""
        ranges = [condition for condition in self.required if isinstance(condition, TimeRange)]
        return TimeRange(
            start=max((each.start for each in ranges if each.start), default=None),
            end=min((each.end for each in ranges if each.end), default=None),
        )


def _is_met(condition: Condition, record: ImageRecord, terms: tuple[Term, ...]) -> bool:
    match condition:
        case HasStatus():
            return record.status == condition.status
        case TimeRange():
            return condition.contains(record.sort_time)
    return any(condition.accepts(term) for term in terms)


def _word_pattern(word: str) -> str:
    """Return the pattern of a word, which no letter or digit may be beside; beside a pictograph, one may."""
    return re.escape(word) if is_pictograph(word[0]) else f"{_WORD_START}{re.escape(word)}{_WORD_END}"


@lru_cache(maxsize=_CACHED_VALUES)
def _padded_words(value: str) -> str:
    """Return the words of a value, each with a space on both sides."""
    return f" {' '.join(words(value))} "
