"""Colors described by CICP (ITU-T H.273), as in the nclx box of HEIF and the cICP chunk of PNG.

CICP is the name of the standard, coding-independent code points. Its numbers are called code points: one
for the primaries, one for the transfer function. An opened image has them as `info["cicp"]`.

An image with other primaries or another transfer function than sRGB's is converted as follows.

- PQ is absolute light. HLG is shown at a peak of 1,000 cd/m², with a system gamma of 1.2 (BT.2100).
- HDR is tone-mapped: the EETF of BT.2390, 5.4, reduces red, green and blue from 1,000 to 203 cd/m², HDR's
  reference white (BT.2408), which becomes sRGB's white. Light up to 87 cd/m² stays as it is; light above
  1,000 cd/m² is clipped.
- Colors outside sRGB are clipped.

Pillow interpolates the conversion in a table of 33³ colors. Compared with the exact conversion of the same 8
bits of random colors, the mean error is below 0.3 of 255, 99 % of the errors are below 3, and all are below
26; the largest are in channels that are almost zero. Those of grays are at most 1.5. The 8 bits themselves
are too few for PQ: one step of them is up to 4.5 of 255.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from PIL import Image, ImageFilter

from processor.imaging import primaries

if TYPE_CHECKING:
    from collections.abc import Callable

    from processor.imaging.primaries import Vector

PQ, HLG = 16, 18
_SRGB_TRANSFERS = frozenset((2, 13))  # 2 is unspecified
_VIDEO_TRANSFERS = frozenset((1, 6, 14, 15))
_GRID = 33  # entries per dimension
_PEAK, _WHITE = 1000.0, 203.0  # cd/m²


@dataclass(frozen=True)
class CodePoints:
    """An image's code points: its primaries and transfer function. 2 is unspecified, which means sRGB's."""

    primaries: int
    transfer: int

    @property
    def is_srgb(self) -> bool:
        """Return whether the image is shown as it is. Reserved code points are ignored, as viewers do."""
        return (self.primaries == 1 or not primaries.is_known(self.primaries)) and (
            self.transfer in _SRGB_TRANSFERS or self.transfer not in _TRANSFERS
        )

    @property
    def as_photo(self) -> CodePoints:
        """Return the code points with sRGB's transfer function instead of one for video.

        Photos with those code points were encoded for sRGB screens, and browsers show AVIF so (but not PNG).
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
    matrix = primaries.to_srgb(code_points.primaries)
    luminance = primaries.to_xyz(code_points.primaries)[1]
    is_hdr = code_points.transfer in (PQ, HLG)

    def convert(red: float, green: float, blue: float) -> Vector:
        light = to_linear(red), to_linear(green), to_linear(blue)
        if code_points.transfer == HLG:
            gain = max(0.0, primaries.dot(luminance, light)) ** 0.2
            light = light[0] * gain, light[1] * gain, light[2] * gain
        if is_hdr:
            light = _map_tone(light[0]), _map_tone(light[1]), _map_tone(light[2])
        red, green, blue = primaries.apply(matrix, light)
        return _linear_to_srgb(red), _linear_to_srgb(green), _linear_to_srgb(blue)

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
