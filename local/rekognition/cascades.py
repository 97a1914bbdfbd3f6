"""OpenCV's Haar cascades: what one finds in a grey picture, with the weight of each find."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import cv2.data

from local.rekognition.geometry import likeness

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cv2.typing import MatLike

    from local.rekognition.geometry import Rect

# Name of the file and its number of stages: detectMultiScale3 also reports what failed in the last few.
FRONTAL_FACE = ("frontalface_alt2", 20)
FRONTAL_FACE_AGAIN = ("frontalface_default", 25)  # trained apart from the other, so it errs elsewhere
FRONTAL_FACE_MILD = ("frontalface_alt", 22)
FRONTAL_FACE_STRICT = ("frontalface_alt_tree", 47)
PROFILE_FACE = ("profileface", 26)
EYE = ("eye", 24)
CAT_FACE = ("frontalcatface", 20)
CAT_FACE_AGAIN = ("frontalcatface_extended", 20)
FULL_BODY = ("fullbody", 30)

_LOADED = threading.local()  # a cascade is not thread-safe; loading one for each thread beats waiting


@dataclass(frozen=True)
class Spot:
    rect: Rect
    weight: float


def _cascade(name: str) -> cv2.CascadeClassifier:
    loaded: dict[str, cv2.CascadeClassifier] = _LOADED.__dict__
    if name not in loaded:
        loaded[name] = cv2.CascadeClassifier(f"{cv2.data.haarcascades}haarcascade_{name}.xml")
    return loaded[name]


def find(
    kind: tuple[str, int],
    grey: MatLike,
    *,
    step: float = 1.1,
    neighbours: int = 3,
    smallest: int = 24,
    largest: int = 0,
) -> list[Spot]:
    name, stages = kind
    if min(grey.shape[:2]) < smallest:
        return []
    rects, levels, weights = _cascade(name).detectMultiScale3(
        grey, step, neighbours, 0, (smallest, smallest), (largest, largest), outputRejectLevels=True
    )
    return [
        Spot((float(x), float(y), float(w), float(h)), float(weight))
        for (x, y, w, h), level, weight in zip(rects, levels, weights, strict=True)
        if int(level) >= stages
    ]


def find_near(
    kind: tuple[str, int], grey: MatLike, rect: Rect, *, alike: float, margin: float = 0.35
) -> Spot | None:
    """Ask a second cascade about one place: its surest find that is much the same box, if any."""
    x, y, width, height = (int(value) for value in rect)
    edge = int(width * margin)
    left, top = max(0, x - edge), max(0, y - edge)
    part = grey[top : y + height + edge, left : x + width + edge]
    spots = [
        Spot((spot.rect[0] + left, spot.rect[1] + top, spot.rect[2], spot.rect[3]), spot.weight)
        for spot in find(
            kind, part, step=1.03, neighbours=1, smallest=int(width * 0.65), largest=int(width * 1.5)
        )
    ]
    same = [spot for spot in spots if likeness(spot.rect, rect) > alike]
    return max(same, key=lambda spot: spot.weight, default=None)


def surest_apart(spots: Sequence[Spot], alike: float = 0.3) -> list[Spot]:
    """Keep the surest of each heap of boxes that overlap."""
    kept: list[Spot] = []
    for spot in sorted(spots, key=lambda spot: -spot.weight):
        if all(likeness(spot.rect, other.rect) <= alike for other in kept):
            kept.append(spot)
    return kept
