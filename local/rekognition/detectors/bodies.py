"""Find whole people: a cascade proposes them and the HOG pedestrian detector confirms them."""

from __future__ import annotations

import cv2
import numpy as np
from cv2.typing import MatLike

from local.rekognition.detectors.cascades import Candidate, Cascade, suppress_overlaps
from local.rekognition.geometry import Rect
from local.rekognition.images import shrink

FULL_BODY = Cascade("fullbody", 30)
MIN_BODY_WEIGHT = 1.6  # of the pedestrian detector; measured: people 2.1 and more, everything else up to 1.4
BODY_SIDE = 480  # pixels
HOG_WINDOW = (64, 128)


def find_bodies(gray: MatLike) -> list[Candidate]:
    small, scale = shrink(gray, BODY_SIDE)
    bodies = []
    for body in FULL_BODY.detect(small, scale=1.05, neighbors=2, min_size=28):
        weight = _pedestrian_weight(small, body.rect)
        if weight >= MIN_BODY_WEIGHT:
            x, y, w, h = (value / scale for value in body.rect)
            bodies.append(Candidate((x, y, w, h), weight))
    return suppress_overlaps(bodies)


def _pedestrian_weight(gray: MatLike, rect: Rect) -> float:
    x, y, width, height = (int(value) for value in rect)
    margin = height // 4
    part = gray[max(0, y - margin) : y + height + margin, max(0, x - margin) : x + width + margin]
    scale = 200 / max(1, height)  # makes the person slightly larger than the detector's window
    part = cv2.resize(part, None, fx=scale, fy=scale)
    if part.shape[1] < HOG_WINDOW[0] or part.shape[0] < HOG_WINDOW[1]:
        return 0.0
    detector = cv2.HOGDescriptor()
    detector.setSVMDetector(np.asarray(cv2.HOGDescriptor.getDefaultPeopleDetector(), dtype=np.float32))
    _, weights = detector.detectMultiScale(part, hitThreshold=0, winStride=(8, 8), scale=1.05)
    return max((float(weight) for weight in weights), default=0.0)
