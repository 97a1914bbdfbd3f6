"""Boxes as Rekognition writes them: ratios of the upright picture's width and height."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

Rect = tuple[float, float, float, float]  # left, top, width, height in pixels


@dataclass(frozen=True)
class Box:
    left: float
    top: float
    width: float
    height: float

    @classmethod
    def of_pixels(cls, rect: Rect, width: float, height: float) -> Box:
        """Clip to the picture, since nothing was seen beyond its edge."""
        left, top = max(0.0, rect[0] / width), max(0.0, rect[1] / height)
        right, bottom = min(1.0, (rect[0] + rect[2]) / width), min(1.0, (rect[1] + rect[3]) / height)
        return cls(left, top, max(0.0, right - left), max(0.0, bottom - top))

    @property
    def area(self) -> float:
        return self.width * self.height

    def shared(self, other: Box) -> float:
        return shared_area(self._rect, other._rect)

    def likeness(self, other: Box) -> float:
        return likeness(self._rect, other._rect)

    def lies_in(self, other: Box, share: float = 0.8) -> bool:
        return self.shared(other) >= share * self.area

    def wire(self) -> dict[str, float]:
        return {"Width": self.width, "Height": self.height, "Left": self.left, "Top": self.top}

    def corners(self) -> list[dict[str, float]]:
        right, bottom = self.left + self.width, self.top + self.height
        return points([(self.left, self.top), (right, self.top), (right, bottom), (self.left, bottom)])

    @property
    def _rect(self) -> Rect:
        return (self.left, self.top, self.width, self.height)


def points(pairs: Sequence[tuple[float, float]]) -> list[dict[str, Any]]:
    return [{"X": float(x), "Y": float(y)} for x, y in pairs]


def shared_area(one: Rect, two: Rect) -> float:
    across = min(one[0] + one[2], two[0] + two[2]) - max(one[0], two[0])
    down = min(one[1] + one[3], two[1] + two[3]) - max(one[1], two[1])
    return max(0.0, across) * max(0.0, down)


def likeness(one: Rect, two: Rect) -> float:
    """Intersection over union: 1 for the same box, 0 for boxes apart."""
    shared = shared_area(one, two)
    union = one[2] * one[3] + two[2] * two[3] - shared
    return shared / union if union > 0 else 0.0
