"""Formats that aren't supported are named."""

from __future__ import annotations

import gzip

import pytest
from PIL import Image

from common.rejections import Rejection
from processor.imaging.sniff import sniff_format
from tests.unit.processor.imaging.support import ftyp, save, unsupported_name

FLASHPIX = bytes.fromhex("0067615654c1ce11855300aa00a1f95b")
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
    assert unsupported_name(save(Image.new("RGB", (64, 64), (1, 2, 3)), writer)) == name


@pytest.mark.parametrize(
    ("mode", "writer", "name"), [("1", "MSP", "Windows Paint (MSP)"), ("1", "XBM", "XBM")]
)
def test_names_what_pillow_writes_in_black_and_white(mode: str, writer: str, name: str) -> None:
    assert unsupported_name(save(Image.new(mode, (64, 64)), writer)) == name


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
        (gzip.compress(b"<svg xmlns='http://www.w3.org/2000/svg'/>", mtime=0), "SVG"),
        *OTHERS,
    ],
)
def test_names_a_known_unsupported_format(head: bytes, name: str) -> None:
    with pytest.raises(Rejection) as caught:
        sniff_format(head)
    expected = Rejection.of("unsupported-format", format=name)
    assert (caught.value.code, caught.value.message) == (expected.code, expected.message)
