"""Bounding boxes: in pixels (`Rect`) and as ratios of the upright image's width and height (`Box`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

Rect = tuple[float, float, float, float]  # left, top, width, height in pixels


class Box(NamedTuple):
    left: float
    top: float
    width: float
    height: float

    @classmethod
    def from_pixels(cls, rect: Rect, width: float, height: float) -> Box:
        """Convert a rectangle in an image of the given size, clipped to the image."""
        left, top = max(0.0, rect[0] / width), max(0.0, rect[1] / height)
        right, bottom = min(1.0, (rect[0] + rect[2]) / width), min(1.0, (rect[1] + rect[3]) / height)
        return cls(left, top, max(0.0, right - left), max(0.0, bottom - top))

    @property
    def area(self) -> float:
        return self.width * self.height

    def is_inside(self, other: Box) -> bool:
        """Return whether at least 80% of this box is inside the other."""
        return intersection(self, other) >= 0.8 * self.area

    def to_wire(self) -> dict[str, float]:
        return {"Width": self.width, "Height": self.height, "Left": self.left, "Top": self.top}

    def to_polygon(self) -> list[dict[str, float]]:
        right, bottom = self.left + self.width, self.top + self.height
        return to_points([(self.left, self.top), (right, self.top), (right, bottom), (self.left, bottom)])


def to_points(pairs: Iterable[tuple[float, ...]]) -> list[dict[str, float]]:
    return [{"X": float(x), "Y": float(y)} for x, y in pairs]


def intersection(a: Rect | Box, b: Rect | Box) -> float:
    """Return the area of the intersection."""
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return max(0.0, width) * max(0.0, height)


def iou(a: Rect | Box, b: Rect | Box) -> float:
    """Return the intersection over union: 1 for identical boxes, 0 for disjoint ones."""
    shared = intersection(a, b)
    union = a[2] * a[3] + b[2] * b[3] - shared
    return shared / union if union > 0 else 0.0
