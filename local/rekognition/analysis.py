"""What the detectors find in one image: the input of every operation."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar, cast

import cv2
from cv2.typing import MatLike

from local.rekognition.detectors.faces import MIN_FACE_WEIGHT, Point, find_eyes, find_faces
from local.rekognition.detectors.nsfw import score_nsfw
from local.rekognition.detectors.objects import ObjectModels, find_objects
from local.rekognition.detectors.ocr import Text, TextReader
from local.rekognition.detectors.onnx_model import Prediction
from local.rekognition.geometry import Box
from local.rekognition.images import DETECTION_SIDE, decode_pixels
from local.rekognition.instances import Detection, add_faces, group_by_label

Request = dict[str, Any]
Response = dict[str, Any]

T = TypeVar("T")


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

    def __init__(self, data: bytes, reader: TextReader, models: ObjectModels) -> None:
        self.data = data
        self.reader = reader
        self.models = models
        self.values: dict[object, Any] = {}
        self.locks: dict[object, threading.Lock] = {}

    @_ComputedOnce
    def pixels(self) -> MatLike:
        """Upright BGR pixels, scaled down for detection."""
        return decode_pixels(self.data, DETECTION_SIDE)

    @_ComputedOnce
    def predictions(self) -> tuple[Prediction, ...]:
        """Predictions of LOCAL_MODEL, highest confidence first; empty without one."""
        return self.models.own.predict(self.pixels) if self.models.own else ()

    @_ComputedOnce
    def instances(self) -> Mapping[str, Sequence[Detection]]:
        """The objects that the models found, and people found by their face, by label."""
        built_in = find_objects(self.pixels) if self.models.has_built_in else ()
        grouped = group_by_label([built_in, self.predictions])
        people = add_faces(grouped.get("Person", []), self.faces)
        return {**grouped, "Person": people} if people else grouped

    @property
    def people(self) -> Sequence[Detection]:
        """People, largest first."""
        return self.instances.get("Person", ())

    @_ComputedOnce
    def nsfw_score(self) -> float:
        """How likely the image is pornographic, from 0 to 100."""
        return score_nsfw(self.pixels)

    @_ComputedOnce
    def lines(self) -> list[Text]:
        """Lines of text."""
        return self.reader.read(self.data)

    @_ComputedOnce
    def faces(self) -> tuple[Detection, ...]:
        """People's faces, largest first."""
        height, width = self._gray.shape[:2]
        found = [
            Detection(Box.from_pixels(face.rect, width, height), _to_confidence(face.weight))
            for face in find_faces(self._gray)
        ]
        return tuple(sorted(found, key=lambda face: -face.box.area))

    @property
    def aspect(self) -> float:
        """Width divided by height."""
        height, width = self.pixels.shape[:2]
        return float(width / height)

    def find_eye_centers(self, face: Box) -> tuple[Point | None, Point | None]:
        """Return the centers of the left and the right eye (as seen in the image), as ratios of the image."""
        height, width = self._gray.shape[:2]
        rect = (face.left * width, face.top * height, face.width * width, face.height * height)
        left, right = (
            (eye[0] / width, eye[1] / height) if eye else None for eye in find_eyes(self._gray, rect)
        )
        return left, right

    def crop(self, box: Box) -> MatLike:
        height, width = self.pixels.shape[:2]
        left, top = int(box.left * width), int(box.top * height)
        right, bottom = math.ceil((box.left + box.width) * width), math.ceil((box.top + box.height) * height)
        return self.pixels[top:bottom, left:right]

    @_ComputedOnce
    def _gray(self) -> MatLike:
        return cv2.cvtColor(self.pixels, cv2.COLOR_BGR2GRAY)


def _to_confidence(weight: float) -> float:
    """Convert a face's weight to percent: 55 for the lowest one, approaching 99.9 for higher ones."""
    return 55 + 44.9 * (1 - math.exp(-max(0.0, weight - MIN_FACE_WEIGHT) / 2.5))
