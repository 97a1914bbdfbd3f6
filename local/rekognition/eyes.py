"""The engine's eyes for people: faces from the front and the side, eyes in faces, and whole bodies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from local.rekognition import cascades
from local.rekognition.cascades import Spot
from local.rekognition.geometry import Rect, likeness

if TYPE_CHECKING:
    from cv2.typing import MatLike

# What faces measured, and what else: of the second cascade 1.8 and more, else up to 7; of the third 107.5
# and more, else up to 107.6; the strict cascade sees nothing else at all, but misses tilted faces.
FACE_WEIGHT = 1.5
TILTED_FACE_WEIGHTS = (4.0, 107.8)
PROFILE_WEIGHT = 1.0
PROFILE_SIDE = 320
BODY_WEIGHT = 1.6  # of the pedestrian detector; measured: people from 2.1, all else up to 1.4
BODY_SIDE = 480
BODY_WINDOW = (64, 128)


def find_faces(grey: MatLike) -> list[Spot]:
    frontal = []
    for spot in cascades.surest_apart(cascades.find(cascades.FRONTAL_FACE, grey, neighbours=2)):
        again = cascades.find_near(cascades.FRONTAL_FACE_AGAIN, grey, spot.rect, alike=0.3)
        if again and _is_face(grey, spot.rect, again.weight):
            frontal.append(Spot(spot.rect, again.weight))
    profiles = [
        spot
        for spot in cascades.surest_apart(_profiles(grey))
        if not any(likeness(spot.rect, face.rect) > 0.1 for face in frontal)
    ]
    return frontal + profiles


def _is_face(grey: MatLike, rect: Rect, weight: float) -> bool:
    """Hear a strict witness, or two milder ones: noise and folds of cloth look like faces to any one."""
    if weight < FACE_WEIGHT:
        return False
    if cascades.find_near(cascades.FRONTAL_FACE_STRICT, grey, rect, alike=0.3):
        return True
    third = cascades.find_near(cascades.FRONTAL_FACE_MILD, grey, rect, alike=0.3)
    least, least_of_third = TILTED_FACE_WEIGHTS
    sure = weight >= least and third is not None and third.weight >= least_of_third
    return sure and all(find_eyes(grey, rect))


def _profiles(grey: MatLike) -> list[Spot]:
    small, scale = _shrunk(grey, PROFILE_SIDE)
    width = small.shape[1]
    mirrored = cv2.flip(small, 1)  # the cascade knows faces that look to the left only
    spots = [(small, spot, False) for spot in cascades.find(cascades.PROFILE_FACE, small)]
    spots += [(mirrored, spot, True) for spot in cascades.find(cascades.PROFILE_FACE, mirrored)]
    sure = []
    for image, spot, turned in spots:
        if spot.weight >= PROFILE_WEIGHT and any(find_eyes(image, spot.rect)):
            x, y, w, h = spot.rect
            rect = ((width - x - w if turned else x) / scale, y / scale, w / scale, h / scale)
            sure.append(Spot(rect, spot.weight))
    return sure


def find_eyes(grey: MatLike, face: Rect) -> tuple[tuple[float, float] | None, tuple[float, float] | None]:
    """Return the middles of the eyes, as pixels: first the one on the left of the picture."""
    left, top, width, height = (int(value) for value in face)
    upper = grey[max(0, top) : top + int(height * 0.6), max(0, left) : left + width]
    if min(upper.shape[:2]) < 10:
        return None, None
    scale = max(1.0, 160 / width)  # the cascade's window is a good part of a small face
    upper = cv2.resize(upper, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    least = int(width * scale * 0.15)
    spots = cascades.find(cascades.EYE, upper, step=1.05, neighbours=4, smallest=max(20, least))
    best: list[tuple[float, float] | None] = [None, None]
    for spot in sorted(spots, key=lambda spot: spot.weight):
        x, y = spot.rect[0] + spot.rect[2] / 2, spot.rect[1] + spot.rect[3] / 2
        best[x > width * scale / 2] = (max(0, left) + x / scale, max(0, top) + y / scale)
    return best[0], best[1]


def find_bodies(grey: MatLike) -> list[Spot]:
    """Find people from head to foot: a cascade proposes, the pedestrian detector must agree."""
    small, scale = _shrunk(grey, BODY_SIDE)
    sure = []
    for spot in cascades.find(cascades.FULL_BODY, small, step=1.05, neighbours=2, smallest=28):
        weight = _pedestrian(small, spot.rect)
        if weight >= BODY_WEIGHT:
            x, y, w, h = (value / scale for value in spot.rect)
            sure.append(Spot((x, y, w, h), weight))
    return cascades.surest_apart(sure)


def _pedestrian(grey: MatLike, rect: Rect) -> float:
    x, y, width, height = (int(value) for value in rect)
    edge = height // 4
    part = grey[max(0, y - edge) : y + height + edge, max(0, x - edge) : x + width + edge]
    scale = 200 / max(1, height)  # so that the person is a little larger than the detector's window
    part = cv2.resize(part, None, fx=scale, fy=scale)
    if part.shape[1] < BODY_WINDOW[0] or part.shape[0] < BODY_WINDOW[1]:
        return 0.0
    detector = cv2.HOGDescriptor()
    detector.setSVMDetector(np.asarray(cv2.HOGDescriptor.getDefaultPeopleDetector(), dtype=np.float32))
    _, weights = detector.detectMultiScale(part, hitThreshold=0, winStride=(8, 8), scale=1.05)
    return max((float(weight) for weight in weights), default=0.0)


def _shrunk(grey: MatLike, side: int) -> tuple[MatLike, float]:
    scale = min(1.0, side / max(grey.shape[:2]))
    if scale == 1:
        return grey, 1.0
    return cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), scale
