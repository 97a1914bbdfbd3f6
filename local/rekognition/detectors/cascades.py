"""Run OpenCV's Haar cascades on grayscale images."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import cv2.data
from cv2.typing import MatLike

from local.rekognition.geometry import Rect, iou


@dataclass(frozen=True)
class Candidate:
    rect: Rect
    weight: float  # of the last stage; higher is more certain


class Cascade:
    """A cascade of OpenCV, loaded on first use. Thread-safe."""

    def __init__(self, name: str, stages: int) -> None:
        """Load haarcascade_`name`.xml, which has `stages` stages.

        detectMultiScale3 also returns rectangles that failed in the last stages; they are dropped.
        """
        self._path = f"{cv2.data.haarcascades}haarcascade_{name}.xml"
        self._stages = stages
        self._lock = threading.Lock()

    @functools.cached_property
    def _classifier(self) -> cv2.CascadeClassifier:
        return cv2.CascadeClassifier(self._path)

    def detect(
        self, gray: MatLike, *, scale: float = 1.1, neighbors: int = 3, min_size: int = 24, max_size: int = 0
    ) -> list[Candidate]:
        """Return the candidates from `min_size` to `max_size` pixels (0: no limit)."""
        if min(gray.shape[:2]) < min_size:
            return []
        smallest, largest = (min_size, min_size), (max_size, max_size)
        with self._lock:
            rects, levels, weights = self._classifier.detectMultiScale3(
                gray, scale, neighbors, 0, smallest, largest, outputRejectLevels=True
            )
        return [
            Candidate((float(x), float(y), float(w), float(h)), float(weight))
            for (x, y, w, h), level, weight in zip(rects, levels, weights, strict=True)
            if int(level) >= self._stages
        ]

    def confirm(self, gray: MatLike, rect: Rect, *, min_iou: float) -> Candidate | None:
        """Search around a rectangle that another cascade found. Return the best match or None."""
        x, y, width, height = (int(value) for value in rect)
        margin = int(width * 0.35)
        left, top = max(0, x - margin), max(0, y - margin)
        part = gray[top : y + height + margin, left : x + width + margin]
        matches = []
        for found in self.detect(
            part, scale=1.03, neighbors=1, min_size=int(width * 0.65), max_size=int(width * 1.5)
        ):
            moved = (found.rect[0] + left, found.rect[1] + top, found.rect[2], found.rect[3])
            if iou(moved, rect) > min_iou:
                matches.append(Candidate(moved, found.weight))
        return max(matches, key=lambda match: match.weight, default=None)


def suppress_overlaps(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Keep the candidate with the highest weight of each group that overlaps (IoU above 0.3)."""
    kept: list[Candidate] = []
    for candidate in sorted(candidates, key=lambda candidate: -candidate.weight):
        if all(iou(candidate.rect, other.rect) <= 0.3 for other in kept):
            kept.append(candidate)
    return kept
