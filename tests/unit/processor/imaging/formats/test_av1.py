"""AV1's sequence header: the code points are found after any of the optional fields."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from processor.imaging.cicp import CodePoints
from processor.imaging.formats.av1 import is_intact, read_code_points

Field = tuple[int, int]  # a value and its bits
REDUCED = [(0, 3), (1, 1), (1, 1), (0, 5)]
SIZE = [(7, 4), (7, 4), (99, 8), (99, 8)]
COLORS = [(1, 1), (9, 8), (16, 8), (9, 8)]


def pack(fields: Iterable[Field]) -> bytes:
    text = "".join(f"{value:0{bits}b}" for value, bits in fields)
    return int(text.ljust(-(-len(text) // 8) * 8, "0"), 2).to_bytes(-(-len(text) // 8), "big")


def obu(kind: int, content: bytes) -> bytes:
    return bytes((kind << 3 | 2, len(content))) + content


def still(*color: Field) -> bytes:
    """Return the data of a still picture, with the color configuration of profile 0."""
    return obu(2, b"") + obu(1, pack([*REDUCED, *SIZE, (0, 3), (0, 3), *color])) + obu(6, b"frame")


def sequence(*timing: Field) -> bytes:
    """Return the data of a video whose header has all optional fields."""
    point = [(0, 12), (9, 5), (0, 1), (1, 1), (0, 2 * 8 + 1), (1, 1), (0, 4)]
    fields = [(2, 3), (0, 1), (0, 1), *timing, (1, 1), (1, 5), *point, *point, *SIZE, (1, 1), (0, 7), (0, 3)]
    tools = [(0, 4), (1, 1), (0, 2), (0, 1), (1, 1), (0, 1), (0, 1), (0, 3)]
    return obu(1, pack([*fields, *tools, (0, 3), (1, 1), (1, 1), (0, 1), *COLORS]))


def test_reads_the_code_points_of_a_still_picture() -> None:
    assert read_code_points(still((1, 1), (0, 1), *COLORS)) == CodePoints(9, 16)


def test_a_still_picture_may_lack_them() -> None:
    assert read_code_points(still((0, 1), (0, 1), (0, 1))) is None


def test_skips_every_optional_field() -> None:
    timing = [(1, 1), (0, 64), (1, 1), (0, 3), (1, 1), (0, 3), (1, 1), (7, 5), (0, 42)]
    assert read_code_points(sequence(*timing)) == CodePoints(9, 16)


def test_data_without_a_sequence_header_has_none() -> None:
    assert read_code_points(obu(2, b"") + obu(6, b"frame")) is None


@pytest.mark.parametrize("data", [b"\x0a\xff\xff", b"\x0a" + b"\x80" * 9, b"\x0a\x01\0", b"\x0a"])
def test_a_damaged_header_is_an_error(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"sequence header|leb128"):
        read_code_points(data)


@pytest.mark.parametrize("kind", [3, 4, 6])
def test_a_long_run_of_zeros_in_the_picture_is_damage(kind: int) -> None:
    assert is_intact(obu(2, b"") + obu(kind, b"frame" + bytes(63) + b"end"))
    assert not is_intact(obu(2, b"") + obu(kind, b"frame" + bytes(64) + b"end"))


@pytest.mark.parametrize("kind", [5, 15])
def test_zeros_in_metadata_and_padding_are_not_damage(kind: int) -> None:
    assert is_intact(obu(6, b"frame") + obu(kind, bytes(100)))


def test_zeros_in_place_of_the_data_are_damage() -> None:
    assert not is_intact(obu(6, b"frame") + bytes(100))
