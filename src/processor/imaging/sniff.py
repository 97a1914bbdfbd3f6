"""What format a file is in, told by its first bytes and by nothing else."""

from __future__ import annotations

import re

from common.rejections import Rejection

HEAD_BYTES = 4096  # an SVG may begin with comments; all others are known by their first 32 bytes

_TAKEN = (
    ("JPEG", rb"\xff\xd8\xff"),
    ("PNG", rb"\x89PNG\r\n\x1a\n"),
    ("WebP", rb"RIFF....WEBP"),
    ("GIF", rb"GIF8[79]a"),
    ("TIFF", rb"II[*+]\0|MM\0[*+]"),
    ("BMP", rb"BM.{12}[\x0c\x10\x28\x34\x38\x40\x6c\x7c]\0\0\0"),  # the sizes that its second header can have
)
_REFUSED = (
    ("Canon raw (CR2)", rb"II\*\0....CR"),  # it begins like a TIFF, so it is asked for first
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
    ("icon (ICO)", rb"\0\0[\x01\x02]\0[^\0]\0"),
    ("icon (ICNS)", rb"icns"),
    ("OpenEXR", rb"v/1\x01"),
    ("Radiance HDR", rb"#\?RADIANCE|#\?RGBE"),
    ("DDS", rb"DDS "),
    ("QOI", rb"qoif"),
    ("BPG", rb"BPG\xfb"),
    ("Netpbm", rb"P[1-7]\s"),
    ("WebM or Matroska video", rb"\x1a\x45\xdf\xa3"),
    ("AVI video", rb"RIFF....AVI "),
    ("MPEG video", rb"\0\0\x01[\xba\xb3]"),
    ("Flash video", rb"FLV\x01"),
)
_AVIF_BRANDS = frozenset((b"avif", b"avis"))
_HEIC_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"))
_EITHER_BRANDS = frozenset((b"mif1", b"msf1"))  # the other brands then say which of the two
_VIDEO_BRANDS = {b"qt  ": "QuickTime video", b"crx ": "Canon raw (CR3)", b"jp2 ": "JPEG 2000"}


def format_of(head: bytes) -> str:
    """Return a format's name as in `common.formats`; Rejection where it is another, or no picture."""
    refused = _found(_REFUSED, head)
    if refused:
        raise Rejection.of("unsupported-format", format=refused)
    taken = _found(_TAKEN, head)
    if taken:
        return taken
    if head[4:8] == b"ftyp":
        return _of_brands(head)
    if _is_svg(head):
        raise Rejection.of("unsupported-format", format="SVG")
    raise Rejection.of("not-an-image")


def _found(table: tuple[tuple[str, bytes], ...], head: bytes) -> str | None:
    return next((name for name, start in table if re.match(start, head, re.DOTALL)), None)


def _of_brands(head: bytes) -> str:
    major, end = head[8:12], int.from_bytes(head[:4], "big")
    compatible = {head[at : at + 4] for at in range(16, min(end, len(head)), 4)}
    told = compatible if major in _EITHER_BRANDS else {major}
    if told & _AVIF_BRANDS:
        return "AVIF"
    if told & _HEIC_BRANDS or major in _EITHER_BRANDS:
        return "HEIC"
    raise Rejection.of("unsupported-format", format=_VIDEO_BRANDS.get(major, "MP4 video"))


def _is_svg(head: bytes) -> bool:
    text = head[:HEAD_BYTES].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if not text.startswith(b"<"):
        return False
    first = re.search(rb"<(?:\w+:)?(svg|html)[\s>]|<!doctype\s+(html)", text)  # a page may hold a drawing
    return first is not None and first[1] == b"svg"
