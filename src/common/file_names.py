"""File names as they are stored and shown."""

from __future__ import annotations

import unicodedata

MAX_FILE_NAME = 255  # characters; the limit of most file systems
_FALLBACK = "picture"
_JOINERS = "\u200c\u200d"  # invisible, but parts of emoji and of words in many scripts
# Invisible as well, though Unicode counts them as letters or marks: fillers of Hangul and vowels of Khmer.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u17b4\u17b5")


def is_invisible(character: str) -> bool:
    """Return whether a character only formats text, and could disguise a name.

    Those of Unicode's category Cf (UAX #44, 5.7.1) include all that change the direction of text (UAX #9, 2).
    """
    return character in _BLANK or (unicodedata.category(character) == "Cf" and character not in _JOINERS)


def clean_file_name(name: str) -> str:
    """Return a name for display: without invisible characters, in NFC, with 1 to MAX_FILE_NAME characters."""
    visible = "".join(character for character in name if not is_invisible(character))
    return unicodedata.normalize("NFC", visible)[:MAX_FILE_NAME] or _FALLBACK
