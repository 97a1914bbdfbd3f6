from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.file_names import MAX_FILE_NAME, clean_file_name, is_invisible, remove_invisible

BIDIRECTIONAL = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
JOINERS = {"\u200c", "\u200d"}
FORMAT = {
    character for character in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(character) == "Cf"
}


def test_removes_every_character_that_changes_the_direction() -> None:
    classes = {"ALM", "LRM", "RLM", "LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}
    overrides = {character for character in FORMAT if unicodedata.bidirectional(character) in classes} | set(
        BIDIRECTIONAL
    )
    assert {character for character in overrides if not is_invisible(character)} == set()
    assert clean_file_name(f"a{BIDIRECTIONAL}b.jpg") == "ab.jpg"


@given(st.text(st.characters(codec="ascii")))
def test_ascii_has_no_invisible_characters(text: str) -> None:
    assert remove_invisible(text) == text
    assert remove_invisible(f"{text}é") == f"{text}é"


def test_removes_every_format_character_but_the_joiners() -> None:
    assert len(FORMAT) > 150
    assert {character for character in FORMAT if not is_invisible(character)} == JOINERS
    assert clean_file_name("".join(sorted(FORMAT - JOINERS))) == "picture"


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("gpj.\u202eexe", "gpj.exe"),
        ("\u2066a\u2069.jpg", "a.jpg"),
        ("a\u200b\u2060\ufeff\u00ad\U000e0041.jpg", "a.jpg"),
        ("a\u200d\u2800b\u200c.jpg", "ab.jpg"),
        ("👩" * 254 + "\u200d🚀", "👩" * 254),  # the limit leaves no half of a pair
        ("\u3164\u115f\u1160\uffa0.jpg", ".jpg"),
        ("e\u0301te\u0301.jpg", "\u00e9t\u00e9.jpg"),
        ("e\u200e\u0301.jpg", "\u00e9.jpg"),
        ("\u212b.jpg", "\u00c5.jpg"),
        ("Räuber 👩‍🚀 ❤️.jpg", "Räuber 👩‍🚀 ❤️.jpg"),
        (
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645.jpg",
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645.jpg",
        ),
        ("שלום.jpg", "שלום.jpg"),
        ("a b", "a b"),
        ("\ufffd.jpg", "\ufffd.jpg"),
        ("\u200e", "picture"),
        ("x" * 255, "x" * 255),
        ("\u0958" * 255, "\u0915\u093c" * 127 + "\u0915"),  # NFC makes it longer
    ],
)
def test_cleans_a_name(name: str, cleaned: str) -> None:
    assert clean_file_name(name) == cleaned


@given(st.text(max_size=300))
def test_a_cleaned_name_stays_the_same(name: str) -> None:
    cleaned = clean_file_name(name)
    assert 1 <= len(cleaned) <= MAX_FILE_NAME
    assert [character for character in cleaned if is_invisible(character)] == []
    assert clean_file_name(cleaned) == cleaned
