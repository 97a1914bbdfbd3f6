"""BMP: Windows bitmaps of every version, and OS/2 bitmaps.

Pillow's own class reads few bit fields, and takes unusual headers, palettes and run-length codes for damage.
The structures are described at https://learn.microsoft.com/en-us/windows/win32/gdi/bitmap-header-types.
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from typing import Any

from PIL import Image
from PIL.ImageFile import ImageFile

from common.rejections import Rejection
from processor.imaging.formats.bmp_pixels import decode_runs, expand_fields
from processor.imaging.size import check_size

_FILE_HEADER_BYTES = 14
_CORE_HEADER_BYTES = 12  # OS/2 version 1: 16-bit sizes, and colors of 3 bytes
_MASKS_AT = _FILE_HEADER_BYTES + 40  # in the header since version 2, behind it before
_ALPHA_MASK_HEADER_BYTES, _PROFILE_HEADER_BYTES = 56, 124
_RAW, _RLE8, _RLE4, _FIELDS, _ALPHA_FIELDS = 0, 1, 2, 3, 6
_PALETTE_MODES = {1: "P;1", 2: "P;2", 4: "P;4", 8: "P"}
_DEFAULT_FIELDS = {16: (0x7C00, 0x3E0, 0x1F, 0), 32: (0xFF0000, 0xFF00, 0xFF, 0)}
_DEPTHS = {
    _RAW: (1, 2, 4, 8, 16, 24, 32),
    _RLE8: (8,),
    _RLE4: (4,),
    _FIELDS: (16, 32),
    _ALPHA_FIELDS: (16, 32),
}
_UNSUPPORTED = {  # compression and bits; OS/2 version 2 has two compressions of its own
    (3, 1): "BMP (Huffman compression)",
    (4, 24): "BMP (RLE24 compression)",
    (_FIELDS, 24): "BMP (24-bit fields)",
    (_ALPHA_FIELDS, 24): "BMP (24-bit fields)",
    (_RAW, 64): "64-bit BMP",
    (_FIELDS, 64): "64-bit BMP",
}
_UNSUPPORTED_COMPRESSIONS = {
    4: "BMP (JPEG compression)",
    5: "BMP (PNG compression)",
    11: "BMP (CMYK colors)",
    12: "BMP (CMYK colors)",
    13: "BMP (CMYK colors)",
}


@dataclass(frozen=True)
class _Header:
    """A BMP's header, and where its parts are in the file."""

    width: int
    height: int
    is_top_down: bool
    bits: int
    compression: int
    fields: tuple[int, int, int, int]  # masks of red, green, blue and alpha; 0 for none
    palette: bytes
    palette_mode: str
    pixels: int  # offset of the pixels
    profile: bytes

    @property
    def stride(self) -> int:
        """Return the bytes of a row: it is filled up to 4 bytes."""
        return (self.width * self.bits + 31) // 32 * 4

    @property
    def mode(self) -> str:
        """Return Pillow's mode for the pixels."""
        if self.bits <= 8:
            return "P"
        return "RGBA" if self.fields[3] else "RGB"


def open_bmp(data: bytes) -> ImageFile:
    """Read a BMP's header. Raises Rejection if its compression or its depth isn't supported."""
    return _BmpFile(io.BytesIO(data), "")


class _BmpFile(ImageFile):
    format = "BMP"
    format_description = "BMP"

    def _open(self) -> None:
        self._data = self.fp.read() if self.fp else b""
        self._header = _read_header(self._data)
        self._size = self._header.width, self._header.height
        self._mode = self._header.mode
        self.info["icc_profile"] = self._header.profile

    def load(self) -> Any:
        """Decode the pixels, once."""
        if self._im is None:
            image = _decode(self._data, self._header)
            self.im, self.palette = image.im, image.palette
            self._data = b""
        return Image.Image.load(self)


