from __future__ import annotations

import gzip
import random
import struct

import pytest
from PIL import Image

from common.formats import FORMATS
from common.rejections import Rejection
from processor.imaging.sniff import sniff_format
from tests.unit.processor.imaging.support import save
from tests.unit.processor.support import make_file

FLASHPIX = bytes.fromhex("0067615654c1ce11855300aa00a1f95b")


def ftyp(major: bytes, *compatible: bytes) -> bytes:
    """Return the start of an ISO base media file with these brands."""
    size = 16 + 4 * len(compatible)
    return size.to_bytes(4, "big") + b"ftyp" + major + bytes(4) + b"".join(compatible) + b"meta"


OTHERS = [
    (b"\n\5\1\x08" + bytes(4) + b"\x63\0\x63\0" + bytes(53) + b"\3\x64\0", "PCX"),
    (b"\x3a\xde\x68\xb1"[::-1] + bytes(8), "PCX"),
    (b"\x01\xda\1\1\0\3\0\x64", "SGI"),
    (b"\x59\xa6\x6a\x95" + bytes(28), "Sun raster"),
    (b"P4\n# comment\n8 8\n" + bytes(8), "Netpbm (PBM)"),
    (b"P5 8 8 255\n" + bytes(64), "Netpbm (PGM)"),
    (b"P3\n1\n1\n255\n1 2 3\n", "Netpbm (PPM)"),
    (b"P7\nWIDTH 8\nHEIGHT 8\n", "Netpbm (PAM)"),
    (b"PF\n8 8\n-1.0\n" + bytes(768), "Netpbm (PFM)"),
    (b"Pf 8 8 1\n" + bytes(256), "Netpbm (PFM)"),
    (b"SIMPLE  =                    T / conforms to FITS", "FITS"),
    (bytes(128) + b"DICM\2\0", "DICOM"),
    (b"/* XPM */\nstatic char *x[] = {", "XPM"),
    (b"/* icon */\n#define im_width 8\n#define im_height 8\n", "XBM"),
    (b"#define width 8\n#define height 8\nstatic char bits[]", "XBM"),
    (b"\x8aMNG\r\n\x1a\n", "MNG"),
    (b"\x8bJNG\r\n\x1a\n", "JNG"),
    (b"\xd7\xcd\xc6\x9a\0\0", "Windows metafile (WMF)"),
    (b"\1\0\x09\0\0\3\x12\0", "Windows metafile (WMF)"),
    (b"\1\0\0\0" + bytes(36) + b" EMF", "Windows metafile (EMF)"),
    (bytes(522) + b"\0\x11\x02\xff\x0c\0", "PICT"),
    (bytes(522) + b"\x11\1\1\0\x0a", "PICT"),
    (bytes(2048) + b"PCD_IPI", "Photo CD (PCD)"),
    (b"AT&TFORM\0\0\0\x20DJVUINFO", "DjVu"),
    (b"\0\0\2\0\1\0\x20\x20\0\0\4\0", "Cursor (CUR)"),
    (b"RIFF\0\0\0\0ACONanih", "Cursor (ANI)"),
    (b"8BPS\0\2", "Photoshop (PSB)"),
    (b"gimp xcf v011\0", "GIMP (XCF)"),
    (b"FORM\0\0\1\0ILBMBMHD", "Amiga (ILBM)"),
    (b"\xabKTX 20\xbb\r\n\x1a\n", "KTX"),
    (b"DDS \x7c\0\0\0", "DDS"),
    (b"SDPX\0\0\x20\0V2.0", "DPX"),
    (b"FLIF41\x00\x01", "FLIF"),
    (b"\0\1\0\0\x12\xaf\2\0\x40\1\xc8\0\x08\0\3\0", "FLIC animation"),
    (b"farbfeld\0\0\0\x08\0\0\0\x08", "Farbfeld"),
    (b"\0\0\0\x1c\0\0\0\2\0\0\0\x08\0\0\0\x08\0\0\0\1GIMP", "GIMP brush (GBR)"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + FLASHPIX, "FlashPix (FPX)"),
    (b"Image type: RGB image\r\nImage size (x*y): 8*8\r\n", "IM"),
    (b"id=ImageMagick  version=1.0\n", "ImageMagick (MIFF)"),
    (b"FUJIFILMCCD-RAW 0201", "Fujifilm raw (RAF)"),
    (b"\0MRM\0\0\x9b\0", "Minolta raw (MRW)"),
    (b"II\x1a\0\0\0HEAPCCDR", "Canon raw (CRW)"),
    (b"FOVb\0\0\2\0", "Sigma raw (X3F)"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "Windows Media video"),
    ((b"\x47" + bytes(187)) * 3, "MPEG video"),
    (b"\0\0\0\x08wide\0\0\1\0mdat", "QuickTime video"),
]


