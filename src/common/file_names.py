"""File names as they are stored and shown."""

from __future__ import annotations

import unicodedata

MAX_FILE_NAME = 255  # characters; the limit of most file systems
_FALLBACK = "picture"
_NON_JOINER, _JOINER = "\u200c", "\u200d"  # visible only by what they do to the characters beside them
# Invisible as well, though Unicode counts them as letters, marks, symbols or not assigned: fillers of Hangul,
# vowels of Khmer, the empty Braille pattern, the grapheme joiner, and code points reserved for such
# (Default_Ignorable_Code_Point in UAX #44).
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2065\u2800\u3164\uffa0") | frozenset(
    map(chr, (*range(0xFFF0, 0xFFF9), *range(0xE0000, 0xE0100), *range(0xE01F0, 0xE1000)))
)
_VIRAMA = 9  # the combining class of signs that join consonants (UAX #44, 5.7.4)


def is_invisible(character: str) -> bool:
    """Return whether a character only formats text, and could disguise a name.

    Those of Unicode's category Cf (UAX #44, 5.7.1) include all that change the direction of text (UAX #9, 2).
    Joiners aren't among them: that depends on their neighbors.
    """
    if character in _BLANK:
        return True
    return unicodedata.category(character) == "Cf" and character not in (_NON_JOINER, _JOINER)


def is_pictograph(character: str) -> bool:
    """Return whether a character is an emoji, a part of one, or another symbol; not ©, ® or °.

    The blocks from U+1F000 to U+1FAFF are reserved for pictographs, also those of a newer Unicode.
    """
    return "\U0001f000" <= character <= "\U0001faff" or (
        character > "\xff" and unicodedata.category(character) == "So" and character not in _BLANK
    )


def remove_invisible(text: str) -> str:
    """Return a text in NFC without invisible characters, and without joiners that join nothing."""
    if text.isascii():
        return text  # it has none, and is in NFC
    cleaned = "".join(character for character in text if not is_invisible(character))
    while (composed := unicodedata.normalize("NFC", _remove_joiners(cleaned))) != cleaned:
        cleaned = composed  # composing may change the neighbors of a joiner
    return cleaned


def clean_file_name(name: str) -> str:
    """Return a name for display: without invisible characters, in NFC, with 1 to MAX_FILE_NAME characters."""
    return remove_invisible(remove_invisible(name)[:MAX_FILE_NAME]) or _FALLBACK


def _remove_joiners(text: str) -> str:
    if _JOINER not in text and _NON_JOINER not in text:
        return text
    kept: list[str] = []
    for character, following in zip(text, f"{text[1:]} ", strict=True):
        before = kept[-1] if kept else " "
        if (character == _JOINER and not _joins(before, following)) or (
            character == _NON_JOINER and not _separates(before, following)
        ):
            continue
        kept.append(character)
    return "".join(kept)


def _joins(before: str, following: str) -> bool:
    """Return whether a joiner makes one emoji of two, perhaps after a variation selector (UTS #51, 1.4.9)."""
    is_start = is_pictograph(before) or before == "\ufe0f"
    return is_start and (is_pictograph(following) or unicodedata.category(following) == "Sm")


def _separates(before: str, following: str) -> bool:
    """Return whether a non-joiner changes the letters beside it, such as in Persian (RFC 5892, A.1)."""
    is_joined = unicodedata.bidirectional(before) == "AL" or unicodedata.combining(before) == _VIRAMA
    return is_joined and unicodedata.category(following).startswith("L")