def _read_header(data: bytes) -> _Header:
    pixels, size = struct.unpack_from("<II", data, 10)
    is_core = size == _CORE_HEADER_BYTES
    width, height, _, bits = struct.unpack_from("<HHHH" if is_core else "<iiHH", data, 18)
    if width < 1 or height == 0:
        raise ValueError("the size isn't positive")
    check_size(width, abs(height))
    rest = b"" if is_core else data[30 : _FILE_HEADER_BYTES + size]
    # OS/2 version 2 may end anywhere: what is missing is 0.
    compression, _, _, _, colors = struct.unpack("<IIIII", rest[:20].ljust(20, b"\0"))
    _check_layout(compression, bits)
    start = _FILE_HEADER_BYTES + size  # of the palette
    if size == 40 and compression in (_FIELDS, _ALPHA_FIELDS):
        start += 12 if compression == _FIELDS else 16
    color_bytes = 3 if is_core else 4
    palette = _read_palette(data[start : pixels if pixels > start else None], bits, colors, color_bytes)
    return _Header(
        width,
        abs(height),
        height < 0,
        bits,
        compression,
        _read_fields(data, size, compression, bits),
        palette,
        "BGR" if is_core else "BGRX",
        pixels if pixels > start else start + len(palette),
        _read_profile(data) if size == _PROFILE_HEADER_BYTES else b"",
    )


def _check_layout(compression: int, bits: int) -> None:
    """Raise Rejection for what isn't supported, ValueError for what doesn't exist."""
    name = _UNSUPPORTED.get((compression, bits)) or _UNSUPPORTED_COMPRESSIONS.get(compression)
    if name:
        raise Rejection.of("unsupported-format", format=name)
    if bits not in _DEPTHS.get(compression, ()):
        raise ValueError(f"compression {compression} with {bits} bits")


def _read_palette(stored: bytes, bits: int, colors: int, color_bytes: int) -> bytes:
    """Return the colors of up to 8 bits: fewer if the header says so, or if the pixels begin earlier."""
    if bits > 8:
        return b""
    count = min(colors or 1 << bits, 1 << bits, len(stored) // color_bytes)
    return stored[: count * color_bytes]


def _read_fields(data: bytes, size: int, compression: int, bits: int) -> tuple[int, int, int, int]:
    default = _DEFAULT_FIELDS.get(bits, (0, 0, 0, 0))
    if compression not in (_FIELDS, _ALPHA_FIELDS):
        return default
    red, green, blue, alpha = struct.unpack_from("<IIII", data, _MASKS_AT)
    if size < _ALPHA_MASK_HEADER_BYTES and compression != _ALPHA_FIELDS:
        alpha = 0
    return (red, green, blue, alpha) if red or green or blue else default


def _read_profile(data: bytes) -> bytes:
    """Return the ICC profile of a version 5 header. Linked profiles and calibrated colors are ignored."""
    if data[70:74] != b"DEBM":  # LCS_PROFILE_EMBEDDED: "MBED" as a number
        return b""
    start, size = struct.unpack_from("<II", data, _FILE_HEADER_BYTES + 112)
    return data[_FILE_HEADER_BYTES + start : _FILE_HEADER_BYTES + start + size]


def _decode(data: bytes, header: _Header) -> Image.Image:
    size = header.width, header.height
    if header.compression in (_RLE8, _RLE4):
        indexes = decode_runs(data[header.pixels :], size, header.bits)
        image = Image.frombuffer("P", size, indexes, "raw", "P", 0, 1)
    else:
        needed = header.stride * header.height
        pixels = data[header.pixels : header.pixels + needed]
        if needed - len(pixels) <= 3:  # some programs leave out the last row's filling
            pixels = pixels.ljust(needed, b"\0")
        if header.bits in (16, 32):
            image = expand_fields(pixels, size, header.bits // 8, header.fields)
        else:
            raw_mode = _PALETTE_MODES.get(header.bits, "BGR")
            image = Image.frombuffer(header.mode, size, pixels, "raw", raw_mode, header.stride, 1)
    if header.bits <= 8:
        image.putpalette(header.palette, header.palette_mode)
    return image if header.is_top_down else image.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
