"""The chunks of a PNG: which ones decide about its pixels, and a file of those alone for the decoder.

Ancillary chunks never decide whether a PNG can be read (PNG specification, 5.4), but Pillow rejects a file
for many of them and mixes text chunks with its own values. The decoder therefore gets the critical chunks,
and the ancillary ones that are used and valid. Which of several odd chunks counts is decided as in Chromium.
"""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from common.rejections import Rejection
from processor.imaging.formats.png_profile import read_profile
from processor.imaging.size import MAX_METADATA_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
END = b"\0\0\0\0IEND\xaeB`\x82"
_GRAY, _RGB, _PALETTE = 0, 2, 3  # color types
_DEPTHS = {_GRAY: (1, 2, 4, 8, 16), _RGB: (8, 16), _PALETTE: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_SAMPLES = {_GRAY: 1, _RGB: 3, _PALETTE: 1, 4: 2, 6: 4}
MAX_CHUNKS = 100_000  # encoders write at least 8 KB of pixels into one: 3,200 in 25 MB
_XMP = b"XML:com.adobe.xmp\0"
_MAX_PALETTE_BYTES = 3 * 256
_COLOR_BYTES = {b"cHRM": 32, b"gAMA": 4, b"sRGB": 1, b"cICP": 4, b"mDCV": 24, b"cLLI": 8}
_FIXED_BYTES = {**_COLOR_BYTES, b"pHYs": 9, b"tIME": 7}
_ANIMATION_CHUNKS = frozenset((b"acTL", b"fcTL", b"fdAT"))
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


@dataclass(frozen=True)
class Header:
    """The fields of IHDR (PNG specification, 11.2.1)."""

    width: int
    height: int
    depth: int
    color_type: int
    is_interlaced: bool

    def raw_bytes(self) -> int:
        """Return the size of the decompressed rows, each with the byte of its filter."""
        bits = self.depth * _SAMPLES[self.color_type]
        passes = _PASSES if self.is_interlaced else ((0, 0, 1, 1),)  # x, y and steps of each pass
        sizes = (
            (-(-(self.width - x) // dx), -(-(self.height - y) // dy))
            for x, y, dx, dy in passes
            if self.width > x and self.height > y
        )
        return sum(rows * (1 + (columns * bits + 7) // 8) for columns, rows in sizes)


@dataclass
class PngFile:
    """What a PNG's chunks say.

    `kept` are the chunks for the decoder besides the pixels, `runs` the byte ranges of consecutive IDATs.
    `is_intact` is False if a strict decoder might reject the file; `has_valid_pixels`, if a CRC of IDAT is
    wrong.
    """

    header: Header
    kept: dict[bytes, bytes] = field(default_factory=dict)
    runs: list[tuple[int, int]] = field(default_factory=list)
    profile: bytes | None = None
    has_profile: bool = False  # even if it isn't valid
    exif: bytes = b""  # wherever it is; only what precedes the pixels is kept, and decides about orientation
    xmp: bytes = b""
    is_animated: bool = False
    is_intact: bool = True
    has_valid_pixels: bool = True
    is_whole: bool = True  # every chunk is kept

    @property
    def key(self) -> tuple[int, ...] | None:
        """The transparent color of a gray or RGB image, in samples of the image's bit depth."""
        if self.header.color_type == _PALETTE or b"tRNS" not in self.kept:
            return None
        samples = struct.unpack(f">{_SAMPLES[self.header.color_type]}H", self.kept[b"tRNS"])
        return tuple(sample & (1 << self.header.depth) - 1 for sample in samples)


def read_chunks(data: bytes) -> PngFile:
    """Walk the chunks once. Raises Rejection if the header, or a palette that is needed, can't be used."""
    walk = _walk(data)
    png = PngFile(_read_header(data, walk))
    for kind, start, end, is_valid in walk:
        if is_valid and kind in (b"eXIf", b"iTXt"):
            _read_metadata(png, kind, data[start:end])
        if kind == b"IDAT":
            _add_pixels(png, start - 8, end + 4)
            png.has_valid_pixels &= is_valid or end + 4 > len(data)  # a file that was cut has no CRC
            png.is_intact &= is_valid
        elif kind == b"IEND":
            png.is_intact &= is_valid
            break
        elif not (is_valid and _keep(png, kind, data[start:end])):
            png.is_whole = False
            png.is_intact &= is_valid and _is_harmless(kind, data[start:end])
    else:
        png.is_intact = False
    if not png.runs or (png.header.color_type == _PALETTE and not png.kept.get(b"PLTE")):
        raise Rejection.of("broken")
    return png


def rebuild(data: bytes, png: PngFile) -> bytes:
    """Return the file for the decoder: the kept chunks and the pixels."""
    if png.is_whole and len(png.runs) == 1:
        return data
    parts: list[bytes | memoryview] = [data[:33]]  # signature and IHDR
    parts += [make_chunk(kind, content) for kind, content in png.kept.items()]
    parts += [memoryview(data)[start:end] for start, end in png.runs]
    if png.runs[-1][1] <= len(data):  # otherwise the decoder would take it for pixels
        parts.append(END)
    return b"".join(parts)


def make_chunk(kind: bytes, content: bytes) -> bytes:
    """Return a chunk with its length and CRC."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _walk(data: bytes) -> Iterator[tuple[bytes, int, int, bool]]:
    """Yield each chunk's type, the start and end of its content, and whether its CRC is right."""
    view = memoryview(data)
    start, count = len(SIGNATURE), 0
    while start + 8 <= len(data):
        count += 1
        if count > MAX_CHUNKS:
            raise Rejection.of("too-complex")
        length, kind = struct.unpack_from(">I4s", data, start)
        end = start + 8 + length
        crc = zlib.crc32(view[start + 4 : end]).to_bytes(4, "big")
        yield kind, start + 8, end, crc == data[end : end + 4]
        start = end + 4


def _read_header(data: bytes, walk: Iterator[tuple[bytes, int, int, bool]]) -> Header:
    kind, start, end, is_valid = next(walk, (b"", 0, 0, False))
    if kind == b"CgBI":
        raise Rejection.of("unsupported-format", format="iPhone-optimized PNG")
    if not data.startswith(SIGNATURE) or kind != b"IHDR" or end - start != 13 or not is_valid:
        raise Rejection.of("broken")
    width, height, depth, color_type, *methods, interlace = struct.unpack_from(">IIBBBBB", data, start)
    if depth not in _DEPTHS.get(color_type, ()) or any(methods) or interlace > 1 or not width or not height:
        raise Rejection.of("broken")
    return Header(width, height, depth, color_type, interlace == 1)


def _add_pixels(png: PngFile, start: int, end: int) -> None:
    if png.runs and png.runs[-1][1] == start:
        png.runs[-1] = png.runs[-1][0], end
    else:
        png.is_intact &= not png.runs  # IDAT chunks must be consecutive
        png.runs.append((start, end))


def _keep(png: PngFile, kind: bytes, content: bytes) -> bool:
    """Keep a valid chunk that the decoder needs. Return False if it has to be left out."""
    if kind in _ANIMATION_CHUNKS:
        png.is_animated = True
        return False
    if png.runs or kind in png.kept:
        return False  # too late, or a duplicate
    if kind == b"iCCP" and not png.has_profile:
        png.profile, png.has_profile = read_profile(content), True
        png.is_intact &= png.profile is not None
        return False  # Pillow would reject some
    usable = _usable_content(png, kind, content)
    if usable is not None:
        png.kept[kind] = usable
    return usable == content


def _read_metadata(png: PngFile, kind: bytes, content: bytes) -> None:
    """Note the first Exif data, and the first XMP packet (PNG, third edition, 11.3.3.4)."""
    if kind == b"eXIf" and not png.exif:
        png.exif = content
    elif content.startswith(_XMP) and not png.xmp:
        compression, text = content[len(_XMP) : len(_XMP) + 2], content[len(_XMP) + 2 :]
        text = text.split(b"\0", 2)[-1]  # the language and the translated keyword precede it
        png.xmp = _decompress(text) if compression == b"\1\0" else text


def _decompress(text: bytes) -> bytes:
    """Return a compressed text, b"" if it is damaged or too long."""
    inflater = zlib.decompressobj()
    try:
        content = inflater.decompress(text, MAX_METADATA_BYTES)
    except zlib.error:
        return b""
    return content if inflater.eof else b""


def _usable_content(png: PngFile, kind: bytes, content: bytes) -> bytes | None:
    """Return the part of a chunk's content that the decoder may use, or None if it can't use it."""
    color_type = png.header.color_type
    if kind == b"PLTE" and color_type == _PALETTE:
        return content[: min(_MAX_PALETTE_BYTES, len(content) // 3 * 3)]
    if kind == b"tRNS" and color_type == _PALETTE:
        return content[: len(png.kept[b"PLTE"]) // 3] if b"PLTE" in png.kept else None
    if kind == b"tRNS" and color_type in (_GRAY, _RGB):
        size = 2 * _SAMPLES[color_type]
        return content[:size] if len(content) >= size else None
    if kind == b"eXIf" and content.startswith((b"II*\0", b"MM\0*")):
        return content
    if len(content) == _COLOR_BYTES.get(kind):
        return content
    return None


def _is_harmless(kind: bytes, content: bytes) -> bool:
    """Return whether any decoder skips a chunk that was left out."""
    if kind == b"zTXt" or (kind == b"iTXt" and content.partition(b"\0")[2][:1] != b"\0"):
        return False  # some decoders limit the size of compressed text
    if kind in (b"PLTE", b"tRNS", b"eXIf") or kind in _COLOR_BYTES:
        return False  # odd content, place or number
    is_ancillary = re.fullmatch(rb"[a-z][A-Za-z][A-Z][A-Za-z]", kind) is not None
    return is_ancillary and len(content) == _FIXED_BYTES.get(kind, len(content))
