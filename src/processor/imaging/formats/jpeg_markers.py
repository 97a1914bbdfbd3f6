"""The markers of a JPEG (ITU-T T.81, annex B): frame, metadata and scans, read as leniently as by libjpeg."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field, replace

from common.rejections import Rejection
from processor.imaging.formats.multi_picture import count_images
from processor.imaging.size import MAX_METADATA_BYTES, MAX_PIXELS

END = b"\xff\xd9"
BASELINE, EXTENDED, PROGRESSIVE, LOSSLESS = 0xC0, 0xC1, 0xC2, 0xC3
ARITHMETIC, ARITHMETIC_PROGRESSIVE = 0xC9, 0xCA
_SOI, _EOI, _SOS, _DNL, _DRI, _APP1, _APP2, _APP14 = 0xD8, 0xD9, 0xDA, 0xDC, 0xDD, 0xE1, 0xE2, 0xEE
_HIERARCHICAL = frozenset((0xC5, 0xC6, 0xC7, 0xCD, 0xCE, 0xCF, 0xDE))
_FRAMES = _HIERARCHICAL | {0xC0, 0xC1, 0xC2, 0xC3, 0xC9, 0xCA, 0xCB, 0xF7}
_SKIPPED = frozenset((0xC4, 0xCC, 0xDB, _DNL, _DRI, 0xDF, *range(0xE0, 0xF0), 0xF8, 0xFE))
# Not 00, which follows FF within pixels, nor a fill byte, nor a marker without content: TEM or RST.
_MARKER = re.compile(rb"\xff([^\x00\x01\xd0-\xd7\xff])", re.DOTALL)
_EXIF, _PROFILE, _INDEX = b"Exif\0\0", b"ICC_PROFILE\0", b"MPF\0"
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
MAX_SEGMENTS = 50_000  # segments of the maximum size are 400 in 25 MB; every scan may have some of its own
_MAX_SEGMENT_BYTES = 1 << 16
# Encoders write about 10 scans, or 18 for CMYK. A decoder visits every pixel for each, even if it is nearly
# empty. libjpeg-turbo recommends the first limit ("Two Issues with the JPEG Standard"); the second allows 40
# scans of the largest picture.
MAX_SCANS = 500
MAX_SCANNED_PIXELS = 40 * MAX_PIXELS
_GAIN_MAP = b' hdrgm:Version="'  # in the XMP of an Ultra HDR image, whose second image isn't a picture


@dataclass(frozen=True)
class Frame:
    """The fields of a frame header (T.81, B.2.2)."""

    kind: int
    precision: int
    height: int
    width: int
    components: tuple[int, ...]  # ids


@dataclass(frozen=True)
class Scan:
    """The fields of a scan header (T.81, B.2.3): coefficients `first` to `last`, down to bit `low`."""

    components: tuple[int, ...]
    first: int
    last: int
    low: int


@dataclass
class JpegFile:
    """What a JPEG's markers say.

    The pixels end at `end`. `has_end` is False if no end marker follows them, and `is_intact` if a strict
    decoder might reject the file. `height_offset` is where a height that follows the pixels belongs.
    """

    frame: Frame = field(default_factory=lambda: Frame(0, 0, 0, 0, ()))
    scans: list[Scan] = field(default_factory=list)
    exif_parts: list[bytes] = field(default_factory=list)
    profile_parts: list[bytes] = field(default_factory=list)
    xmp: bytes = b""
    index: bytes = b""
    has_gain_map: bool = False
    adobe_transform: int | None = None
    has_restarts: bool = False
    height_offset: int | None = None
    end: int = 0
    has_end: bool = False
    is_intact: bool = True

    @property
    def exif(self) -> bytes:
        """The Exif data, of which a long one is split."""
        return b"".join(self.exif_parts[: MAX_METADATA_BYTES // _MAX_SEGMENT_BYTES])

    @property
    def profile(self) -> bytes | None:
        """The ICC profile, or None unless every part is there once (ICC.1, B.4)."""
        parts = {part[:2]: part[2:] for part in self.profile_parts if len(part) > 2}
        count = len(parts)
        if not count or count != len(self.profile_parts):
            return None
        names = [bytes((number, count)) for number in range(1, min(count, 255) + 1)]
        return b"".join(parts[name] for name in names) if set(names) == set(parts) else None

    @property
    def is_multi_picture(self) -> bool:
        """Whether the file contains several pictures (MPO)."""
        return not self.has_gain_map and count_images(self.index) > 1

    @property
    def is_rgb(self) -> bool:
        """Whether the components are RGB instead of YCbCr."""
        return self.adobe_transform == 0 or bytes(self.frame.components) == b"RGB"

    @property
    def is_arithmetic(self) -> bool:
        """Whether the pixels are arithmetic-coded instead of Huffman-coded."""
        return self.frame.kind in (ARITHMETIC, ARITHMETIC_PROGRESSIVE)

    @property
    def scanned_pixels(self) -> int:
        """The cost of decoding all scans, in pixels. An arithmetic decoder takes longer for empty scans."""
        pixels = min(MAX_PIXELS, self.frame.width * self.frame.height)
        return len(self.scans) * pixels * (2 if self.is_arithmetic else 1)

    @property
    def coefficient_bytes(self) -> int:
        """The memory in which libjpeg collects several scans, at most: 16 bits for each sample."""
        frame = self.frame
        return 2 * frame.width * frame.height * len(frame.components) if len(self.scans) > 1 else 0

    def has_every_component(self) -> bool:
        """Return whether the scans contain at least a coarse version of every component."""
        coarse = (scan.components for scan in self.scans if scan.first == 0 or not self._is_progressive())
        return {each for components in coarse for each in components} >= set(self.frame.components)

    def has_all_scans(self) -> bool:
        """Return whether the scans contain every component, and if progressive, down to the last bit."""
        if not self._is_progressive():
            return self.has_every_component()
        missing = {(component, k) for component in self.frame.components for k in range(64)}
        for scan in self.scans:
            if scan.low == 0:
                missing -= {(each, k) for each in scan.components for k in range(scan.first, scan.last + 1)}
        return not missing

    def _is_progressive(self) -> bool:
        return self.frame.kind in (PROGRESSIVE, ARITHMETIC_PROGRESSIVE)


def read_markers(data: bytes) -> JpegFile:
    """Walk the markers once. Raises Rejection if there are no pixels, or the frame can't be read."""
    jpeg, position, segments = JpegFile(), 2, 0
    while True:
        match = _MARKER.search(data, position)
        if not match:
            jpeg.end = len(data)
            break
        kind = match[1][0]
        if not jpeg.scans and data[position : match.start()].strip(b"\xff"):
            jpeg.is_intact = False  # bytes between two segments
        if kind == _EOI or not (kind in _FRAMES or kind in _SKIPPED or kind == _SOS):
            jpeg.end, jpeg.has_end = match.start(), kind == _EOI
            break
        segments += 1
        if segments > MAX_SEGMENTS:
            raise Rejection.of("too-complex")
        length = int.from_bytes(data[match.end() : match.end() + 2], "big")
        position = match.end() + max(2, length)
        if position > len(data):
            jpeg.end = match.start()
            break
        _read_segment(jpeg, kind, match.end() + 2, data[match.end() + 2 : position])
        jpeg.is_intact &= length >= 2
    if not jpeg.scans or not jpeg.frame.height or not jpeg.frame.width:
        raise Rejection.of("broken")
    if jpeg.scanned_pixels > MAX_SCANNED_PIXELS:
        raise Rejection.of("too-complex")
    jpeg.is_intact &= jpeg.has_end and jpeg.height_offset is None
    return jpeg


