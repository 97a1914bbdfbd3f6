"""A HEIF whose parts cost much more than an ordinary picture is rejected before any is decoded."""

from __future__ import annotations

import struct

import pytest
from PIL import Image

from processor.imaging.formats.heif_cost import check_cost
from processor.imaging.formats.heif_file import HeifFile
from tests.heif_files import Item, coded_item, full_box, ispe, write_heif
from tests.unit.processor.imaging.formats.reading import BROKEN, TOO_COMPLEX, reject

References = list[tuple[str, int, list[int]]]
DECODER = coded_item(Image.new("RGB", (64, 64)), "HEIC").properties[1]
ALPHA = full_box(b"auxC", b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0")


def coded(side: int, *properties: bytes, size: int = 1) -> Item:
    """Return an image that claims a size, and is too damaged to be decoded."""
    return Item("hvc1", bytes(size), (ispe((side, side)), DECODER, *properties))


def overlay(count: int) -> Item:
    offsets = bytes(8 * count)
    return Item("iovl", struct.pack(">BBHHHHII", 0, 1, 0, 0, 0, 0, 8, 8) + offsets, (ispe((8, 8)),))


def nested(depth: int, side: int) -> tuple[dict[int, Item], References]:
    """Return overlays that double the number of parts at every level."""
    items: dict[int, Item] = {}
    references: References = []
    for level in range(depth):
        first = 1 + 2 * level
        items |= {first: overlay(2), first + 1: overlay(2)}
        references += [("dimg", first, [first + 2, first + 3]), ("dimg", first + 1, [first + 2, first + 3])]
    return items | {1 + 2 * depth: coded(side), 2 + 2 * depth: coded(side)}, references


def flat(count: int, side: int, size: int = 1) -> tuple[dict[int, Item], References]:
    parts = range(2, count + 2)
    return {1: overlay(count), **{item: coded(side, size=size) for item in parts}}, [("dimg", 1, list(parts))]


def with_alpha(count: int) -> tuple[dict[int, Item], References]:
    """Return an overlay of images with transparency."""
    items, references = flat(count, 8000)
    alpha = {item + count: coded(8000, ALPHA) for item in range(2, count + 2)}
    return items | alpha, references + [("auxl", item, [item - count]) for item in alpha]


@pytest.mark.parametrize(
    ("items", "references"),
    [
        pytest.param(*flat(6, 9_500), id="many large parts"),
        pytest.param(*flat(16_000, 8), id="very many small parts"),
        pytest.param(*with_alpha(4), id="parts with transparency"),
        pytest.param(*nested(6, 3_000), id="parts that are used again and again"),
        pytest.param(*nested(10, 8), id="parts of parts of parts"),
    ],
)
def test_costly_parts_are_rejected(items: dict[int, Item], references: References) -> None:
    assert reject(write_heif(items, references, "heic")) == TOO_COMPLEX


def test_parts_that_share_their_data_are_counted_each_time() -> None:
    items, references = flat(600, 8, size=1_000_000)
    shared = {item: each if item < 3 else coded(8) for item, each in items.items()}
    data = write_heif(shared, references, "heic")
    (meta_end,) = struct.unpack_from(">I", data, 24)
    iloc = data.index(b"iloc")
    extents = [data.index(struct.pack(">HHHH", item, 0, 0, 1), iloc, 24 + meta_end) + 8 for item in shared][
        1:
    ]
    (start,) = struct.unpack_from(">I", data, extents[0])
    changed = bytearray(data)
    for extent in extents:
        struct.pack_into(">II", changed, extent, start, 1_000_000)
    assert reject(data) == BROKEN
    assert reject(bytes(changed)) == TOO_COMPLEX


@pytest.mark.parametrize(
    ("items", "references"),
    [
        pytest.param(*flat(400, 512), id="a large grid"),
        pytest.param(*with_alpha(3), id="parts with transparency"),
        pytest.param(*nested(3, 2_000), id="an overlay of overlays"),
    ],
)
def test_ordinary_parts_are_accepted(items: dict[int, Item], references: References) -> None:
    check_cost(HeifFile(write_heif(items, references, "heic")))


def test_an_item_with_more_references_than_there_are_types_is_broken() -> None:
    items = {item: coded(8) for item in range(1, 300)}
    references = [("dimg", 1, [item]) for item in range(2, 300)]
    with pytest.raises(ValueError, match="too many references"):
        HeifFile(write_heif(items, references, "heic")).list_sources(1)
    assert reject(write_heif(items, references, "heic")) == BROKEN
