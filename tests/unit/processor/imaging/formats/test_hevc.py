"""HEVC units: an overwritten one is noticed, although its decoder conceals it."""

from __future__ import annotations

import pytest

from processor.imaging.formats.hevc import has_layers, is_intact

UNIT = b"\x28\x01" + bytes(range(1, 60))


def units(*contents: bytes) -> bytes:
    return b"".join(len(content).to_bytes(4, "big") + content for content in contents)


@pytest.mark.parametrize("data", [units(UNIT), units(UNIT, UNIT), units(UNIT + b"\0\0\3\0\0\3")])
def test_units_are_intact(data: bytes) -> None:
    assert is_intact(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        bytes(64),
        units(UNIT)[:-1],
        units(UNIT) + b"\0",
        units(UNIT) + bytes(4),
        units(UNIT, b""),
        units(UNIT + bytes(3)),
        units(UNIT[:20] + bytes(20) + UNIT[40:]),
        units(UNIT, UNIT[:2] + bytes(3) + UNIT[2:]),
    ],
)
def test_a_cut_or_overwritten_unit_is_damaged(data: bytes) -> None:
    assert not is_intact(data)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (units(UNIT, UNIT), False),
        (units(UNIT, b"\x28\x09" + UNIT), True),
        (units(UNIT, b"\x29\x01" + UNIT), True),
        (units(UNIT, b"\x28\x09" + UNIT)[:-1], False),
        (units(b"\x28"), False),
        (b"", False),
    ],
    ids=["base layer", "layer 1", "layer 32", "cut", "half a header", "empty"],
)
def test_layers_are_told_by_the_headers_of_intact_units(data: bytes, expected: bool) -> None:
    assert has_layers(data) == expected
