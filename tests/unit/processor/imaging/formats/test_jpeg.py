"""JPEG: only missing pixels make a file damaged; what the decoder can't read is named."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable

import pytest
from PIL import Image, ImageChops

from common.rejections import Rejection
from processor.imaging.decode import open_image
from processor.imaging.formats.jpeg import JpegImage
from tests.unit.processor.imaging.formats.jpeg_files import (
    ARITHMETIC,
    ARITHMETIC_PROGRESSIVE,
    END,
    HEIGHT,
    WIDTH,
    frame,
    insert,
    jpeg,
    lossless_jpeg,
    picture,
    scan,
    segment,
    with_frame,
)
from tests.unit.processor.imaging.support import close_to, linear_profile, prepare_file, save

KINDS = {
    "baseline": jpeg(),
    "optimized": jpeg(optimize=True),
    "progressive": jpeg(progressive=True),
    "gray": jpeg("L"),
    "not subsampled": jpeg(subsampling=0),
    "CMYK": jpeg("CMYK"),
    "restart markers": jpeg(restart_marker_blocks=5),
    "restart markers, progressive": jpeg(restart_marker_rows=1, progressive=True),
    "gray area": save(Image.new("RGB", (WIDTH, HEIGHT), (128, 128, 128)), "JPEG"),
    "uniform": save(Image.new("RGB", (WIDTH, HEIGHT), (255, 255, 255)), "JPEG"),
}
BASELINE = KINDS["baseline"]
JFIF_END = 20  # the start marker and Pillow's JFIF segment
JFIF = BASELINE[2:JFIF_END]
THUMBNAIL = save(picture().resize((80, 60)), "JPEG")


def exif(orientation: int) -> bytes:
    entry = struct.pack(">HHIHH", 274, 3, 1, orientation, 0)
    return segment(0xE1, b"Exif\0\0MM\0*\0\0\0\x08\0\1" + entry + bytes(4))


def adobe(content: bytes) -> bytes:
    return segment(0xEE, b"Adobe\0\x64\0\0\0\0" + content)


def profile(number: int, count: int, content: bytes) -> bytes:
    return segment(0xE2, b"ICC_PROFILE\0" + bytes((number, count)) + content)


def after_jfif(inserted: bytes) -> bytes:
    return BASELINE[:JFIF_END] + inserted + BASELINE[JFIF_END:]


def instead_of_jfif(inserted: bytes) -> bytes:
    return BASELINE[:2] + inserted + BASELINE[JFIF_END:]


def expected(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def rejection(data: bytes) -> Rejection:
    with pytest.raises(Rejection) as caught:
        prepare_file(data)
    return caught.value


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


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
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
    if part == 0.9 and "progressive" in kind:
        return  # in the last scan, whose loss is invisible
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


READ = {
    "garbage after the end": BASELINE + b"garbage" * 50,
    "several ends": BASELINE + END * 3,
    "fill bytes between segments": after_jfif(b"\xff" * 9),
    "short JFIF": instead_of_jfif(segment(0xE0, b"JFIF\0")),
    "JFIF without its zero": instead_of_jfif(segment(0xE0, b"JFIF")),
    "no JFIF": instead_of_jfif(b""),
    "short Adobe": after_jfif(segment(0xEE, b"Adobe")),
    "Adobe, YCbCr": instead_of_jfif(adobe(b"\1")),
    "Adobe, unknown": after_jfif(adobe(b"\7")),
    "odd Photoshop resources": after_jfif(segment(0xED, b"Photoshop 3.0\0" + b"8BIM\4\4")),
    "odd comment": after_jfif(segment(0xFE, b"\xff\xfe\0\1")),
    "empty EXIF": after_jfif(segment(0xE1, b"Exif\0\0")),
    "EXIF that isn't": after_jfif(segment(0xE1, b"Exif\0\0garbage")),
    "EXIF with missing entries": after_jfif(segment(0xE1, b"Exif\0\0MM\0*\0\0\0\x08\0\x09")),
    "unknown orientation": after_jfif(exif(9)),
    "EXIF with a thumbnail": after_jfif(segment(0xE1, b"Exif\0\0" + THUMBNAIL)),
    "profile without content": after_jfif(segment(0xE2, b"ICC_PROFILE\0")),
    "profile with a part missing": after_jfif(profile(1, 2, linear_profile()[:300])),
    "profile with a wrong count": after_jfif(profile(1, 3, linear_profile())),
    "profile with a part twice": after_jfif(profile(1, 1, linear_profile()) * 2),
    "profile with part 0": after_jfif(profile(0, 1, linear_profile())),
    "index of several images that isn't": after_jfif(segment(0xE2, b"MPF\0garbage")),
    "empty index of several images": after_jfif(segment(0xE2, b"MPF\0")),
    "index of several images that is cut": after_jfif(segment(0xE2, b"MPF\0MM\0*\0\0\0\x08\0\3\xb0\0\0\7")),
    "index of several images that lies": after_jfif(segment(0xE2, b"MPF\0MM\0*\xff\0\0\x08\0\3")),
}
CONVERTED = {
    "garbage between segments": after_jfif(b"garbage"),
    "zeros between segments": after_jfif(bytes(30)),
    "FF 00 between segments": after_jfif(b"\xff\0"),
    "markers without content between segments": after_jfif(b"\xff\1\xff\xd3"),
    "length 0": after_jfif(segment(0xE5, b"", 0)),
    "length too long": insert(BASELINE, segment(0xE5, b"abc", 8)),
    "length too short": after_jfif(segment(0xE5, b"abcdef", 4)),
}


@pytest.mark.parametrize("name", READ)
def test_odd_metadata_decides_nothing(name: str) -> None:
    prepared = prepare_file(READ[name])
    assert prepared.body is None
    assert prepared.image.tobytes() == expected(BASELINE).tobytes()


@pytest.mark.parametrize("name", CONVERTED)
def test_an_odd_header_is_read_and_converted(name: str) -> None:
    prepared = prepare_file(CONVERTED[name])
    assert prepared.body is not None
    assert prepared.image.tobytes() == expected(BASELINE).tobytes()


def test_the_parts_of_a_profile_may_come_in_any_order() -> None:
    content = linear_profile()
    image = JpegImage(after_jfif(profile(2, 2, content[200:]) + profile(1, 2, content[:200])))
    assert image.info["icc_profile"] == content


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


@pytest.mark.parametrize(
    "data",
    [jpeg(keep_rgb=True), instead_of_jfif(adobe(b"\0"))],
    ids=["component ids", "Adobe"],
)
def test_rgb_components_are_converted(data: bytes) -> None:
    assert prepare_file(data).body is not None


def test_rgb_components_keep_their_colors() -> None:
    data = save(Image.new("RGB", (WIDTH, HEIGHT), (200, 60, 20)), "JPEG", quality=95, keep_rgb=True)
    assert prepare_file(data).image.getpixel((50, 50)) == close_to(200, 60, 20)


@pytest.mark.parametrize("transform", [b"", b"\0", b"\2"])
def test_cmyk_is_inverted_as_adobe_writes_it(transform: bytes) -> None:
    image = Image.new("CMYK", (WIDTH, HEIGHT), (0, 255, 255, 0))
    data = save(image, "JPEG", quality=95)
    start = data.index(b"\xff\xee")
    changed = data[:start] + (adobe(transform) if transform else b"") + data[start + 16 :]
    if transform != b"\2":
        assert prepare_file(changed).image.getpixel((50, 50)) == close_to(255, 0, 0)
    assert prepare_file(changed).body is not None


@pytest.mark.parametrize("data", [ARITHMETIC, ARITHMETIC_PROGRESSIVE])
def test_an_arithmetic_coded_jpeg_is_converted(data: bytes) -> None:
    for file in (data, data[:-2]):
        prepared = prepare_file(file)
        assert prepared.body is not None
        assert prepared.image.getpixel((10, 10)) == close_to(20, 90, 220)
        assert prepared.image.getpixel((80, 70)) == close_to(200, 60, 20)
    assert rejection(data[: len(data) - 40]).code == "broken"


@pytest.mark.parametrize(
    "markers",
    [(), (JFIF,), (adobe(b"\0"),), (adobe(b"\1"),), (JFIF, adobe(b"\1"))],
    ids=["none", "JFIF", "Adobe, RGB", "Adobe, YCbCr", "JFIF and Adobe"],
)
def test_a_lossless_jpeg_is_converted_without_a_change_of_its_colors(markers: tuple[bytes, ...]) -> None:
    prepared = prepare_file(insert(lossless_jpeg(picture()), *markers))
    assert prepared.body is not None
    assert prepared.image.tobytes() == picture().tobytes()


@pytest.mark.parametrize("transform", [b"\0", b"\2"], ids=["CMYK", "YCCK"])
def test_a_lossless_jpeg_of_four_components_is_cmyk(transform: bytes) -> None:
    shown = prepare_file(insert(lossless_jpeg(picture("CMYK")), adobe(transform))).image
    assert shown.tobytes() == ImageChops.invert(picture("CMYK")).convert("RGB").tobytes()


@pytest.mark.parametrize("markers", [(), (JFIF,)], ids=["none", "JFIF"])
def test_a_lossless_gray_jpeg_is_converted(markers: tuple[bytes, ...]) -> None:
    shown = prepare_file(insert(lossless_jpeg(picture("L")), *markers)).image
    assert shown.convert("L").tobytes() == picture("L").tobytes()


def test_a_lossless_jpeg_has_no_reduced_size() -> None:
    assert JpegImage(BASELINE).draft(None, (WIDTH // 2, HEIGHT // 2)) is not None
    assert JpegImage(lossless_jpeg(picture())).draft(None, (WIDTH // 2, HEIGHT // 2)) is None


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (with_frame(BASELINE, 0xC0, 12), "12-bit JPEG"),
        (with_frame(BASELINE, 0xC1, 12), "12-bit JPEG"),
        (with_frame(BASELINE, 0xC2, 12), "12-bit JPEG"),
        (with_frame(BASELINE, 0xC9, 12), "12-bit JPEG"),
        (with_frame(BASELINE, 0xC3, 16), "16-bit JPEG"),
        (with_frame(BASELINE, 0xF7), "JPEG-LS"),
        (insert(with_frame(BASELINE, 0xF7, 16), segment(0xF8, b"\1" + bytes(10))), "JPEG-LS"),
        (with_frame(BASELINE, 0xCB), "Arithmetic-coded lossless JPEG"),
        *(
            (with_frame(BASELINE, kind), "Hierarchical JPEG")
            for kind in (0xC5, 0xC6, 0xC7, 0xCD, 0xCE, 0xCF, 0xDE)
        ),
        (b"\xff\xd8" + frame(0xC0, 2) + scan(range(2), 0, 63) + END, "2-component JPEG"),
        (b"\xff\xd8" + frame(0xC0, 5) + scan(range(4), 0, 63) + END, "5-component JPEG"),
    ],
)
def test_a_kind_of_jpeg_that_the_decoder_lacks_is_named(data: bytes, name: str) -> None:
    error = rejection(data)
    wanted = Rejection.of("unsupported-format", format=name)
    assert (error.code, error.message) == (wanted.code, wanted.message)


@pytest.mark.parametrize(
    "data",
    [
        BASELINE[: BASELINE.index(b"\xff\xda")] + END,
        with_frame(BASELINE, 0xC0, 7),
        with_frame(BASELINE, 0xC8),
        BASELINE[:2] + BASELINE,
        after_jfif(b"\xff\xf0\0\2"),
        after_jfif(segment(0xE5, b"", 60_000)),
        b"\xff\xd8" + frame(0xC0, 0) + scan(range(1), 0, 63) + END,
        b"\xff\xd8" + scan(range(1), 0, 63) + END,
    ],
    ids=[
        "no scan",
        "7 bits",
        "no frame",
        "two starts",
        "reserved marker",
        "long length",
        "no component",
        "scan only",
    ],
)
def test_a_file_without_a_picture_is_damaged(data: bytes) -> None:
    assert rejection(data).code == "broken"


def test_several_pictures_make_an_mpo_and_a_gain_map_does_not() -> None:
    data = save(picture(), "MPO", save_all=True, append_images=[picture()])
    assert open_image(data).format == "MPO"
    gain_map = segment(0xE1, b'http://ns.adobe.com/xap/1.0/\0<x hdrgm:Version="1.0"/>')
    assert open_image(insert(data, gain_map)).format == "JPEG"
