"""Colors described by code points (ITU-T H.273), as in the nclx box of HEIF and the cICP chunk of PNG.

An image with other primaries or another transfer function than sRGB's is converted as follows.

- PQ is absolute light. HLG is shown at a peak of 1,000 cd/m², with a system gamma of 1.2 (BT.2100).
- HDR is tone-mapped: the EETF of BT.2390, 5.4, reduces red, green and blue from 1,000 to 203 cd/m², HDR's
  reference white (BT.2408), which becomes sRGB's white. Light up to 87 cd/m² stays as it is; light above
  1,000 cd/m² is clipped.
- Colors outside sRGB are clipped.

Pillow interpolates the conversion in a table of 33³ colors. Compared with the exact conversion of the same
8 bits, the mean error is below 0.3 of 255, 99 % of all colors are within 6, and the largest error is 24, in
a channel that is almost zero. The 8 bits themselves are too few for PQ: one step of them is up to 4.5 of 255.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from PIL import Image, ImageFilter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Vector = tuple[float, float, float]
    Matrix = tuple[Vector, Vector, Vector]

PQ, HLG = 16, 18
_SRGB_TRANSFERS = frozenset((2, 13))  # 2 is unspecified
_VIDEO_TRANSFERS = frozenset((1, 6, 14, 15))
_GRID = 33  # entries per dimension
_PEAK, _WHITE = 1000.0, 203.0  # cd/m²

# Chromaticities of red, green, blue and white (H.273, table 2).
_D65 = (0.3127, 0.3290)
_BT709 = ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060), _D65)
_SMPTE170M = ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), _D65)
_PRIMARIES = {
    1: _BT709,
    4: ((0.67, 0.33), (0.21, 0.71), (0.14, 0.08), (0.310, 0.316)),
    5: ((0.64, 0.33), (0.29, 0.60), (0.15, 0.06), _D65),
    6: _SMPTE170M,
    7: _SMPTE170M,
    8: ((0.681, 0.319), (0.243, 0.692), (0.145, 0.049), (0.310, 0.316)),
    9: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), _D65),
    11: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), (0.314, 0.351)),
    12: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), _D65),
    22: ((0.630, 0.340), (0.295, 0.605), (0.155, 0.077), _D65),
}
_BRADFORD = ((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296))


@dataclass(frozen=True)
class CodePoints:
    """The numbers of an image's primaries and transfer function. 2 is unspecified, which means sRGB's."""

    primaries: int
    transfer: int

    @property
    def is_srgb(self) -> bool:
        """Return whether the image is shown as it is. Reserved numbers are ignored, as viewers do."""
        return (self.primaries == 1 or self.primaries not in _PRIMARIES) and (
            self.transfer in _SRGB_TRANSFERS or self.transfer not in _TRANSFERS
        )

    @property
    def as_photo(self) -> CodePoints:
        """Return the code points with sRGB's transfer function instead of one for video.

        Photos with those numbers were encoded for sRGB screens, and browsers show AVIF so (but not PNG).
        """
        return CodePoints(self.primaries, 13) if self.transfer in _VIDEO_TRANSFERS else self


SRGB = CodePoints(1, 13)


def to_srgb(image: Image.Image, code_points: CodePoints) -> Image.Image:
    """Return an RGB or RGBA image in sRGB."""
    shaper, table = _make_tables(code_points)
    alpha = list(range(256)) if image.mode == "RGBA" else []
    return image.point(shaper * 3 + alpha).filter(table)


@lru_cache(maxsize=4)
def _make_tables(code_points: CodePoints) -> tuple[list[int], ImageFilter.Color3DLUT]:
    """Return a table per channel, and one of three dimensions that is applied after it.

    The first encodes the values as sRGB does, so that the second is smooth enough to be interpolated.
    """
    convert = make_converter(code_points)

    def shape(value: float) -> float:
        return value if code_points.transfer == HLG else convert(value, value, value)[1]

    grid = [_invert(shape, step / (_GRID - 1)) for step in range(_GRID)]
    table = [
        channel for blue in grid for green in grid for red in grid for channel in convert(red, green, blue)
    ]
    shaper = [round(255 * shape(code / 255)) for code in range(256)]
    return shaper, ImageFilter.Color3DLUT(_GRID, table)


def make_converter(code_points: CodePoints) -> Callable[[float, float, float], Vector]:
    """Return the exact conversion of encoded red, green and blue to sRGB, all from 0 to 1."""
    to_linear = _TRANSFERS.get(code_points.transfer, _srgb_to_linear)
    source = _xyz_matrix(_PRIMARIES.get(code_points.primaries, _BT709))
    matrix = _multiply(_invert_matrix(_xyz_matrix(_BT709)), source)
    is_hdr = code_points.transfer in (PQ, HLG)
    luminance = source[1]

    def convert(red: float, green: float, blue: float) -> Vector:
        light = to_linear(red), to_linear(green), to_linear(blue)
        if code_points.transfer == HLG:
            gain = max(0.0, _dot(luminance, light)) ** 0.2
            light = light[0] * gain, light[1] * gain, light[2] * gain
        if is_hdr:
            light = _map_tone(light[0]), _map_tone(light[1]), _map_tone(light[2])
        return (
            _linear_to_srgb(_dot(matrix[0], light)),
            _linear_to_srgb(_dot(matrix[1], light)),
            _linear_to_srgb(_dot(matrix[2], light)),
        )

    return convert


def _map_tone(light: float) -> float:
    """Return displayed light (1 is white) for light (1 is the peak), by the EETF of BT.2390, section 5.4."""
    peak, white = _nits_to_pq(_PEAK), _nits_to_pq(_WHITE)
    value, target = _nits_to_pq(light * _PEAK) / peak, white / peak
    knee = 1.5 * target - 0.5
    if value > knee:
        t = (value - knee) / (1 - knee)
        value = (
            (2 * t**3 - 3 * t**2 + 1) * knee
            + (t**3 - 2 * t**2 + t) * (1 - knee)
            + (-2 * t**3 + 3 * t**2) * target
        )
    return _pq_to_nits(value * peak) / _WHITE


_M1, _M2, _C1, _C2, _C3 = 2610 / 16384, 2523 / 4096 * 128, 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32


def _pq_to_nits(value: float) -> float:
    """Return the light of a PQ value (SMPTE ST 2084), in cd/m²."""
    power = value ** (1 / _M2)
    return 10_000 * float((max(0.0, power - _C1) / (_C2 - _C3 * power)) ** (1 / _M1))


def _nits_to_pq(nits: float) -> float:
    power = (nits / 10_000) ** _M1
    return float(((_C1 + _C2 * power) / (1 + _C3 * power)) ** _M2)


def _hlg_to_scene(value: float) -> float:
    """Return the scene's light of an HLG value, from 0 to 1 (BT.2100, table 5)."""
    if value <= 0.5:
        return value * value / 3
    return (math.exp((value - 0.55991073) / 0.17883277) + 0.28466892) / 12


