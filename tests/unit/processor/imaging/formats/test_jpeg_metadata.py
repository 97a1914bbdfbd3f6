"""JPEG: metadata decides nothing, and what any decoder skips between segments is tolerated."""

from __future__ import annotations

import struct

import pytest

from processor.imaging.decode import open_image
from processor.imaging.formats.jpeg import JpegImage
from tests.unit.processor.imaging.formats.jpeg_files import (
    BASELINE,
    END,
    THUMBNAIL,
    adobe,
    after_jfif,
    expected,
    insert,
    instead_of_jfif,
    picture,
    profile,
    segment,
)
from tests.unit.processor.imaging.support import linear_profile, prepare_file, save


def exif(orientation: int) -> bytes:
    entry = struct.pack(">HHIHH", 274, 3, 1, orientation, 0)
    return segment(0xE1, b"Exif\0\0MM\0*\0\0\0\x08\0\1" + entry + bytes(4))


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


def test_several_pictures_make_an_mpo_and_a_gain_map_does_not() -> None:
    data = save(picture(), "MPO", save_all=True, append_images=[picture()])
    assert open_image(data).format == "MPO"
    gain_map = segment(0xE1, b'http://ns.adobe.com/xap/1.0/\0<x hdrgm:Version="1.0"/>')
    assert open_image(insert(data, gain_map)).format == "JPEG"
