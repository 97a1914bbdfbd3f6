"""Terms to suggest while a person types."""

from __future__ import annotations

from heapq import nsmallest
from typing import TYPE_CHECKING

from catalog.terms import KINDS, words
from search.matching import Phrase

if TYPE_CHECKING:
    from catalog.index.vocabulary import TermCount, Vocabulary
    from catalog.terms import Kind


def suggest(vocabulary: Vocabulary, prefix: str, kind: Kind | None, limit: int) -> list[TermCount]:
    """Return the terms of a kind, or of all, that have a word starting with a prefix, most frequent first.

    A prefix of several words must match consecutive ones; only the last may be incomplete. Every term has an
    empty prefix; none has one without a letter or digit.
    """
    kinds = KINDS if kind is None else (kind,)
    if not prefix.strip():
        found = vocabulary.terms(kinds)
    elif typed := words(prefix):
        phrase = Phrase(kinds, typed, is_prefix=True)
        found = [each for each in vocabulary.find(phrase.pattern) if phrase.accepts(each.term)]
    else:
        found = []
    return nsmallest(limit, found, key=lambda each: (-each.count, each.term.key))
