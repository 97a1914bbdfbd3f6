"""JPEG: only missing pixels make a file damaged."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PIL import ImageFile

from tests.unit.processor.imaging.formats.jpeg_files import (
    ARITHMETIC,
    ARITHMETIC_PROGRESSIVE,
    BASELINE,
    END,
    HEIGHT,
    KINDS,
    THUMBNAIL,
    WIDTH,
    expected,
    frame,
    insert,
    picture,
    scan,
    segment,
)
from tests.unit.processor.imaging.formats.reading import rejection
from tests.unit.processor.imaging.support import close_to, prepare_file, save


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "change",
    [
        lambda data: data[:-2],
        lambda data: data[:-1],
        lambda data: data[:-2] + b"\xff" * 50,
        lambda data: data[:-2] + bytes(500),
        lambda data: data[:-2] + THUMBNAIL,
        lambda data: data[:-2] + b"garbage" * 50,
        lambda data: insert(data[:-2], segment(0xE1, b"Exif\0\0" + THUMBNAIL)),
    ],
    ids=["cut", "half", "fill bytes", "zeros", "another JPEG", "garbage", "after a thumbnail with its own"],
)
def test_a_jpeg_without_its_end_marker_is_shown_and_converted(
    kind: str, change: Callable[[bytes], bytes]
) -> None:
    prepared = prepare_file(change(KINDS[kind]))
    assert prepared.body is not None
    assert prepared.image.tobytes() == prepare_file(KINDS[kind]).image.tobytes()


CUTS = [
    (kind, part)
    for kind in KINDS
    for part in (0.3, 0.6, 0.9)
    if part < 0.9 or "progressive" not in kind  # the loss of its last scan is invisible
]


@pytest.mark.parametrize(("kind", "part"), CUTS)
@pytest.mark.parametrize(
    "end",
    [
        lambda _: b"",
        lambda _: END,
        bytes,
        lambda missing: bytes(missing) + END,
        lambda missing: b"\xff" * missing,
    ],
    ids=["cut", "end marker", "zeros", "zeros, then end marker", "fill bytes"],
)
def test_a_jpeg_that_was_cut_is_damaged(kind: str, part: float, end: Callable[[int], bytes]) -> None:
    data = KINDS[kind]
    start = data.index(b"\xff\xda") + 14
    cut = start + int((len(data) - start) * part)
    assert rejection(data[:cut].rstrip(b"\xff") + end(len(data) - cut - 2)).code == "broken"


@pytest.mark.parametrize("number", range(8))
def test_a_jpeg_that_was_cut_before_a_restart_marker_is_damaged(number: int) -> None:
    data = KINDS["restart markers"]
    cut = data.rindex(bytes((0xFF, 0xD0 + number)))
    assert rejection(data[:cut]).code == "broken"
    assert rejection(data[:cut] + END).code == "broken"


def test_a_progressive_jpeg_without_its_last_scan_is_damaged_unless_it_ends_there() -> None:
    data = KINDS["progressive"]
    last = data[: data.rindex(b"\xff\xda")]
    without = last[: last.rindex(b"\xff\xc4")]  # its codes precede it
    assert rejection(without).code == "broken"
    assert prepare_file(without + END).image.size == (WIDTH, HEIGHT)


def test_a_jpeg_without_the_scan_of_a_component_is_damaged() -> None:
    tables = BASELINE[: BASELINE.index(b"\xff\xc0")] + frame(0xC0, 3)
    codes = BASELINE[BASELINE.index(b"\xff\xc4") : BASELINE.index(b"\xff\xda")]
    block = b"\x28\xa2\x8a" * 200  # empty blocks
    assert rejection(tables + codes + scan(range(1), 0, 63) + block + END).code == "broken"


def test_an_area_whose_code_is_zero_is_not_taken_for_a_missing_part() -> None:
    image = picture().resize((800, 600))
    image.paste((255, 255, 255), (0, 100, 800, 600))
    data = save(image, "JPEG", optimize=True)
    assert bytes(64) in data[-80:]
    assert prepare_file(data).body is None
    assert prepare_file(data[:-2]).image.size == (800, 600)


def test_missing_and_swapped_restart_markers_are_skipped() -> None:
    data = KINDS["restart markers"]
    start = data.index(b"\xff\xda")
    for wrong in (b"", b"\xff\xd6"):
        changed = data[:start] + data[start:].replace(b"\xff\xd3", wrong)
        assert prepare_file(changed).image.size == (WIDTH, HEIGHT)


def test_standard_huffman_tables_may_be_missing() -> None:
    data = BASELINE
    while b"\xff\xc4" in data:
        start = data.index(b"\xff\xc4")
        data = data[:start] + data[start + 2 + int.from_bytes(data[start + 2 : start + 4], "big") :]
    assert prepare_file(data).image.tobytes() == expected(BASELINE).tobytes()


def test_a_height_that_follows_the_pixels_is_used() -> None:
    start = BASELINE.index(b"\xff\xc0") + 5
    data = BASELINE[:start] + bytes(2) + BASELINE[start + 2 :]
    assert rejection(data).code == "broken"
    prepared = prepare_file(data[:-2] + segment(0xDC, HEIGHT.to_bytes(2, "big")) + END)
    assert prepared.body is not None
    assert prepared.image.tobytes() == expected(BASELINE).tobytes()


@pytest.mark.parametrize("data", [ARITHMETIC, ARITHMETIC_PROGRESSIVE])
def test_an_arithmetic_coded_jpeg_is_converted(data: bytes) -> None:
    for file in (data, data[:-2]):
        prepared = prepare_file(file)
        assert prepared.body is not None
        assert prepared.image.getpixel((10, 10)) == close_to(20, 90, 220)
        assert prepared.image.getpixel((80, 70)) == close_to(200, 60, 20)
    assert rejection(data[: len(data) - 40]).code == "broken"


@pytest.mark.parametrize("data", [ARITHMETIC, ARITHMETIC_PROGRESSIVE])
def test_an_arithmetic_coded_jpeg_is_read_at_once(data: bytes) -> None:
    comment = segment(0xFE, bytes(ImageFile.MAXBLOCK - len(data) + 20))  # Pillow reads so much at a time
    assert prepare_file(insert(data, comment)).image.tobytes() == prepare_file(data).image.tobytes()
