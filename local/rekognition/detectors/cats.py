"""Find cats' faces by requiring several weak detections to agree.

A cat cascade alone also finds cats in clouds and in blurred noise. Therefore a face counts only if two
cascades find it, at two or more of five rotations of the image, and if it has the fine texture of fur.
"""

from __future__ import annotations

import cv2
import numpy as np
from cv2.typing import MatLike

from local.rekognition.detectors.cascades import Candidate, Cascade, suppress_overlaps
from local.rekognition.geometry import Rect, iou
from local.rekognition.images import shrink

CASCADE = Cascade("frontalcatface", 20)
CONFIRMING_CASCADE = Cascade("frontalcatface_extended", 20)
SEARCH_SIDE = 170  # pixels: fast, and large enough for cats that fill an eighth of the image
MARGIN = 0.35  # room for ears beyond the edge of a portrait
ROTATIONS = (-8, 0, 8)  # degrees
FURTHER_ROTATIONS = (-16, 16)  # tried only if the first rotations find anything
MIN_ROTATIONS = 2
MIN_CAT_WEIGHT = 4.5  # sum of all detections; measured: cats 5.3 and more, everything else up to 3.4
MIN_TEXTURE = 0.09  # measured: cats 0.107 and more, smooth shapes up to 0.084
MIN_IOU = 0.45


def find_cats(gray: MatLike) -> list[Candidate]:
    small, scale = shrink(gray, SEARCH_SIDE)
    margin = int(MARGIN * min(small.shape[:2]))
    framed = cv2.copyMakeBorder(small, margin, margin, margin, margin, cv2.BORDER_REPLICATE)
    found = [(angle, face) for angle in ROTATIONS for face in _find_rotated(framed, angle)]
    if found:
        found += [(angle, face) for angle in FURTHER_ROTATIONS for face in _find_rotated(framed, angle)]
    cats = []
    while found:
        _, best = max(found, key=lambda item: item[1].weight)
        group = [item for item in found if iou(item[1].rect, best.rect) > MIN_IOU]
        found = [item for item in found if item not in group]
        if len({angle for angle, _ in group}) < MIN_ROTATIONS:
            continue
        mean = np.mean([face.rect for _, face in group], axis=0)
        left, top, width, height = (float(value) for value in (mean - [margin, margin, 0, 0]) / scale)
        cat = Candidate((left, top, width, height), sum(face.weight for _, face in group))
        if cat.weight >= MIN_CAT_WEIGHT and _texture(gray, cat.rect) >= MIN_TEXTURE:
            cats.append(cat)
    return suppress_overlaps(cats)


def _find_rotated(gray: MatLike, angle: int) -> list[Candidate]:
    height, width = gray.shape[:2]
    rotation = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
    if angle:
        gray = cv2.warpAffine(gray, rotation, (width, height), borderMode=cv2.BORDER_REPLICATE)
    inverse = cv2.invertAffineTransform(rotation)
    faces = []
    for face in CASCADE.detect(gray, scale=1.05, neighbors=1):
        confirmed = CONFIRMING_CASCADE.confirm(gray, face.rect, min_iou=MIN_IOU)
        if confirmed:
            rect = _mean_rect(face.rect, confirmed.rect, inverse)
            faces.append(Candidate(rect, face.weight + confirmed.weight))
    return faces


def _mean_rect(a: Rect, b: Rect, inverse: MatLike) -> Rect:
    """Average two rectangles and move their center back to the image before its rotation."""
    left, top, width, height = (float(value) for value in np.mean([a, b], axis=0))
    x, y = inverse @ np.array([left + width / 2, top + height / 2, 1.0])
    return (float(x) - width / 2, float(y) - height / 2, width, height)


def _texture(gray: MatLike, rect: Rect) -> float:
    """Return the median difference of a pixel from its surroundings, relative to the contrast in `rect`."""
    left, top = max(0, int(rect[0])), max(0, int(rect[1]))
    part = gray[top : int(rect[1] + rect[3]), left : int(rect[0] + rect[2])]
    if min(part.shape[:2]) < 10:
        return 0.0
    scale = 96 / max(part.shape[:2])
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    part = cv2.resize(part, None, fx=scale, fy=scale, interpolation=interpolation).astype(np.float32)
    difference = np.abs(part - cv2.GaussianBlur(part, (0, 0), 1.5))
    return float(np.median(difference) / (part.std() + 1))
