"""Format detection by a file's content, ignoring its name and declared type."""

from __future__ import annotations

import re
import zlib

from common.rejections import Rejection
from processor.imaging.signatures import find, find_unsupported

_TEXT_BYTES = 4096  # an SVG may begin with comments

_SUPPORTED = (
    ("JPEG", rb"\xff\xd8\xff"),
    ("PNG", rb"\x89PNG"),  # line ends follow, so that a transfer as text is noticed
    ("WebP", rb"RIFF....WEBP"),
    ("GIF", rb"GIF8[79]a"),
    ("TIFF", rb"II[*+]\0(?!....CR)|MM\0[*+]"),  # CR marks a Canon raw file
    ("BMP", rb"BM.{12}[\x0c\x10-\x40\x6c\x7c]\0\0\0"),  # the possible sizes of its second header
)
_AVIF_BRANDS = frozenset((b"avif", b"avis"))
_HEIC_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"))
# HEIF with other codecs than HEVC and AV1. It is opened like HEIC, and rejected by the codec's name.
_OTHER_HEIF_BRANDS = frozenset(
    (b"avci", b"avcs", b"jpeg", b"jpgs", b"j2ki", b"j2is", b"vvic", b"vvis", b"unif")
)
_GENERIC_BRANDS = frozenset((b"mif1", b"mif2", b"mif3", b"miaf", b"msf1", b"heif"))  # others tell the codec
_UNSUPPORTED_BRANDS = {
    b"crx ": "Canon raw (CR3)",
    b"qt  ": "QuickTime video",
    b"jp2 ": "JPEG 2000",
    b"jpx ": "JPEG 2000",
    b"jpm ": "JPEG 2000",
    b"mjp2": "JPEG 2000",
    b"jxl ": "JPEG XL",
}
_AUDIO_BRANDS = frozenset((b"M4A ", b"M4B ", b"M4P ", b"F4A ", b"F4B "))


def sniff_format(data: bytes) -> str:
    """Return the name of a file's format, as in `common.formats`.

    Raises Rejection if the format isn't supported or the file isn't an image.
    """
    supported = find(_SUPPORTED, data)
    if supported:
        return supported
    if data[4:8] == b"ftyp":
        return _sniff_brands(data)
    unsupported = find_unsupported(data) or ("SVG" if _is_svg(data) else None)
    if unsupported:
        raise Rejection.of("unsupported-format", format=unsupported)
    raise Rejection.of("not-an-image")


def _sniff_brands(data: bytes) -> str:
    """Return HEIC or AVIF by the brands of an ISO base media file (ISO/IEC 14496-12, 4.3)."""
    major, box_end = data[8:12], int.from_bytes(data[:4], "big")
    # A mif3 file has its only compatible brand where others have a version number.
    compatible = [data[start : start + 4] for start in range(12, min(box_end, len(data), _TEXT_BYTES), 4)]
    for brand in (major, *compatible):  # the major brand first, as it says how to read the file
        if brand in _AUDIO_BRANDS:
            raise Rejection.of("not-an-image")
        if brand in _UNSUPPORTED_BRANDS:
            raise Rejection.of("unsupported-format", format=_UNSUPPORTED_BRANDS[brand])
        if brand in _AVIF_BRANDS:
            return "AVIF"
        if brand in _HEIC_BRANDS | _OTHER_HEIF_BRANDS:
            return "HEIC"
    if major in _GENERIC_BRANDS:
        return "HEIC"
    raise Rejection.of("unsupported-format", format="MP4 video")


def _is_svg(data: bytes) -> bool:
    head = data[:_TEXT_BYTES]
    if head.startswith(b"\x1f\x8b"):
        try:
            head = zlib.decompressobj(wbits=31).decompress(head, _TEXT_BYTES)
        except zlib.error:
            return False
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if not text.startswith(b"<"):
        return False
    first = re.search(rb"<(?:\w+:)?(svg|html)[\s>]|<!doctype\s+(html)", text)  # HTML may embed an SVG
    return first is not None and first[1] == b"svg"
