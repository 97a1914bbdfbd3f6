"""Text that a person has written, as it is stored and shown."""

from __future__ import annotations

import unicodedata

from common.file_names import remove_invisible

_REMOVED = {"Cc", "Cs"}  # Unicode categories: controls, and surrogates, which UTF-8 can't encode
# Letters, numbers, punctuation, symbols and, because a newer Unicode has more of them, what isn't assigned
_VISIBLE = ("L", "N", "P", "S", "Cn", "Co")


def clean_line(text: str) -> str:
    """Return a text on one line, in NFC, without control characters and those that only format text.

    White space, such as a line break, becomes one space. A text without any visible character becomes empty.
    """
    kept = "".join(each for each in text if each.isspace() or unicodedata.category(each) not in _REMOVED)
    line = " ".join(remove_invisible(" ".join(kept.split())).split())
    return line if any(unicodedata.category(character).startswith(_VISIBLE) for character in line) else ""
