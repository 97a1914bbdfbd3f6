"""Camera raw files in TIFF's structure are rejected; TIFFs with pages, pyramids or a camera's name aren't."""

from __future__ import annotations

import struct
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from processor.imaging.formats.raw import find_raw_name
from processor.imaging.formats.tiff_tags import read_first_directory
from tests.unit.processor.imaging.formats.reading import gray, read, reject, unsupported
from tests.unit.processor.imaging.formats.tiff_files import (
    BITS,
    COMPRESSION,
    HEIGHT,
    MAKE,
    PHOTOMETRIC,
    SAMPLES,
    SUB_IFDS,
    SUBFILE_TYPE,
    WIDTH,
    write_directory,
    write_tiff,
)

if TYPE_CHECKING:
    from tests.unit.processor.imaging.formats.tiff_files import Tags

CFA_PATTERN, DNG_VERSION = 33422, 50706
FULL: Tags = {SUBFILE_TYPE: 0, WIDTH: 6000, HEIGHT: 4000}
REDUCED: Tags = {SUBFILE_TYPE: 1, WIDTH: 2, HEIGHT: 1}
CFA: Tags = {**FULL, PHOTOMETRIC: 32803}
ORDERS = pytest.mark.parametrize("order", ["<", ">"])


def write(tags: Tags, *subs: Tags, order: str = "<", following: Tags | None = None) -> bytes:
    """Return a white TIFF of 4 × 2 pixels, with SubIFDs or one following IFD."""
    first: Tags = {BITS: 8, COMPRESSION: 1, PHOTOMETRIC: 1, SAMPLES: 1, **tags}
    data = write_tiff((4, 2), [b"\xff" * 8], first, order=order, subs=subs)
    if following is None:
        return data
    (start,) = struct.unpack_from(order + "I", data, 4)
    (entries,) = struct.unpack_from(order + "H", data, start)
    place = start + 2 + 12 * entries
    linked = data[:place] + struct.pack(order + "I", len(data)) + data[place + 4 :]
    return linked + write_directory(following, len(data), order)


RAW: dict[str, tuple[Tags, list[Tags]]] = {
    "DNG": ({DNG_VERSION: [1, 4, 0, 0], SUBFILE_TYPE: 1}, [CFA]),
    "a color filter array in the first IFD (PEF)": ({PHOTOMETRIC: 32803}, []),
    "a color filter array in a SubIFD (NEF, SRW, ERF, 3FR, DCR)": ({MAKE: b"NIKON\0"}, [REDUCED, CFA]),
    "linear raw": ({}, [{**FULL, PHOTOMETRIC: 34892}]),
    "the pattern of the filters": ({}, [{**FULL, CFA_PATTERN: [0, 1, 1, 2]}]),
    "Nikon's compression": ({}, [{**FULL, COMPRESSION: 34713}]),
    "Sony's compression (ARW)": ({}, [{**FULL, COMPRESSION: 32767}]),
    "Samsung's compression": ({}, [{**FULL, COMPRESSION: 32770}]),
    "Kodak's compression": ({}, [{**FULL, COMPRESSION: 65000}]),
    "Pentax's compression": ({COMPRESSION: 65535}, []),
    "a camera's embedded preview of a full-size SubIFD": ({SUBFILE_TYPE: 1, MAKE: b"Canon\0"}, [FULL]),
    "a camera's embedded preview whose SubIFD is cut off": (
        {SUBFILE_TYPE: 1, MAKE: b"SONY\0", SUB_IFDS: 9_000_000},
        [],
    ),
    "Leaf's metadata (MOS)": ({34310: b"PKTS"}, []),
    "Hasselblad's metadata (FFF)": ({46275: b"tag!!"}, []),
}


@ORDERS
@pytest.mark.parametrize("kind", RAW)
def test_a_raw_file_is_not_its_embedded_preview(order: str, kind: str) -> None:
    tags, subs = RAW[kind]
    name = "Camera raw (DNG)" if kind == "DNG" else "Camera raw"
    assert reject(write(tags, *subs, order=order)) == unsupported(name)


@ORDERS
def test_a_raw_image_that_follows_its_embedded_preview(order: str) -> None:
    assert reject(write({MAKE: b"KODAK\0"}, order=order, following=CFA)) == unsupported("Camera raw")


@pytest.mark.parametrize("signature", [b"IIIITwaR", b"MMMMRawT"])
def test_a_phase_one_raw_file(signature: bytes) -> None:
    data = write({})
    start = int.from_bytes(data[4:8], "little")
    moved = data[:4] + (start + 8).to_bytes(4, "little") + signature + data[8:]
    assert reject(moved) == unsupported("Camera raw")


ORDINARY: dict[str, tuple[Tags, list[Tags]]] = {
    "a camera's name": ({MAKE: b"Canon\0"}, []),
    "a pyramid in SubIFDs (OME)": ({SUBFILE_TYPE: 0, MAKE: b"Zeiss\0"}, [REDUCED, REDUCED]),
    "an embedded preview in a SubIFD": ({MAKE: b"NIKON\0"}, [{**REDUCED, COMPRESSION: 6}]),
    "a reduced image without a camera": ({SUBFILE_TYPE: 1}, [FULL]),
    "a reduced image without SubIFDs": ({SUBFILE_TYPE: 1, MAKE: b"EPSON\0"}, []),
    "SubIFDs outside the file": ({SUB_IFDS: [0, 9_000_000, 4_000_000_000]}, []),
    "more SubIFDs than anyone needs": ({SUB_IFDS: [8] * 5000}, []),
}


@ORDERS
@pytest.mark.parametrize("kind", ORDINARY)
def test_an_ordinary_tiff_is_read(order: str, kind: str) -> None:
    tags, subs = ORDINARY[kind]
    assert read(write(tags, *subs, order=order)) == gray(*[255] * 8)


@ORDERS
def test_the_overviews_of_a_cloud_optimized_geotiff(order: str) -> None:
    assert read(write({}, order=order, following=REDUCED)) == gray(*[255] * 8)


def test_directories_that_refer_to_each_other_are_read_once_and_dropped() -> None:
    entries, count = 3000, 17
    size = 2 + 12 * entries + 4
    starts = [8 + number * size for number in range(count)]
    tags: Tags = dict.fromkeys(range(1000, 1000 + entries - 1), 0)
    subs = struct.pack("<HHII", SUB_IFDS, 4, count - 1, 8 + count * size)
    data = b"II*\0" + struct.pack("<I", starts[0])
    for number, start in enumerate(starts):
        directory = write_directory(tags, start, "<", starts[(number + 1) % count])
        data += struct.pack("<H", entries) + subs + directory[2:]
    data += struct.pack(f"<{count - 1}I", *starts[1:])
    first = read_first_directory(data)
    tracemalloc.start()
    try:
        assert find_raw_name(data, first) is None
        assert tracemalloc.get_traced_memory()[1] < 4_000_000  # two directories; all have more than 10 MB
    finally:
        tracemalloc.stop()


def test_only_the_first_entries_of_a_following_directory_are_read() -> None:
    tags: Tags = dict.fromkeys(range(20000, 24096), 0)
    assert read(write({}, following={**tags, CFA_PATTERN: 0})) == gray(*[255] * 8)
