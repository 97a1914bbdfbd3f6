"""What the detectors find in one image: the input of every operation."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

import cv2
from cv2.typing import MatLike

from local.rekognition.detectors.bodies import MIN_BODY_WEIGHT, find_bodies
from local.rekognition.detectors.cascades import Candidate
from local.rekognition.detectors.cats import MIN_CAT_WEIGHT, find_cats
from local.rekognition.detectors.faces import MIN_FACE_WEIGHT, find_eyes, find_faces
from local.rekognition.detectors.ocr import MAX_TEXT_SIDE, Text, TextReader
from local.rekognition.detectors.onnx_model import OnnxModel, Prediction
from local.rekognition.geometry import Box, iou
from local.rekognition.images import DETECTION_SIDE, decode_pixels

Request = dict[str, Any]
Response = dict[str, Any]
ENGINE_VERSION = "local-opencv-1"

T = TypeVar("T")


@dataclass(frozen=True)
class Detection:
    box: Box
    confidence: float  # percent

    def to_wire(self) -> dict[str, Any]:
        return {"BoundingBox": self.box.to_wire(), "Confidence": self.confidence}


class _ComputedOnce(Generic[T]):
    """A property computed on first access. Concurrent requests wait instead of computing it again."""

    def __init__(self, compute: Callable[[ImageAnalysis], T]) -> None:
        self._compute = compute

    def __get__(self, analysis: ImageAnalysis, owner: object = None) -> T:
        with analysis.locks.setdefault(self, threading.Lock()):
            if self not in analysis.values:
                analysis.values[self] = self._compute(analysis)
            return cast(T, analysis.values[self])


class ImageAnalysis:
    """What the detectors find in one image, each run when its result is first needed. Thread-safe."""

    def __init__(self, data: bytes, reader: TextReader, model: OnnxModel | None) -> None:
        self.data = data
        self.reader = reader
        self.model = model
        self.values: dict[object, Any] = {}
        self.locks: dict[object, threading.Lock] = {}

    @_ComputedOnce
    def pixels(self) -> MatLike:
        """Upright BGR pixels, scaled down for detection."""
        return decode_pixels(self.data, DETECTION_SIDE)

    @_ComputedOnce
    def predictions(self) -> tuple[Prediction, ...]:
        """Predictions of the custom model, highest confidence first; empty without a model."""
        return self.model.predict(self.pixels) if self.model else ()

    @_ComputedOnce
    def lines(self) -> list[Text]:
        """Lines of text."""
        return self.reader.read(decode_pixels(self.data, MAX_TEXT_SIDE))

    @_ComputedOnce
    def faces(self) -> tuple[Detection, ...]:
        """People's faces, largest first."""
        found = self._convert(find_faces(self._gray), MIN_FACE_WEIGHT, 2.5)
        return tuple(sorted(found, key=lambda face: -face.box.area))

    @_ComputedOnce
    def cats(self) -> tuple[Detection, ...]:
        found = self._convert(find_cats(self._gray), MIN_CAT_WEIGHT, 4.0)
        return tuple(cat for cat in found if all(iou(cat.box, face.box) < 0.3 for face in self.faces))

    @_ComputedOnce
    def people(self) -> tuple[Detection, ...]:
        """Whole people, and faces that belong to none of them, largest first."""
        whole = self._convert(find_bodies(self._gray), MIN_BODY_WEIGHT, 1.0)
        only_face = [face for face in self.faces if not any(face.box.is_inside(body.box) for body in whole)]
        return tuple(sorted((*whole, *only_face), key=lambda person: -person.box.area))

    def find_eye_centers(self, face: Box) -> tuple[tuple[float, float] | None, ...]:
        """Return the centers of the left and the right eye (as seen in the image), as ratios of the image."""
        height, width = self._gray.shape[:2]
        rect = (face.left * width, face.top * height, face.width * width, face.height * height)
        eyes = find_eyes(self._gray, rect)
        return tuple((eye[0] / width, eye[1] / height) if eye else None for eye in eyes)

    def crop(self, box: Box) -> MatLike:
        height, width = self.pixels.shape[:2]
        left, top = int(box.left * width), int(box.top * height)
        right, bottom = math.ceil((box.left + box.width) * width), math.ceil((box.top + box.height) * height)
        return self.pixels[top:bottom, left:right]

    @_ComputedOnce
    def _gray(self) -> MatLike:
        return cv2.cvtColor(self.pixels, cv2.COLOR_BGR2GRAY)

    def _convert(self, candidates: list[Candidate], min_weight: float, spread: float) -> list[Detection]:
        """Convert to detections. The confidence is 55 for `min_weight`, approaching 99.9 for higher ones."""
        height, width = self._gray.shape[:2]
        return [
            Detection(
                Box.from_pixels(candidate.rect, width, height),
                55 + 44.9 * (1 - math.exp(-max(0.0, candidate.weight - min_weight) / spread)),
            )
            for candidate in candidates
        ]
