"""The ICC profile of a PNG: the one that it contains, or one for its gamma and its primaries."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

from processor.imaging import primaries

if TYPE_CHECKING:
    from collections.abc import Mapping

    from processor.imaging.primaries import Chromaticities

_UNIT = 100_000  # of the values in gAMA and cHRM
_SRGB_GAMMA = 1 / 2.2
_TOLERANCE = 0.05  # as in libpng: the curve of a gamma so close to sRGB's is sRGB's
_MAX_EXPONENT = 100.0
_SRGB_CURVE = (3, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)  # a function type and its parameters
_MAX_PROFILE_BYTES = 4 << 20  # decompressed; the largest profiles in use, with tables, have about 3 MB
_D50 = (0.9642, 1.0, 0.8249)


def read_profile(content: bytes) -> bytes | None:
    """Return the profile in an iCCP chunk, or None if it isn't valid (PNG specification, 11.3.2.3)."""
    name, _, compressed = content.partition(b"\0")
    if not 1 <= len(name) <= 79 or compressed[:1] != b"\0":
        return None
    inflater = zlib.decompressobj()
    try:
        profile = inflater.decompress(compressed[1:], _MAX_PROFILE_BYTES)
    except zlib.error:
        return None
    return profile if inflater.eof and profile[36:40] == b"acsp" else None  # the signature of every profile


def make_profile(chunks: Mapping[bytes, bytes], *, is_gray: bool) -> bytes | None:
    """Return the ICC profile that a PNG's gAMA and cHRM chunks describe, or None if it is sRGB's.

    Values that describe no colors are ignored. Source: PNG specification, 11.3.2.1 and 11.3.2.2.
    """
    curve, chromaticities = _read_curve(chunks.get(b"gAMA")), _read_chromaticities(chunks.get(b"cHRM"))
    if is_gray:
        return None if curve == _SRGB_CURVE else _profile(b"GRAY", {b"kTRC": _curve(curve)})
    try:
        matrix = primaries.to_xyz_d50(chromaticities)
    except ZeroDivisionError:
        chromaticities, matrix = primaries.BT709, primaries.to_xyz_d50(primaries.BT709)
    if curve == _SRGB_CURVE and chromaticities == primaries.BT709:
        return None
    columns = zip((b"rXYZ", b"gXYZ", b"bXYZ"), zip(*matrix, strict=True), strict=True)
    curves = dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), _curve(curve))
    return _profile(b"RGB ", {name: _xyz(*column) for name, column in columns} | curves)


def _read_curve(content: bytes | None) -> tuple[float, ...]:
    gamma = int.from_bytes(content or b"", "big") / _UNIT
    if gamma * _MAX_EXPONENT < 1 or abs(gamma / _SRGB_GAMMA - 1) < _TOLERANCE:
        return _SRGB_CURVE
    return 0, 1 / gamma


def _read_chromaticities(content: bytes | None) -> Chromaticities:
    if not content:
        return primaries.BT709
    values = [round(value / _UNIT, 4) for value in struct.unpack(">8I", content)]
    white, *colors = zip(values[::2], values[1::2], strict=True)
    return *colors, white


def _profile(color_space: bytes, tags: Mapping[bytes, bytes]) -> bytes:
    """Return a profile (ICC.1:2010, 7.2 and 7.3) for the conversion from a color space to XYZ."""
    tags = {b"wtpt": _xyz(*_D50), **tags}
    table, body, start = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        table += struct.pack(">4sII", name, start + len(body), len(content))
        body += content
    size = start + len(body)
    header = struct.pack(">I4xI4s4s4s12x4s28x", size, 0x04200000, b"mntr", color_space, b"XYZ ", b"acsp")
    return header + _fixed(*_D50) + bytes(48) + table + body


def _curve(curve: tuple[float, ...]) -> bytes:
    return struct.pack(">4s4xHxx", b"para", int(curve[0])) + _fixed(*curve[1:])


def _xyz(*values: float) -> bytes:
    return b"XYZ " + bytes(4) + _fixed(*values)


def _fixed(*values: float) -> bytes:
    """Return numbers with 16 bits each before and after the point."""
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)
