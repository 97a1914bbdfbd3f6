from __future__ import annotations

import pytest

from common.formats import FORMATS
from common.rejections import Rejection
from processor.imaging.sniff import HEAD_BYTES, sniff_format
from tests.unit.processor.support import make_file


def ftyp(major: bytes, *compatible: bytes) -> bytes:
    """Return the start of an ISO base media file with these brands."""
    size = 16 + 4 * len(compatible)
    return size.to_bytes(4, "big") + b"ftyp" + major + bytes(4) + b"".join(compatible) + b"meta"


@pytest.mark.parametrize("name", [format_.name for format_ in FORMATS])
def test_detects_every_supported_format(name: str) -> None:
    # an MPO is a JPEG until its frames are counted
    assert sniff_format(make_file(name)[:HEAD_BYTES]) == ("JPEG" if name == "MPO" else name)


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
        (ftyp(b"avci", b"mif1", b"avci"), "HEIC"),  # is rejected by its codec's name when it is opened
        (b"\0\0\0\x10ftypmif3heic", "HEIC"),
        (b"\0\0\0\x10ftypmif3avif", "AVIF"),
        (b"MM\0+" + bytes(20), "TIFF"),
        (b"GIF87a", "GIF"),
    ],
)
def test_detects_variants_of_supported_formats(head: bytes, name: str) -> None:
    assert sniff_format(head) == name


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
        (b"\0\0\1\0\1\0\x20\x20", "Icon (ICO)"),
        (b"8BPS\0\1", "Photoshop (PSD)"),
        (b"BA" + bytes(12) + b"BM", "OS/2 bitmap array"),
        (b"II*\0\x10\0\0\0CR\2\0", "Canon raw (CR2)"),
        (ftyp(b"crx "), "Canon raw (CR3)"),
        (ftyp(b"isom", b"mp41"), "MP4 video"),
        (ftyp(b"qt  "), "QuickTime video"),
        (b"\x1a\x45\xdf\xa3", "WebM or Matroska video"),
        (b"RIFF\0\0\0\0AVI LIST", "AVI video"),
    ],
)
def test_names_a_known_unsupported_format(head: bytes, name: str) -> None:
    with pytest.raises(Rejection) as caught:
        sniff_format(head)
    expected = Rejection.of("unsupported-format", format=name)
    assert (caught.value.code, caught.value.message) == (expected.code, expected.message)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\0",
        b"\xff\xd8",
        b"hello",
        b"BM starts this text, but its second header has no valid size.",
        b"<!doctype html><html><body><svg></svg>",
        b"<p>text",
        b"PK\3\4",
        b"RIFF\0\0\0\0WAVEfmt ",
        bytes(4096),
    ],
)
def test_rejects_a_file_that_is_not_an_image(head: bytes) -> None:
    with pytest.raises(Rejection) as caught:
        sniff_format(head)
    assert caught.value.code == "not-an-image"
