from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.keys import cursor_of, day_end, fold, folded_names, position_of

ID = "ab" * 32
POSITION = f"2026-11-22T15:00:00.123Z#{ID}"
CURSOR = cursor_of(POSITION)


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Person", "person"),
        (" Mobile Phone ", "mobile phone"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("Cafe\u0301", "caf\u00e9"),
        ("x" * 1000, "x" * 200),
        (" ", ""),
    ],
)
def test_names_are_folded(name: str, folded: str) -> None:
    assert fold(name) == folded


def test_names_are_taken_once_as_they_were_first_seen() -> None:
    assert folded_names(["Cat", "Animal", "CAT", "", " Pet"]) == {
        "cat": "Cat",
        "animal": "Animal",
        "pet": "Pet",
    }


def test_a_day_ends_at_midnight() -> None:
    assert [day_end(moment) for moment in (0, 1, 86399, 86400, 86401)] == [0, 86400, 86400, 86400, 172800]


def test_a_cursor_leads_back_to_its_position() -> None:
    cursor = cursor_of(POSITION)
    assert cursor == "AaIDxW37q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s"
    assert position_of(cursor) == POSITION


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "null",
        "é",
        "\ud800",
        POSITION,
        CURSOR[:-1],
        f"{CURSOR}=",
        f"{CURSOR}\n",
        f" {CURSOR}",
        f"{CURSOR[:-1]}t",  # the same bytes, written otherwise
        f"9{CURSOR[1:]}",  # past the year 9999
        f"{CURSOR[:9]}+{CURSOR[10:]}",
    ],
)
def test_what_no_list_gave_is_no_cursor(cursor: str) -> None:
    assert position_of(cursor) is None


@given(st.text(alphabet=st.characters()) | st.from_regex("[A-Za-z0-9_-]{51}", fullmatch=True))
def test_no_text_breaks_it(text: str) -> None:
    position = position_of(text)
    assert position is None or cursor_of(position) == text


@given(st.from_regex("[A-Za-z0-4][A-Za-z0-9_-]{49}[AEIMQUYcgkosw048]", fullmatch=True))
def test_what_the_contract_calls_a_cursor_is_one(cursor: str) -> None:
    assert position_of(cursor) is not None