def _read_segment(jpeg: JpegFile, kind: int, start: int, content: bytes) -> None:
    if kind in _FRAMES:
        if jpeg.frame.kind:
            raise Rejection.of("broken")
        jpeg.frame = _read_frame(kind, content)
        jpeg.height_offset = None if jpeg.frame.height else start + 1
    elif kind == _SOS:
        jpeg.scans.append(_read_scan(jpeg, content))
        if len(jpeg.scans) > MAX_SCANS:
            raise Rejection.of("too-complex")
    elif kind == _DNL and jpeg.height_offset and not jpeg.frame.height and len(content) == 2:
        jpeg.frame = replace(jpeg.frame, height=int.from_bytes(content, "big"))
    elif kind == _DRI:
        jpeg.has_restarts = any(content)
    elif not jpeg.scans:
        _read_metadata(jpeg, kind, content)


def _read_frame(kind: int, content: bytes) -> Frame:
    if len(content) < 6 or len(content) < 6 + 3 * content[5]:
        raise Rejection.of("broken")
    precision, height, width, count = struct.unpack_from(">BHHB", content)
    frame = Frame(kind, precision, height, width, tuple(content[6 : 6 + 3 * count : 3]))
    unsupported = _name_unsupported(frame)
    if unsupported:
        raise Rejection.of("unsupported-format", format=unsupported)
    if precision != 8 or not count:
        raise Rejection.of("broken")
    return frame


def _name_unsupported(frame: Frame) -> str | None:
    """Return the name of a kind of JPEG that the decoder can't read, or None."""
    if frame.kind in _HIERARCHICAL:
        return "Hierarchical JPEG"
    if frame.kind == 0xF7:
        return "JPEG-LS"
    if frame.kind == 0xCB:
        return "Arithmetic-coded lossless JPEG"
    is_valid = 2 <= frame.precision <= 16 if frame.kind == LOSSLESS else frame.precision == 12
    if frame.precision != 8 and is_valid:
        return f"{frame.precision}-bit JPEG"
    count = len(frame.components)
    return f"{count}-component JPEG" if count == 2 or count > 4 else None


def _read_scan(jpeg: JpegFile, content: bytes) -> Scan:
    count = content[0] if content else 0
    if not jpeg.frame.kind or not 1 <= count <= 4 or len(content) < 4 + 2 * count:
        raise Rejection.of("broken")
    first, last, bits = content[1 + 2 * count : 4 + 2 * count]
    return Scan(tuple(content[1 : 1 + 2 * count : 2]), first, min(last, 63), bits & 15)


def _read_metadata(jpeg: JpegFile, kind: int, content: bytes) -> None:
    if kind == _APP1 and content.startswith(_EXIF):
        jpeg.exif_parts.append(content[len(_EXIF) :] if jpeg.exif_parts else content)
    elif kind == _APP1:
        jpeg.has_gain_map |= _GAIN_MAP in content
        if content.startswith(_XMP):
            jpeg.xmp = jpeg.xmp or content[len(_XMP) :]
    elif kind == _APP2 and content.startswith(_PROFILE):
        jpeg.profile_parts.append(content[len(_PROFILE) :])
    elif kind == _APP2 and content.startswith(_INDEX):
        jpeg.index = content[len(_INDEX) :]
    elif kind == _APP14 and content.startswith(b"Adobe") and len(content) >= 12:
        jpeg.adobe_transform = content[11]
