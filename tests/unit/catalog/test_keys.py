from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.keys import day_end, decode_cursor, encode_cursor
from tests.unit.catalog.support import ID

POSITION = f"2026-11-22T15:00:00.123Z#{ID}"
CURSOR = encode_cursor(POSITION)


def test_a_day_ends_at_midnight() -> None:
    assert [day_end(time) for time in (0, 1, 86399, 86400, 86401)] == [0, 86400, 86400, 86400, 172800]


def test_decodes_an_encoded_position() -> None:
    assert CURSOR == "ADolFfJF-6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6ur"
    assert decode_cursor(CURSOR) == POSITION


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
        f"AR7{CURSOR[3:]}",  # after the year 9991
        f"B{CURSOR[1:]}",
        f"{CURSOR[:9]}+{CURSOR[10:]}",
    ],
)
def test_rejects_an_invalid_cursor(cursor: str) -> None:
    assert decode_cursor(cursor) is None


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00.000Z", "1912-04-14T23:40:00.000Z"])
def test_encodes_times_before_1970(time: str) -> None:
    assert decode_cursor(encode_cursor(f"{time}#{ID}")) == f"{time}#{ID}"


@given(st.text(alphabet=st.characters()) | st.from_regex("A[A-Za-z0-9_-]{51}", fullmatch=True))
def test_decodes_only_what_it_encodes(text: str) -> None:
    position = decode_cursor(text)
    assert position is None or encode_cursor(position) == text


@given(st.from_regex("A([A-Q][A-Za-z0-9_-]|R[A-Za-z0-6])[A-Za-z0-9_-]{49}", fullmatch=True))
def test_decodes_every_cursor_that_matches_the_contract(cursor: str) -> None:
    assert decode_cursor(cursor) is not None
