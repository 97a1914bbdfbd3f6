"""A writer of HEIF files (ISO/IEC 23008-12) with any items: encoders write no grids and no damaged files."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.image_files import encode

if TYPE_CHECKING:
    from PIL import Image

# Properties a reader must understand.
_ESSENTIAL = (b"hvcC", b"av1C", b"clap", b"irot", b"imir", b"rref", b"test")
CODECS = {"HEIC": ("hvc1", b"hvcC"), "AVIF": ("av01", b"av1C")}


@dataclass(frozen=True)
class Item:
    """An item: its type, data, and properties, which are boxes."""

    type: str
    data: bytes
    properties: tuple[bytes, ...] = ()
    is_in_idat: bool = False  # in the meta box instead of the mdat box


def box(kind: bytes, *parts: bytes) -> bytes:
    """Return a box."""
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + kind + body


def full_box(kind: bytes, *parts: bytes, version: int = 0, flags: int = 0) -> bytes:
    """Return a box with a version and flags."""
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


def ispe(size: tuple[int, int]) -> bytes:
    """Return the property with an image's size."""
    return full_box(b"ispe", struct.pack(">II", *size))


def nclx(primaries: int, transfer: int, matrix: int = 6) -> bytes:
    """Return the property with an image's code points, in full range."""
    return box(b"colr", b"nclx", struct.pack(">HHHB", primaries, transfer, matrix, 0x80))


def clap(size: tuple[int, int], center_offset: tuple[int, int] = (0, 0)) -> bytes:
    """Return the property that crops an image to a size, around a point given from the image's center."""
    return box(
        b"clap", struct.pack(">IIIIiIiI", size[0], 1, size[1], 1, center_offset[0], 1, center_offset[1], 1)
    )


def coded_item(image: Image.Image, name: str) -> Item:
    """Return an image as an item of a HEIC or AVIF, with the properties that its decoder needs."""
    kind, config = CODECS[name]
    plain = image.copy()
    plain.info.clear()  # so that the file has no other item
    data = encode(plain, name)
    start = data.index(config) - 4
    size = int.from_bytes(data[start : start + 4], "big")
    coded = data[data.index(b"mdat") + 4 :]
    return Item(kind, coded, (ispe(image.size), data[start : start + size]))


def grid_files(image: Image.Image, name: str, columns: int, rows: int) -> tuple[dict[int, Item], list[int]]:
    """Return the items of an image in tiles, and the tiles' ids. Item 1 is the grid."""
    width, height = image.width // columns, image.height // rows
    tiles = {
        2 + row * columns + column: coded_item(
            image.crop((column * width, row * height, (column + 1) * width, (row + 1) * height)), name
        )
        for row in range(rows)
        for column in range(columns)
    }
    layout = struct.pack(">BBBBHH", 0, 0, rows - 1, columns - 1, *image.size)
    return {1: Item("grid", layout, (ispe(image.size),), is_in_idat=True), **tiles}, list(tiles)


def write_heif(
    items: dict[int, Item],
    references: list[tuple[str, int, list[int]]],
    brand: str,
    primary: int = 1,
    *,
    has_ipma_per_item: bool = False,
) -> bytes:
    """Return a file with these items, and references of a type from one item to others."""
    ftyp = box(b"ftyp", brand.encode(), bytes(4), b"mif1", brand.encode())
    associations = _ipma_per_item(items) if has_ipma_per_item else _ipma(items)
    start = len(ftyp) + len(_meta(items, references, primary, associations, 0)) + 8
    meta = _meta(items, references, primary, associations, start)
    return ftyp + meta + box(b"mdat", *_data(items, is_in_idat=False))


def _meta(
    items: dict[int, Item],
    references: list[tuple[str, int, list[int]]],
    primary: int,
    associations: bytes,
    mdat_start: int,
) -> bytes:
    properties = [each for item in items.values() for each in item.properties]
    return full_box(
        b"meta",
        full_box(b"hdlr", bytes(4), b"pict", bytes(13)),
        full_box(b"pitm", struct.pack(">H", primary)),
        _iloc(items, mdat_start),
        full_box(b"iinf", struct.pack(">H", len(items)), *(_infe(*each) for each in items.items())),
        full_box(b"iref", *(_reference(*each) for each in references)) if references else b"",
        box(b"iprp", box(b"ipco", *properties), associations),
        box(b"idat", *idat) if (idat := _data(items, is_in_idat=True)) else b"",
    )


def _data(items: dict[int, Item], *, is_in_idat: bool) -> list[bytes]:
    return [item.data for item in items.values() if item.is_in_idat == is_in_idat]


def _infe(item_id: int, item: Item) -> bytes:
    return full_box(b"infe", struct.pack(">HH", item_id, 0), item.type.encode(), b"\0", version=2)


def _reference(kind: str, source: int, targets: list[int]) -> bytes:
    return box(kind.encode(), struct.pack(f">HH{len(targets)}H", source, len(targets), *targets))


def _iloc(items: dict[int, Item], mdat_start: int) -> bytes:
    entries, offsets = b"", {False: mdat_start, True: 0}
    for item_id, item in items.items():
        offset, size = offsets[item.is_in_idat], len(item.data)
        entries += struct.pack(">HHHHII", item_id, item.is_in_idat, 0, 1, offset, size)
        offsets[item.is_in_idat] += size
    return full_box(b"iloc", struct.pack(">BBH", 0x44, 0, len(items)), entries, version=1)


def _ipma(items: dict[int, Item]) -> bytes:
    return full_box(b"ipma", struct.pack(">I", len(items)), *_associations(items), flags=1)


def _ipma_per_item(items: dict[int, Item]) -> bytes:
    """Return one box per item, last item first, as some programs write them."""
    boxes = [
        full_box(b"ipma", struct.pack(">I", 1), each, flags=1) for each in reversed(_associations(items))
    ]
    return b"".join(boxes)


def _associations(items: dict[int, Item]) -> list[bytes]:
    entries, index = [], 1
    for item_id, item in items.items():
        entry = struct.pack(">HB", item_id, len(item.properties))
        for each in item.properties:
            is_essential = each[4:8] in _ESSENTIAL
            entry += struct.pack(">H", is_essential << 15 | index)
            index += 1
        entries.append(entry)
    return entries
