"""The palette: 16 names for all colors, chosen by the nearest sample in Oklab.

In Oklab (Björn Ottosson, 2020), equal distances look about equally different. A name has several samples,
because people call very different colors blue, for example. Measured in tests/unit/processor/imaging.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import repeat
from math import dist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

Lab = tuple[float, float, float]

# The samples of each name, as in CSS.
_SAMPLES = {
    "black": "000000 0c0c0c 1c1c1c 14100c 0a1018",
    "gray": "2c2c2c 3c3c3c 505050 696969 808080 989898 b0b0b0 708090 778899 8a8078 5a544e",
    "silver": "c0c0c0 cccccc d3d3d3 dedede c4ccd4 b8c0c8",
    "white": "ffffff f5f5f5 ebebeb fff8f0 f0f8ff",
    "red": "ff0000 dc143c e02020 b22222 c81e1e cd5c5c",
    "maroon": "800000 8b0000 600a14 501018 7a1f2b",
    "pink": "ffc0cb ff69b4 ff1493 ff9eb5 e75480 f4a0a8 f08080",
    "orange": "ffa500 ff8c00 ff7f3f e8761a ff6600",
    "brown": "8b4513 a0522d 6b4423 5c3a21 996633 4a2f1b 3a2416 805a3c cd853f c06a28",
    "beige": "f5f5dc f5deb3 d2b48c e0cdb0 deb887 c8ac8c ffe4c4 eadcc8",
    "yellow": "ffff00 ffd700 f0e040 ffe87c f4c430 ffff99",
    "olive": "808000 6b8e23 556b2f 8f8f3c 4a4a1a bdb76b",
    "green": "008000 00ff00 228b22 3cb371 90ee90 006400 7ccd7c 1f4023 32cd32 4a7a4a",
    "teal": "008080 00ffff 40e0d0 20b2aa 5f9ea0 2f6f6f afeeee",
    "blue": "0000ff 1e90ff 4169e1 87ceeb add8e6 4682b4 000080 6495ed 3a5f9f 1a2f5a 102040 b0c4de",
    "purple": "800080 8a2be2 9370db ba55d3 ff00ff dda0dd 4b0082 e6e6fa 663399 5a3a6a",
}
NAMES = tuple(_SAMPLES)
MAX_COLORS = 4
_MIN_SHARE = 0.1  # of the pixels


def dominant_names(colors: Iterable[tuple[float, tuple[int, int, int]]]) -> tuple[str, ...]:
    """Return the names of a picture's colors, given with their pixels or percent: the largest first."""
    sums: dict[str, float] = {}
    for weight, (red, green, blue) in colors:
        name = nearest_name(red, green, blue)
        sums[name] = sums.get(name, 0.0) + weight
    least = _MIN_SHARE * sum(sums.values())
    ordered = sorted(sums, key=lambda name: -sums[name])
    return tuple(name for name in ordered[:MAX_COLORS] if sums[name] >= least)


@lru_cache(maxsize=4096)
def nearest_name(red: int, green: int, blue: int) -> str:
    """Return the name of an sRGB color."""
    distances = list(map(dist, _LABS, repeat(_to_oklab(red, green, blue))))  # without a call of Python's
    return _LAB_NAMES[distances.index(min(distances))]


def _to_oklab(red: int, green: int, blue: int) -> Lab:
    r, g, b = _LINEAR[red], _LINEAR[green], _LINEAR[blue]
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    medium = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


_LINEAR = tuple(_linear(code / 255) for code in range(256))
_LAB_NAMES = tuple(name for name, samples in _SAMPLES.items() for _ in samples.split())
_LABS = tuple(_to_oklab(*bytes.fromhex(sample)) for sample in " ".join(_SAMPLES.values()).split())
