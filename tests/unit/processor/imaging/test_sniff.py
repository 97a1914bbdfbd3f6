from __future__ import annotations

import pytest

from common.formats import FORMATS
from common.rejections import Rejection
from processor.imaging.sniff import format_of


def brands(major: bytes, *compatible: bytes) -> bytes:
    size = 16 + 4 * len(compatible)
    return size.to_bytes(4, "big") + b"ftyp" + major + bytes(4) + b"".join(compatible) + b"meta"


@pytest.mark.parametrize("name", [known.name for known in FORMATS])
def test_every_format_that_is_taken_is_told(make, name) -> None:
    # an MPO is a JPEG until its frames are counted
    assert format_of(make(name)[:4096]) == ("JPEG" if name == "MPO" else name)


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (brands(b"avif"), "AVIF"),
        (brands(b"avis", b"msf1"), "AVIF"),
        (brands(b"mif1", b"mif1", b"avif"), "AVIF"),
        (brands(b"mif1", b"mif1", b"heic"), "HEIC"),
        (brands(b"mif1"), "HEIC"),
        (brands(b"msf1", b"hevc"), "HEIC"),
        (brands(b"heix", b"avif"), "HEIC"),
        (b"MM\0+" + bytes(20), "TIFF"),
        (b"GIF87a", "GIF"),
    ],
)
def test_taken(head, name) -> None:
    assert format_of(head) == name


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b'<?xml version="1.0"?>\n<!-- drawn -->\n<svg xmlns="http://www.w3.org/2000/svg">', "SVG"),
        (b"\xef\xbb\xbf  <SVG>", "SVG"),
        (b"<svg:svg >", "SVG"),
        (b"%PDF-1.7", "PDF"),
        (b"\xff\x0a\xfa\x7f", "JPEG XL"),
        (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
        (b"\0\0\1\0\1\0\x20\x20", "icon (ICO)"),
        (b"8BPS\0\1", "Photoshop (PSD)"),
        (b"II*\0\x10\0\0\0CR\2\0", "Canon raw (CR2)"),
        (brands(b"crx "), "Canon raw (CR3)"),
        (brands(b"isom", b"mp41"), "MP4 video"),
        (brands(b"qt  "), "QuickTime video"),
        (b"\x1a\x45\xdf\xa3", "WebM or Matroska video"),
        (b"RIFF\0\0\0\0AVI LIST", "AVI video"),
    ],
)
def test_known_but_not_taken(head, name) -> None:
    with pytest.raises(Rejection) as caught:
        format_of(head)
    expected = Rejection.of("unsupported-format", format=name)
    assert (caught.value.code, caught.value.message) == (expected.code, expected.message)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\0",
        b"\xff\xd8",
        b"hello",
        b"BM is how this text begins, and it is none of a bitmap's.",
        b"<!doctype html><html><body><svg></svg>",
        b"<p>text",
        b"PK\3\4",
        b"RIFF\0\0\0\0WAVEfmt ",
        bytes(4096),
    ],
)
def test_no_picture(head) -> None:
    with pytest.raises(Rejection) as caught:
        format_of(head)
    assert caught.value.code == "not-an-image"
