"""Terms: what an image can be found by, such as `label:Cat`, `text:exit` or `tag:sale`."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from common.file_names import is_pictograph, remove_invisible

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
    "status",  # `failed`, or `pending` while it is recognized again; none if it is done
    "is",  # `favorite`, `approved` or `hidden`, set by the owner; `review` or `waiting` if it needs that
]
KINDS: tuple[Kind, ...] = get_args(Kind)
# Counted, but without lists: the lists of all images are sorted by these times. The value is a month (UTC).
MonthKind = Literal[
    "added",
    "taken",  # or added, if that is unknown
]
MONTH_KINDS: tuple[MonthKind, ...] = get_args(MonthKind)
# Bytes of UTF-8. A partition key holds 2,048, and also has the owner and the kind. The longest file name has
# 1,020 bytes and the longest tag 200, so only values whose folded form is much longer are cut.
_MAX_VALUE = 1_800
_VARIATION_SELECTORS = re.compile("[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_DOTS_ABOVE_I = re.compile("(?<=i)\u0307+")  # what case folding leaves of a Turkish \u0130


@dataclass(frozen=True, order=True)
class Term:
    """What an image can be found by, or is counted by; the value is spelled as it is displayed."""

    kind: Kind | MonthKind
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
        if kind not in KINDS and kind not in MONTH_KINDS:
            raise ValueError(f"unknown kind of term: {kind}")
        return cls(kind, value)


def fold(text: str) -> str:
    """Normalize a value for case-insensitive comparison; empty if nothing is left of it.

    What can't be seen makes no difference, and neither does whether a symbol is shown as text or as an emoji.
    """
    if text.isascii():
        return _cut(" ".join(text.lower().split())).rstrip()  # nothing else applies to ASCII
    visible = remove_invisible(_VARIATION_SELECTORS.sub("", text))
    lower = _DOTS_ABOVE_I.sub("", unicodedata.normalize("NFKC", visible).casefold())
    folded = " ".join(unicodedata.normalize("NFKC", lower).split())
    return remove_invisible(_cut(folded)).rstrip()


def _cut(text: str) -> str:
    """Return a text without the whole characters that exceed the limit."""
    encoded = text.encode(errors="surrogatepass")
    return text if len(encoded) <= _MAX_VALUE else encoded[:_MAX_VALUE].decode(errors="ignore")


def unique_terms(terms: Iterable[Term]) -> tuple[Term, ...]:
    """Return terms in their order, without empty ones and without those that differ in case only."""
    unique: dict[str, Term] = {}
    for term in terms:
        if fold(term.value):
            unique.setdefault(term.key, term)
    return tuple(unique.values())


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text: its runs of letters, marks and digits, and each pictograph; folded."""
    return tuple("".join(_separated(each) for each in fold(text)).split())


def _separated(character: str) -> str:
    """Return a character of a word as it is, a pictograph between spaces, and a space for all others."""
    if unicodedata.category(character)[0] in "LMN":
        return character
    return f" {character} " if is_pictograph(character) else " "
