"""Terms to suggest while a person types."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from catalog.terms import KINDS, words
from search.matching import Phrase

if TYPE_CHECKING:
    from catalog.index.vocabulary import TermCount, Vocabulary
    from catalog.terms import Kind


def suggest(vocabulary: Vocabulary, prefix: str, kind: Kind | None, limit: int) -> list[TermCount]:
    """Return the terms of a kind, or of all, that have a word starting with a prefix, most frequent first.

    A prefix of several words must match consecutive ones; only the last may be incomplete. Every term has an
    empty prefix; none has one without a letter, digit or emoji.
    """
    kinds = KINDS if kind is None else (kind,)
    if not prefix.strip():
        return vocabulary.terms(kinds)[:limit]
    typed = words(prefix)
    if not typed:
        return []
    phrase = Phrase(kinds, typed, is_prefix=True)
    found = vocabulary.find(phrase.pattern)  # in a large collection, 100,000 file names
    found.sort(key=lambda each: (-each.count, each.term.value, each.term.kind))
    return list(islice((each for each in found if phrase.accepts(each.term)), limit))
