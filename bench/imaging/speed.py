"""CPU time and quality of the ways to make a preview and a thumbnail, in turn in one run."""

from __future__ import annotations

import io
import time
from statistics import median
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from bench.figures import Figure
from bench.imaging.ways import OURS, open_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bench.imaging.ways import Way

_GOAL, _LIMIT = 1.1, 1.4
_BLOCK = 8  # pixels of the windows of SSIM
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2  # as in its definition (Wang et al., 2004)


def compare(
    name: str, data: bytes, ways: Mapping[str, Callable[[bytes], Way]], rounds: int
) -> tuple[list[Figure], list[str]]:
    """Return the figures of a photo, and a table of all ways with their quality.

    The quality is that of the preview, compared with all pixels, reduced to its size by a Lanczos filter.
    """
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    previews: dict[str, bytes] = {}
    for _ in range(rounds):
        for way, render in ways.items():
            started = time.process_time()
            previews[way], _ = render(data)
            seconds[way].append(time.process_time() - started)
    others = {way: median(times) for way, times in seconds.items() if way != OURS}
    fastest = min(others, key=lambda way: others[way])
    ratios = tuple(own / other for own, other in zip(seconds[OURS], seconds[fastest], strict=True))
    milliseconds = tuple(1000 * own for own in seconds[OURS])
    figures = [
        Figure(f"{name}: CPU ÷ {fastest}", ratios, goal=_GOAL, limit=_LIMIT),
        Figure(f"{name}: CPU", milliseconds, "ms", decimals=0),
    ]
    return figures, list(_table(name, seconds, previews, open_whole(data)))


def _table(
    name: str, seconds: Mapping[str, list[float]], previews: Mapping[str, bytes], whole: Image.Image
) -> Iterator[str]:
    yield f"{name:<32}{'CPU ms':>8}{'preview':>12}{'kB':>6}{'PSNR dB':>9}{'SSIM':>7}"
    for way, times in seconds.items():
        pixels = Image.open(io.BytesIO(previews[way])).convert("L")
        best = whole.resize(pixels.size, Image.Resampling.LANCZOS).convert("L")
        size, kilobytes = "×".join(map(str, pixels.size)), len(previews[way]) // 1000
        quality = f"{psnr(pixels, best):9.1f}{ssim(pixels, best):7.3f}"
        yield f"  {way:<30}{1000 * median(times):8.0f}{size:>12}{kilobytes:>6}{quality}"


def psnr(image: Image.Image, best: Image.Image) -> float:
    """Return the peak signal-to-noise ratio of a gray image in dB; above 40, people see no difference."""
    error = float(((np.asarray(image, np.float64) - np.asarray(best, np.float64)) ** 2).mean())
    return 10 * float(np.log10(255**2 / error)) if error else float("inf")


def ssim(image: Image.Image, best: Image.Image) -> float:
    """Return the structural similarity of a gray image, up to 1, by blocks of 8 pixels."""
    a, b = (_blocks(np.asarray(each, np.float64)) for each in (image, best))
    mean_a, mean_b = a.mean(1), b.mean(1)
    covariance = ((a - mean_a[:, None]) * (b - mean_b[:, None])).mean(1)
    similarity = ((2 * mean_a * mean_b + _C1) * (2 * covariance + _C2)) / (
        (mean_a**2 + mean_b**2 + _C1) * (a.var(1) + b.var(1) + _C2)
    )
    return float(similarity.mean())


def _blocks(array: np.ndarray) -> np.ndarray:
    rows, columns = (side // _BLOCK for side in array.shape)
    whole = array[: rows * _BLOCK, : columns * _BLOCK].reshape(rows, _BLOCK, columns, _BLOCK)
    return whole.swapaxes(1, 2).reshape(rows * columns, -1)
