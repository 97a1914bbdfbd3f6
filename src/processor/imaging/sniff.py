"""Format detection by a file's first bytes, ignoring its name and declared type."""

from __future__ import annotations

import re

from common.rejections import Rejection

HEAD_BYTES = 4096  # an SVG may begin with comments; any other format is known by its first 32 bytes

_SUPPORTED = (
    ("JPEG", rb"\xff\xd8\xff"),
    ("PNG", rb"\x89PNG\r\n\x1a\n"),
    ("WebP", rb"RIFF....WEBP"),
    ("GIF", rb"GIF8[79]a"),
    ("TIFF", rb"II[*+]\0|MM\0[*+]"),
    ("BMP", rb"BM.{12}[\x0c\x10-\x40\x6c\x7c]\0\0\0"),  # the possible sizes of its second header
)
_UNSUPPORTED = (
    ("Canon raw (CR2)", rb"II\*\0....CR"),  # also matches TIFF, so this table is searched first
    ("Olympus raw (ORF)", rb"IIR[OS]|MMOR"),
    ("Panasonic raw (RW2)", rb"IIU\0"),
    ("Fujifilm raw (RAF)", rb"FUJIFILMCCD-RAW"),
    ("JPEG XR", rb"II\xbc[\0\x01]"),
    ("JPEG XL", rb"\xff\x0a|\0\0\0\x0cJXL "),
    ("JPEG 2000", rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51"),
    ("PDF", rb"%PDF-"),
    ("PostScript", rb"%!PS|\xc5\xd0\xd3\xc6"),
    ("Photoshop (PSD)", rb"8BPS"),
    ("GIMP (XCF)", rb"gimp xcf"),
    ("Icon (ICO)", rb"\0\0[\x01\x02]\0[^\0]\0"),
    ("Icon (ICNS)", rb"icns"),
    ("OpenEXR", rb"v/1\x01"),
    ("Radiance HDR", rb"#\?RADIANCE|#\?RGBE"),
    ("DDS", rb"DDS "),
    ("QOI", rb"qoif"),
    ("BPG", rb"BPG\xfb"),
    ("OS/2 bitmap array", rb"BA.{12}(BM|IC|CI|PT|CP)"),
    ("Netpbm", rb"P[1-7]\s"),
    ("WebM or Matroska video", rb"\x1a\x45\xdf\xa3"),
    ("AVI video", rb"RIFF....AVI "),
    ("MPEG video", rb"\0\0\x01[\xba\xb3]"),
    ("Flash video", rb"FLV\x01"),
)
_AVIF_BRANDS = frozenset((b"avif", b"avis"))
_HEIC_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"))
_GENERIC_BRANDS = frozenset((b"mif1", b"mif2", b"mif3", b"miaf", b"msf1"))  # the compatible brands tell which
# HEIF with other codecs than HEVC and AV1. It is opened like HEIC, and rejected by the codec's name.
_OTHER_HEIF_BRANDS = frozenset(
    (b"avci", b"avcs", b"jpeg", b"jpgs", b"j2ki", b"j2is", b"vvic", b"vvis", b"unif")
)
_VIDEO_BRANDS = {b"qt  ": "QuickTime video", b"crx ": "Canon raw (CR3)", b"jp2 ": "JPEG 2000"}


def sniff_format(head: bytes) -> str:
    """Return the name of a file's format, as in `common.formats`.

    Raises Rejection if the format isn't supported or the file isn't an image.
    """
    unsupported = _find(_UNSUPPORTED, head)
    if unsupported:
        raise Rejection.of("unsupported-format", format=unsupported)
    supported = _find(_SUPPORTED, head)
    if supported:
        return supported
    if head[4:8] == b"ftyp":
        return _sniff_brands(head)
    if _is_svg(head):
        raise Rejection.of("unsupported-format", format="SVG")
    raise Rejection.of("not-an-image")


def _find(table: tuple[tuple[str, bytes], ...], head: bytes) -> str | None:
    return next((name for name, signature in table if re.match(signature, head, re.DOTALL)), None)


def _sniff_brands(head: bytes) -> str:
    """Return HEIC or AVIF by the brands of an ISO base media file (ISO/IEC 14496-12, 4.3)."""
    major, box_end = head[8:12], int.from_bytes(head[:4], "big")
    # A mif3 file has its only compatible brand where others have a version number.
    compatible = {head[start : start + 4] for start in range(12, min(box_end, len(head)), 4)}
    brands = compatible if major in _GENERIC_BRANDS else {major}
    if brands & _AVIF_BRANDS:
        return "AVIF"
    if brands & _HEIC_BRANDS or major in _GENERIC_BRANDS | _OTHER_HEIF_BRANDS:
        return "HEIC"
    raise Rejection.of("unsupported-format", format=_VIDEO_BRANDS.get(major, "MP4 video"))


def _is_svg(head: bytes) -> bool:
    text = head[:HEAD_BYTES].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if not text.startswith(b"<"):
        return False
    first = re.search(rb"<(?:\w+:)?(svg|html)[\s>]|<!doctype\s+(html)", text)  # HTML may embed an SVG
    return first is not None and first[1] == b"svg"
