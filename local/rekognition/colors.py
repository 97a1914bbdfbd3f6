"""Measure colours and quality: DetectLabels' IMAGE_PROPERTIES, and the quality of faces."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from PIL import ImageColor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cv2.typing import MatLike

    from local.rekognition.geometry import Box

MOST_COLOURS = 12
SIDE = 128  # pixels: shares of colours do not change with more
LIKE = 14.0  # of Lab's distance: nearer colours count as one
LEAST_SHARE = 0.5  # percent
# Lab's distance misjudges dull and dark colours, so hue decides: upper bound in OpenCV's degrees (of 180).
HUES = ((8, "red"), (22, "orange"), (34, "yellow"), (82, "green"), (130, "blue"), (150, "purple"))
LAST_HUES = ((170, "pink"), (180, "red"))
BROWN_BELOW = 170  # an orange that is dark is brown


def image_properties(pixels: MatLike, boxes: Sequence[Box], most: int) -> dict[str, Any]:
    """Describe the whole, and what is inside and outside the boxes if there are any."""
    properties = {"Quality": quality(pixels), "DominantColors": dominant_colours(pixels, most)}
    inside = np.zeros(pixels.shape[:2], dtype=bool)
    height, width = inside.shape
    for box in boxes:
        top, bottom = round(box.top * height), round((box.top + box.height) * height)
        left, right = round(box.left * width), round((box.left + box.width) * width)
        inside[top:bottom, left:right] = True
    if inside.any() and not inside.all():
        for name, mask in (("Foreground", inside), ("Background", ~inside)):
            properties[name] = {
                "Quality": quality(pixels, mask),
                "DominantColors": dominant_colours(pixels, most, mask),
            }
    return properties


def quality(pixels: MatLike, mask: MatLike | None = None) -> dict[str, float]:
    """Return brightness, sharpness and contrast, each from 0 to 100."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY).astype(np.float32)
    edges = np.abs(cv2.Laplacian(grey, cv2.CV_32F))
    if mask is not None:
        grey, edges = grey[mask], edges[mask]
    # The strongest edges tell the focus: a sharp face before a plain wall is a sharp picture.
    strongest = float(np.percentile(edges, 98))
    return {
        "Brightness": float(grey.mean() / 255 * 100),
        "Sharpness": float(100 * (1 - np.exp(-strongest / 60))),
        "Contrast": float(min(100.0, grey.std() / 127.5 * 100)),
    }


def dominant_colours(pixels: MatLike, most: int, mask: MatLike | None = None) -> list[dict[str, Any]]:
    scale = min(1.0, SIDE / max(pixels.shape[:2]))
    size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    if mask is not None:
        small_mask = cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST).astype(bool)
        small = small[small_mask][:, np.newaxis] if small_mask.any() else pixels[mask][:, np.newaxis]
    flat = small.reshape(-1, 3)
    groups = _groups(flat)[: min(most, MOST_COLOURS)]
    return [
        _colour(mean, 100 * count / len(flat))
        for mean, count in groups
        if 100 * count / len(flat) >= LEAST_SHARE
    ]


def _groups(flat: MatLike) -> list[tuple[MatLike, int]]:
    """Gather like colours around the most frequent ones: the same pixels always give the same answer."""
    bins, member, counts = np.unique(np.asarray(flat) // 16, axis=0, return_inverse=True, return_counts=True)
    sums = np.zeros((len(bins), 3))
    np.add.at(sums, member.ravel(), flat)
    means = sums / counts[:, np.newaxis]
    lab = _lab(means)
    groups: list[tuple[MatLike, int]] = []
    free = np.ones(len(bins), dtype=bool)
    for index in np.argsort(-counts, kind="stable"):
        if not free[index]:
            continue
        near = free & (np.linalg.norm(lab - lab[index], axis=1) <= LIKE)
        free &= ~near
        count = int(counts[near].sum())
        groups.append((sums[near].sum(axis=0) / count, count))
    return sorted(groups, key=lambda group: -group[1])


def _colour(mean: MatLike, percent: float) -> dict[str, Any]:
    blue, green, red = (round(float(value)) for value in mean)
    return {
        "Red": red,
        "Green": green,
        "Blue": blue,
        "HexCode": f"#{red:02x}{green:02x}{blue:02x}",
        "CSSColor": css_colour(red, green, blue),
        "SimplifiedColor": simplified_colour(red, green, blue),
        "PixelPercent": percent,
    }


@functools.cache
def _css_table() -> tuple[tuple[str, ...], MatLike]:
    names = {ImageColor.getrgb(name)[:3]: name for name in sorted(ImageColor.colormap)}
    return tuple(names.values()), _lab(np.array(list(names))[:, ::-1])


def css_colour(red: int, green: int, blue: int) -> str:
    names, lab = _css_table()
    distances = np.linalg.norm(lab - _lab(np.array([[blue, green, red]])), axis=1)
    return names[int(np.argmin(distances))]


def simplified_colour(red: int, green: int, blue: int) -> str:
    pixel = np.array([[[blue, green, red]]], dtype=np.uint8)
    hue, saturation, value = (int(part) for part in cv2.cvtColor(pixel, cv2.COLOR_BGR2HSV)[0, 0])
    if value < 45:
        return "black"
    if saturation < 45 or (value < 90 and saturation < 60):
        return "white" if value > 205 else "grey"
    name = next(name for bound, name in HUES + LAST_HUES if hue <= bound)
    if name == "red" and saturation < 140 and value > 150:
        return "pink"
    return "brown" if name in ("orange", "red") and value < BROWN_BELOW and hue <= 22 else name


def _lab(colours: MatLike) -> MatLike:
    scaled = (colours.reshape(1, -1, 3) / 255).astype(np.float32)
    return np.asarray(cv2.cvtColor(scaled, cv2.COLOR_BGR2LAB)[0])
