"""One picture as the engine sees it: looked at once for each kind of find, however many ask."""

from __future__ import annotations

import functools
import math
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2

from local.rekognition.cats import WEIGHT_AGREED, find_cats
from local.rekognition.eyes import BODY_WEIGHT, FACE_WEIGHT, find_bodies, find_eyes, find_faces
from local.rekognition.geometry import Box
from local.rekognition.images import Picture, read_picture

if TYPE_CHECKING:
    from cv2.typing import MatLike

    from local.rekognition.cascades import Spot

ENGINE = "local-opencv-1"


@dataclass(frozen=True)
class Finding:
    box: Box
    confidence: float


@dataclass(frozen=True)
class Eye:
    x: float
    y: float


def confidence(weight: float, least: float, spread: float) -> float:
    """Map a weight to percent: 55 at the least that counts, rising towards 99.9 with the weight."""
    return 55 + 44.9 * (1 - math.exp(-max(0.0, weight - least) / spread))


class Sight:
    """What is seen in one picture; looked at when first asked, and only once, however many ask."""

    def __init__(self, data: bytes, digest: str) -> None:
        self.digest = digest
        self._data = data
        self._lock = threading.RLock()

    @property
    def picture(self) -> Picture:
        with self._lock:
            return self._picture

    @functools.cached_property
    def _picture(self) -> Picture:
        return read_picture(self._data)

    @functools.cached_property
    def _grey(self) -> MatLike:
        return cv2.cvtColor(self.picture.pixels, cv2.COLOR_BGR2GRAY)

    @functools.cached_property
    def _faces(self) -> tuple[Finding, ...]:
        return self._findings(find_faces(self._grey), FACE_WEIGHT, 2.5)

    @functools.cached_property
    def _cats(self) -> tuple[Finding, ...]:
        return self._findings(find_cats(self._grey), WEIGHT_AGREED, 4.0)

    @functools.cached_property
    def _bodies(self) -> tuple[Finding, ...]:
        return self._findings(find_bodies(self._grey), BODY_WEIGHT, 1.0)

    def faces(self) -> tuple[Finding, ...]:
        """Return the people's faces, the largest first."""
        with self._lock:
            return tuple(sorted(self._faces, key=lambda face: -face.box.area))

    def cats(self) -> tuple[Finding, ...]:
        with self._lock:
            faces = [face.box for face in self._faces]
            return tuple(cat for cat in self._cats if all(cat.box.likeness(face) < 0.3 for face in faces))

    def people(self) -> tuple[Finding, ...]:
        """Return the whole people, and the faces that belong to none of them, the largest first."""
        with self._lock:
            bodies = self._bodies
            alone = [face for face in self._faces if not any(face.box.lies_in(body.box) for body in bodies)]
            return tuple(sorted((*bodies, *alone), key=lambda person: -person.box.area))

    def eyes(self, face: Finding) -> tuple[Eye | None, Eye | None]:
        with self._lock:
            height, width = self._grey.shape[:2]
            box = face.box
            rect = (box.left * width, box.top * height, box.width * width, box.height * height)
            left, right = find_eyes(self._grey, rect)
        return (
            Eye(left[0] / width, left[1] / height) if left else None,
            Eye(right[0] / width, right[1] / height) if right else None,
        )

    def crop(self, box: Box) -> MatLike:
        height, width = self.picture.pixels.shape[:2]
        left, top = int(box.left * width), int(box.top * height)
        right, bottom = math.ceil((box.left + box.width) * width), math.ceil((box.top + box.height) * height)
        return self.picture.pixels[top:bottom, left:right]

    def _findings(self, spots: list[Spot], least: float, spread: float) -> tuple[Finding, ...]:
        height, width = self._grey.shape[:2]
        return tuple(
            Finding(Box.of_pixels(spot.rect, width, height), confidence(spot.weight, least, spread))
            for spot in spots
        )
