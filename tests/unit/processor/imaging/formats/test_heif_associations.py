"""Boxes of associations are merged if necessary, at a cost in proportion to the file."""

from __future__ import annotations

import struct

import pytest

from processor.imaging.formats.heif_associations import merge_associations
from tests.heif_files import box, full_box


def ipma(*items: int, version: int = 0) -> bytes:
    """Return a box that associates each item with property 1."""
    id_format = ">IBB" if version else ">HBB"
    entries = [struct.pack(id_format, item, 1, 1) for item in items]
    return full_box(b"ipma", struct.pack(">I", len(items)), *entries, version=version)


def meta(*properties: bytes) -> bytes:
    return full_box(b"meta", *(box(b"iprp", each) for each in properties))


FTYP, FREE = box(b"ftyp", b"avif"), box(b"free")
TWO = ipma(2) + ipma(1)
ONE = ipma(1, 2)


def merged(*others: bytes) -> bytes:
    """Return the content of `TWO`, and what else is in its box, as one box."""
    return box(b"iprp", *others, ONE) + box(b"free", bytes(len(TWO) - len(ONE) - 8))


def test_boxes_of_the_same_version_are_merged() -> None:
    assert merge_associations(FTYP + meta(ipma(2) + FREE + ipma(1)) + FREE) == (
        FTYP + full_box(b"meta", merged(FREE)) + FREE
    )


@pytest.mark.parametrize(
    "properties",
    [
        pytest.param(FREE + ipma(1), id="one box"),
        pytest.param(ipma(1) + ipma(2, version=1), id="boxes of different versions"),
        pytest.param(TWO + FREE * 65_535, id="too many boxes"),
        pytest.param(ipma(*range(65_535)) + ipma(1), id="too many entries"),
        pytest.param(ipma(1) + full_box(b"ipma", b"\xff" * 4), id="a count of entries that is wrong"),
    ],
)
def test_boxes_are_left_as_they_are(properties: bytes) -> None:
    data = FTYP + meta(properties)
    assert merge_associations(data) is data


def test_only_the_first_boxes_count() -> None:
    start = FTYP + full_box(b"meta", merged(), box(b"iprp", TWO)) + meta(TWO)
    assert merge_associations(FTYP + meta(TWO, TWO) + meta(TWO)) == start
    assert merge_associations(start) is start
