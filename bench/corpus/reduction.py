"""Reductions: pictures scaled down to a few pixels, to compare the colors of two renderings."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image, ImageChops, ImageStat

SIDE = 32  # pixels; details, noise and the choice of a resampling filter vanish at this size


@dataclass(frozen=True)
class Reduction:
    """RGB pixels of a rendering on white, its longer side at most 32 pixels."""

    width: int
    height: int
    pixels: bytes

    @classmethod
    def of(cls, image: Image.Image) -> Reduction:
        """Return the reduction of an sRGB image without transparency."""
        scale = min(1.0, SIDE / max(image.size))
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        small = image.convert("RGB").resize(size, Image.Resampling.BOX)
        return cls(*size, small.tobytes())


@dataclass(frozen=True)
class Difference:
    """The difference of two reductions: mean and maximum over all pixels and channels, 0 to 255."""

    mean: float
    maximum: int


def compare(first: Reduction, second: Reduction) -> Difference | None:
    """Return the difference of two reductions, or None if their shapes differ."""
    if (first.width, first.height) != (second.width, second.height):
        return None
    images = [Image.frombytes("RGB", (each.width, each.height), each.pixels) for each in (first, second)]
    statistics = ImageStat.Stat(ImageChops.difference(*images))
    return Difference(round(sum(statistics.mean) / 3, 1), max(int(high) for _, high in statistics.extrema))