def tga(
    kind: int,
    depth: int,
    colors: tuple[int, int] | None = None,
    width: int = 20,
    height: int = 10,
    size: int = 0,
) -> bytes:
    """Return a TGA of a type and depth, its palette's length and depth, and the size of its pixels."""
    count, bits = colors or (0, 0)
    head = struct.pack(
        "<BBBHHBHHHHBB", 0, colors is not None, kind, 0, count, bits, 0, 0, width, height, depth, 0
    )
    return head + bytes(count * ((bits + 7) // 8)) + bytes(size or width * height * ((depth + 7) // 8))


@pytest.mark.parametrize(
    "data",
    [
        tga(1, 8, (256, 24)),
        tga(2, 16),
        tga(2, 24),
        tga(2, 32),
        tga(3, 8),
        tga(9, 8, (16, 32), size=40),
        tga(10, 24, size=50),
        tga(11, 8, size=30),
        tga(10, 24, size=9) + b"TRUEVISION-XFILE.\0",
        *(
            save(Image.new(mode, (30, 20), 7), "TGA", compression=compression)
            for mode in ("L", "LA", "P", "RGB", "RGBA")
            for compression in (None, "tga_rle")
        ),
    ],
)
def test_names_a_tga_by_its_footer_or_its_whole_header(data: bytes) -> None:
    assert _unsupported(data) == "TGA"


@pytest.mark.parametrize(
    ("writer", "name"),
    [
        ("PCX", "PCX"),
        ("SGI", "SGI"),
        ("PPM", "Netpbm (PPM)"),
        ("ICO", "Icon (ICO)"),
        ("ICNS", "Icon (ICNS)"),
        ("DDS", "DDS"),
        ("QOI", "QOI"),
        ("JPEG2000", "JPEG 2000"),
        ("EPS", "PostScript"),
        ("PDF", "PDF"),
        ("DIB", "DIB"),
    ],
)
def test_names_what_pillow_writes(writer: str, name: str) -> None:
    assert _unsupported(save(Image.new("RGB", (64, 64), (1, 2, 3)), writer)) == name


@pytest.mark.parametrize(
    ("mode", "writer", "name"), [("1", "MSP", "Windows Paint (MSP)"), ("1", "XBM", "XBM")]
)
def test_names_what_pillow_writes_in_black_and_white(mode: str, writer: str, name: str) -> None:
    assert _unsupported(save(Image.new(mode, (64, 64)), writer)) == name


def _unsupported(data: bytes) -> str:
    with pytest.raises(Rejection) as caught:
        sniff_format(data)
    assert caught.value.code == "unsupported-format"
    return caught.value.message.partition(" files aren't supported.")[0]


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
        (ftyp(b"jpx "), "JPEG 2000"),
        (b"\xff\x4f\xff\x51\0\x2f", "JPEG 2000"),
        (gzip.compress(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "SVG"),
        *OTHERS,
    ],
)
def test_names_a_known_unsupported_format(head: bytes, name: str) -> None:
    with pytest.raises(Rejection) as caught:
        sniff_format(head)
    expected = Rejection.of("unsupported-format", format=name)
    assert (caught.value.code, caught.value.message) == (expected.code, expected.message)


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
    "gzip": gzip.compress(b"text" * 100),
    "cut gzip": b"\x1f\x8b\x08\0",
    "7-Zip": b"7z\xbc\xaf\x27\x1c\0\4",
    "SQLite": b"SQLite format 3\0\x10\0\1\1",
    "font": b"\0\1\0\0\0\x12\1\0\0\4\0\x20GDEF",
    "tar": b"a.txt" + bytes(252) + b"ustar\x0000" + bytes(247),
    **{
        f"text that begins with {word}": f"{word} is the name of a format that this is about. ".encode() * 20
        for word in (
            *(
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
            ),
            *(
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
            ),
            *(
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
            ),
        )
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
