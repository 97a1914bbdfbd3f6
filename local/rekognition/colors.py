"""Measure colors and quality: DetectLabels' IMAGE_PROPERTIES, and the quality of faces."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any

import cv2
import numpy as np
from cv2.typing import MatLike
from PIL import ImageColor

from local.rekognition.geometry import Box

MAX_COLORS = 12
SAME_COLOR_DISTANCE = 14.0  # in Lab; colors nearer than this are counted as one
MIN_PERCENT = 0.5
# Names by hue, because Lab distance misjudges dull and dark colors: upper bounds in OpenCV's half degrees.
HUES = (
    *((8, "red"), (22, "orange"), (34, "yellow"), (82, "green")),
    *((130, "blue"), (150, "purple"), (170, "pink"), (180, "red")),
)
BROWN_MAX_VALUE = 170  # darker oranges and reds are brown


def describe_image(pixels: MatLike, boxes: Iterable[Box], max_colors: int) -> dict[str, Any]:
    """Describe the whole image, and separately what is inside and outside the boxes if there are any."""
    inside = np.zeros(pixels.shape[:2], dtype=bool)
    height, width = inside.shape
    for box in boxes:
        top, bottom = round(box.top * height), round((box.top + box.height) * height)
        left, right = round(box.left * width), round((box.left + box.width) * width)
        inside[top:bottom, left:right] = True

    def describe(mask: MatLike) -> dict[str, Any]:
        return {
            "Quality": measure_quality(pixels, mask),
            "DominantColors": dominant_colors(pixels[mask], max_colors),
        }

    properties = describe(np.ones_like(inside))
    if inside.any() and not inside.all():
        properties["Foreground"] = describe(inside)
        properties["Background"] = describe(~inside)
    return properties


def measure_quality(pixels: MatLike, mask: MatLike | None = None) -> dict[str, float]:
    """Return brightness, sharpness and contrast, each from 0 to 100."""
    gray = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY).astype(np.float32)
    edges = np.abs(cv2.Laplacian(gray, cv2.CV_32F))
    if mask is not None:
        gray, edges = gray[mask], edges[mask]
    # The strongest edges show the focus: a sharp face in front of a plain wall is a sharp image.
    strongest = float(np.percentile(edges, 98))
    return {
        "Brightness": float(gray.mean()) / 255 * 100,
        "Sharpness": float(100 * (1 - np.exp(-strongest / 60))),
        "Contrast": min(100.0, float(gray.std()) / 127.5 * 100),
    }


def dominant_colors(pixels: MatLike, max_colors: int) -> list[dict[str, Any]]:
    """Return the most frequent colors of BGR pixels, at most 12."""
    flat = pixels.reshape(-1, 3)
    groups = _group(flat)[: min(max_colors, MAX_COLORS)]
    colors = [_to_wire(mean, 100 * count / len(flat)) for mean, count in groups]
    return [color for color in colors if color["PixelPercent"] >= MIN_PERCENT]


def _group(flat: MatLike) -> list[tuple[MatLike, int]]:
    """Group similar colors around the most frequent ones. Return mean and count of each, largest first."""
    # Count the pixels of each cube of 16 x 16 x 16 colors.
    cubes = (flat // 16) @ np.array([256, 16, 1])
    sums = np.stack([np.bincount(cubes, channel) for channel in flat.T], axis=1)
    counts = np.bincount(cubes)
    sums, counts = sums[counts > 0], counts[counts > 0]
    lab = _to_lab(sums / counts[:, np.newaxis])
    groups: list[tuple[MatLike, int]] = []
    ungrouped = np.ones(len(counts), dtype=bool)
    for index in np.argsort(-counts, kind="stable"):
        if ungrouped[index]:
            near = ungrouped & (np.linalg.norm(lab - lab[index], axis=1) <= SAME_COLOR_DISTANCE)
            ungrouped &= ~near
            count = int(counts[near].sum())
            groups.append((sums[near].sum(axis=0) / count, count))
    return sorted(groups, key=lambda group: -group[1])


def _to_wire(mean: MatLike, percent: float) -> dict[str, Any]:
    blue, green, red = (round(float(value)) for value in mean)
    return {
        "Red": red,
        "Green": green,
        "Blue": blue,
        "HexCode": f"#{red:02x}{green:02x}{blue:02x}",
        "CSSColor": css_color(red, green, blue),
        "SimplifiedColor": simplified_color(red, green, blue),
        "PixelPercent": percent,
    }


@functools.cache
def _css_colors() -> tuple[tuple[str, ...], MatLike]:
    names = {ImageColor.getrgb(name)[:3]: name for name in sorted(ImageColor.colormap)}
    return tuple(names.values()), _to_lab(np.array(list(names))[:, ::-1])


def css_color(red: int, green: int, blue: int) -> str:
    """Return the name of the nearest CSS color."""
    names, lab = _css_colors()
    distances = np.linalg.norm(lab - _to_lab(np.array([[blue, green, red]])), axis=1)
    return names[int(np.argmin(distances))]


def simplified_color(red: int, green: int, blue: int) -> str:
    """Return one of Rekognition's simplified color names, in its spelling ("grey")."""
    pixel = np.array([[[blue, green, red]]], dtype=np.uint8)
    hue, saturation, value = (int(part) for part in cv2.cvtColor(pixel, cv2.COLOR_BGR2HSV)[0, 0])
    if value < 45:
        return "black"
    if saturation < 45 or (value < 90 and saturation < 60):
        return "white" if value > 205 else "grey"
    name = next(name for max_hue, name in HUES if hue <= max_hue)
    if name == "red" and saturation < 140 and value > 150:
        return "pink"
    return "brown" if name in ("orange", "red") and value < BROWN_MAX_VALUE and hue <= 22 else name


def _to_lab(colors: MatLike) -> MatLike:
    scaled = (colors.reshape(1, -1, 3) / 255).astype(np.float32)
    return np.asarray(cv2.cvtColor(scaled, cv2.COLOR_BGR2LAB)[0])