def _srgb_to_linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _linear_to_srgb(light: float) -> float:
    """Return an encoded value, also for light below 0 or above 1, clipped after the interpolation."""
    if light < 0:
        return -_linear_to_srgb(-light)
    return light * 12.92 if light <= 0.0031308 else float(1.055 * light ** (1 / 2.4) - 0.055)


def _smpte240m_to_linear(value: float) -> float:
    return value / 4 if value < 0.0913 else float(((value + 0.1115) / 1.1115) ** (1 / 0.45))


# What a screen shows for an encoded value from 0 to 1 (H.273, table 3, and BT.1886 for video).
_TRANSFERS: dict[int, Callable[[float], float]] = {
    **dict.fromkeys(_VIDEO_TRANSFERS, lambda value: value**2.4),
    4: lambda value: value**2.2,
    5: lambda value: value**2.8,
    7: _smpte240m_to_linear,
    8: lambda value: value,
    13: _srgb_to_linear,
    PQ: lambda value: min(1.0, _pq_to_nits(value) / _PEAK),
    17: lambda value: min(1.0, 52.37 / 48 * value**2.6),
    HLG: _hlg_to_scene,
}


def _invert(function: Callable[[float], float], target: float) -> float:
    """Return the smallest value for which a rising function reaches a target."""
    low, high = 0.0, 1.0
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (low, middle) if function(middle) >= target else (middle, high)
    return high


def _xyz_matrix(primaries: Sequence[tuple[float, float]]) -> Matrix:
    """Return the matrix from linear RGB to XYZ adapted to D65, by Bradford's method."""
    red, green, blue, white = (_xyz(*xy) for xy in primaries)
    columns = _transpose((red, green, blue))
    matrix = _scale_columns(columns, _apply(_invert_matrix(columns), white))
    cones = _apply(_BRADFORD, _xyz(*_D65)), _apply(_BRADFORD, white)
    ratio = cones[0][0] / cones[1][0], cones[0][1] / cones[1][1], cones[0][2] / cones[1][2]
    adaptation = _multiply(_scale_columns(_invert_matrix(_BRADFORD), ratio), _BRADFORD)
    return _multiply(adaptation, matrix)


def _xyz(x: float, y: float) -> Vector:
    return x / y, 1.0, (1 - x - y) / y


def _dot(a: Vector, b: Vector) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def _apply(matrix: Matrix, vector: Vector) -> Vector:
    return _dot(matrix[0], vector), _dot(matrix[1], vector), _dot(matrix[2], vector)


def _transpose(matrix: Matrix) -> Matrix:
    a, b, c = matrix
    return (a[0], b[0], c[0]), (a[1], b[1], c[1]), (a[2], b[2], c[2])


def _multiply(a: Matrix, b: Matrix) -> Matrix:
    columns = _transpose(b)
    return _apply(columns, a[0]), _apply(columns, a[1]), _apply(columns, a[2])


def _scale_columns(matrix: Matrix, factors: Vector) -> Matrix:
    a, b, c = _transpose(matrix)
    x, y, z = factors
    return _transpose((_scale(a, x), _scale(b, y), _scale(c, z)))


def _scale(vector: Vector, factor: float) -> Vector:
    return vector[0] * factor, vector[1] * factor, vector[2] * factor


def _cross(a: Vector, b: Vector) -> Vector:
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


def _invert_matrix(matrix: Matrix) -> Matrix:
    a, b, c = matrix
    determinant = _dot(a, _cross(b, c))
    columns = _cross(b, c), _cross(c, a), _cross(a, b)
    inverse = _transpose(columns)
    return (
        _scale(inverse[0], 1 / determinant),
        _scale(inverse[1], 1 / determinant),
        _scale(inverse[2], 1 / determinant),
    )
