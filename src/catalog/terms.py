"""Terms: what an image can be found by, such as `label:Cat`, `text:exit` or `tag:sale`."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Iterable

Kind = Literal[
    "label",  # a label, or the parent of one
    "text",  # a word that was read
    "color",  # the name of a dominant color
    "flag",  # a category of unsafe content
    "celebrity",
    "missing",  # protective equipment that a person lacks
    "people",  # the number of people
    "camera",
    "tag",  # given by the owner
    "name",  # the file name
    "status",  # only `failed`: other images needn't be found by their status
    "is",  # `favorite`, `approved` or `hidden`, set by the owner
]
KINDS: tuple[Kind, ...] = get_args(Kind)
_MAX_VALUE = 200  # characters; a partition key holds at most 2,048 bytes


@dataclass(frozen=True, order=True)
class Term:
    """What an image can be found by; the value is spelled as it is displayed."""

    kind: Kind
    value: str

    @property
    def key(self) -> str:
        """The folded text form, which is equal for terms that differ in case only."""
        return f"{self.kind}:{fold(self.value)}"

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"

    @classmethod
    def parse(cls, text: str) -> Term:
        """Return the term of a text form. Raises ValueError if its kind is unknown."""
        kind, _, value = text.partition(":")
        if kind not in KINDS:
            raise ValueError(f"unknown kind of term: {kind}")
        return cls(kind, value)


def fold(text: str) -> str:
    """Normalize a value for case-insensitive comparison; empty if nothing is left of it."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())[:_MAX_VALUE]


def unique_terms(terms: Iterable[Term]) -> tuple[Term, ...]:
    """Return terms in their order, without empty ones and without those that differ in case only."""
    unique: dict[str, Term] = {}
    for term in terms:
        if fold(term.value):
            unique.setdefault(term.key, term)
    return tuple(unique.values())


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text: its runs of letters, marks and digits, folded."""
    separated = "".join(each if unicodedata.category(each)[0] in "LMN" else " " for each in fold(text))
    return tuple(separated.split())
