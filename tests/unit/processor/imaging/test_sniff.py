"""Supported formats are detected, and files that aren't images are rejected."""

from __future__ import annotations

import gzip
import random

import pytest

from common.formats import FORMATS
from common.rejections import Rejection
from processor.imaging.sniff import sniff_format
from tests.unit.processor.imaging.support import ftyp
from tests.unit.processor.support import make_file


@pytest.mark.parametrize("name", [format_.name for format_ in FORMATS])
def test_detects_every_supported_format(name: str) -> None:
    # an MPO is a JPEG until its frames are counted
    assert sniff_format(make_file(name)) == ("JPEG" if name == "MPO" else name)


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (ftyp(b"avif"), "AVIF"),
        (ftyp(b"avis", b"msf1"), "AVIF"),
        (ftyp(b"mif1", b"mif1", b"avif"), "AVIF"),
        (ftyp(b"mif1", b"mif1", b"heic"), "HEIC"),
        (ftyp(b"mif1"), "HEIC"),
        (ftyp(b"msf1", b"hevc"), "HEIC"),
        (ftyp(b"heix", b"avif"), "HEIC"),
        (ftyp(b"miaf", b"avif"), "AVIF"),
        # Other codecs are rejected by their name when the file is opened.
        (ftyp(b"avci", b"mif1", b"avci"), "HEIC"),
        (ftyp(b"avcs", b"msf1"), "HEIC"),
        (ftyp(b"j2ki", b"mif1"), "HEIC"),
        (ftyp(b"mif1", b"vvic"), "HEIC"),
        (b"\0\0\0\x10ftypmif3heic", "HEIC"),
        (b"\0\0\0\x10ftypmif3avif", "AVIF"),
        (ftyp(b"mif2", b"heic"), "HEIC"),
        (ftyp(b"MiHE", b"mif1", b"heic"), "HEIC"),
        (ftyp(b"MA1B", b"miaf", b"avif"), "AVIF"),
        (b"II*\0\x08\0\0\0" + bytes(124) + b"DICM", "TIFF"),
        (b"MM\0+" + bytes(20), "TIFF"),
        (b"GIF87a", "GIF"),
    ],
)
def test_detects_variants_of_supported_formats(head: bytes, name: str) -> None:
    assert sniff_format(head) == name


SIGNATURE_WORDS = [
    "P1",
    "P2",
    "P3",
    "P4",
    "P5",
    "P6",
    "P7",
    "PF",
    "Pf",
    "SIMPLE",
    "DDS",
    "8BPS",
    "GRIB",
    "BUFR",
    "FLIF",
    "qoif",
    "farbfeld",
    "icns",
    "gimp xcf",
    "DanM",
    "LinS",
    "SDPX",
    "XPDS",
    "BPG",
    "BLP1",
    "VTF",
    "PVR",
    "FORM",
    "RIFF",
    "FOVb",
    "BA",
    "BM",
    "II",
    "MM",
    "GIF",
    "PNG",
    "JPEG",
    "Image type:",
    "LBLSIZE",
    "ftyp",
]
NOT_IMAGES = {
    "empty": b"",
    "one zero": b"\0",
    "half a signature": b"\xff\xd8",
    "zeros": bytes(4096),
    "text": b"hello",
    "BMP text": b"BM starts this text, but its second header has no valid size.",
    "HTML": b"<!doctype html><html><body><svg></svg>",
    "a fragment of HTML": b"<p>text",
    "JSON": b'{"a": [1, 2, 3]}',
    "XML": b'<?xml version="1.0"?><feed><entry/></feed>',
    "CSV": b"a,b,c\n1,2,3\n",
    "C": b"#define WIDTH 8\n#include <stdio.h>\n",
    "WAV": b"RIFF\0\0\0\0WAVEfmt ",
    "MP3": b"ID3\4\0\0\0\0\0\x23TSSE",
    "MP3 without a tag": b"\xff\xfb\x90\x64" + bytes(400),
    "M4A": ftyp(b"M4A ", b"isom", b"mp42"),
    "Ogg": b"OggS\0\2" + bytes(20),
    "FLAC": b"fLaC\0\0\0\x22",
    "ELF": b"\x7fELF\2\1\1" + bytes(57),
    "Windows program": b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff",
    "Java class": b"\xca\xfe\xba\xbe\0\0\0\x34",
    "ZIP": b"PK\3\4\x14\0\0\0\x08\0" + bytes(20) + b"a.txt",
    "DOCX": b"PK\3\4\x14\0\6\0\x08\0" + bytes(16) + b"\x13\0\0\0[Content_Types].xml",
    "ODT": b"PK\3\4" + bytes(22) + b"\x08\0\0\0mimetypeapplication/vnd.oasis.opendocument.text",
    "DOC": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000),
    "gzip": gzip.compress(b"text" * 100, mtime=0),
    "cut gzip": b"\x1f\x8b\x08\0",
    "7-Zip": b"7z\xbc\xaf\x27\x1c\0\4",
    "SQLite": b"SQLite format 3\0\x10\0\1\1",
    "font": b"\0\1\0\0\0\x12\1\0\0\4\0\x20GDEF",
    "tar": b"a.txt" + bytes(252) + b"ustar\x0000" + bytes(247),
    **{
        f"text that begins with {word}": f"{word} is the name of a format that this is about. ".encode() * 20
        for word in SIGNATURE_WORDS
    },
}


@pytest.mark.parametrize("name", NOT_IMAGES)
def test_rejects_a_file_that_is_not_an_image(name: str) -> None:
    with pytest.raises(Rejection) as caught:
        sniff_format(NOT_IMAGES[name])
    assert caught.value.code == "not-an-image"


def test_random_data_is_not_an_image() -> None:
    source = random.Random(5)
    for _ in range(5000):
        data = source.randbytes(source.choice((20, 200, 3000)))
        with pytest.raises(Rejection) as caught:
            sniff_format(data)
        assert caught.value.code == "not-an-image"
