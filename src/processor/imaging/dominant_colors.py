"""The dominant colors of an image, from its pixels: every picture has colors, without a billed call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image

from processor.imaging.palette import dominant_names

if TYPE_CHECKING:
    from PIL.Image import Image as PilImage

_SIDE = 64  # pixels; the average of a larger area is what people see of it
_HIGH_BITS, _MIDDLE = 0xF0, 0x08  # rounding to steps of 16 leaves a few hundred colors to name


def find_colors(image: PilImage) -> tuple[str, ...]:
    """Return the names of an sRGB image's dominant colors, the largest first."""
    small = image.resize((_SIDE, _SIDE), Image.Resampling.BOX, reducing_gap=2.0)
    rounded = small.point(lambda value: value & _HIGH_BITS | _MIDDLE)
    counts: list[tuple[float, tuple[int, int, int]]] = rounded.getcolors(_SIDE * _SIDE)  # type: ignore[assignment]
    return dominant_names(sorted(counts, reverse=True))
