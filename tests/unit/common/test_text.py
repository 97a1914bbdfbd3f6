from __future__ import annotations

import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from common.file_names import is_invisible
from common.text import clean_line

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Räuber 🐈", "Räuber 🐈"),
        ("  New\r\n York\u2028\u00a0City\t", "New York City"),
        ("Ra\u0308uber", "Räuber"),
        ("a\u202eb\u200bc\ufeffd", "abcd"),  # an override, a zero-width space and a byte order mark
        ("a\x00b\x7fc\x9bd", "abcd"),
        ("a\ud800b", "ab"),
        ("👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧"),  # a family is joined by joiners
        ("\u200d", ""),
        ("ca\u200dt", "cat"),  # a joiner joins pictographs only
        ("e\u200d\u0301", "é"),
        ("👩\u200d\u200d🚀\u200d", "👩\u200d🚀"),
        ("🙂\u200d\u2194\ufe0f", "🙂\u200d\u2194\ufe0f"),
        ("ca\u200ct", "cat"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # a non-joiner separates letters that would join
        *(
            (f"a{blank}b", "ab")
            for blank in "\u034f\u2800\u3164\u115f\u1160\uffa0\u17b4\u2065\ufff0\U000e0002"
        ),
        ("\u2800", ""),
        ("\u3164", ""),  # a filler
        ("\u0308", ""),  # a mark without a letter
        ("\U00036f12", "\U00036f12"),  # not assigned yet
        ("\ue000", "\ue000"),  # for private use
        ("-", "-"),
        ("", ""),
        (" \n", ""),
    ],
)
def test_makes_one_visible_line(text: str, line: str) -> None:
    assert clean_line(text) == line


def test_removes_every_control_and_invisible_character() -> None:
    """Separators of lines, records and fields are white space, all others are gone."""
    characters = [chr(code) for code in range(sys.maxunicode + 1)]
    removed = [
        each for each in characters if is_invisible(each) or ord(each) < 0x20 or 0x7F <= ord(each) < 0xA0
    ]
    assert len(removed) > 200
    assert {clean_line(f"a{each}b") for each in removed} == {"ab", "a b"}


@given(ANY_TEXT)
@example("\u212b \u0344")  # normalization changes both
def test_is_idempotent_and_can_be_stored(text: str) -> None:
    line = clean_line(text)
    assert clean_line(line) == line
    assert line.encode().decode() == line
    assert line.split() == line.split(" ") or line == ""
