"""Find cats' faces: several weak witnesses, who must agree.

A cat cascade alone sees cats in clouds and blurred noise. So a face counts only if two cascades find it,
in at least two of five tilts of the picture, and if there is fine detail all over it, as fur has.
"""

from __future__ import annotations

import cv2
import numpy as np

from local.rekognition import cascades
from local.rekognition.cascades import Spot
from local.rekognition.geometry import Rect, likeness

SIDE = 170  # pixels: cats that matter fill an eighth of a picture, and small is quick
MARGIN = 0.35  # a portrait of a cat has its ears beyond the edge, where a cascade needs room
TILTS = (-8, 0, 8)  # degrees
FURTHER_TILTS = (-16, 16)  # looked at only if there was anything in the first
TILTS_AGREED = 2
WEIGHT_AGREED = 4.5  # of all witnesses; measured: cats from 5.3, all else up to 3.4
FUR = 0.09  # measured: cats from 0.107, smooth shapes up to 0.084
SAME = 0.45


def find_cats(grey: cv2.typing.MatLike) -> list[Spot]:
    scale = min(1.0, SIDE / max(grey.shape[:2]))
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    edge = int(MARGIN * min(small.shape[:2]))
    framed = cv2.copyMakeBorder(small, edge, edge, edge, edge, cv2.BORDER_REPLICATE)
    seen = [(tilt, spot) for tilt in TILTS for spot in _in_tilt(framed, tilt)]
    if seen:
        seen += [(tilt, spot) for tilt in FURTHER_TILTS for spot in _in_tilt(framed, tilt)]
    found = []
    while seen:
        _, first = max(seen, key=lambda item: item[1].weight)
        heap = [item for item in seen if likeness(item[1].rect, first.rect) > SAME]
        seen = [item for item in seen if item not in heap]
        if len({tilt for tilt, _ in heap}) < TILTS_AGREED:
            continue
        middle = np.mean([spot.rect for _, spot in heap], axis=0)
        left, top, width, height = (float(value) for value in (middle - [edge, edge, 0, 0]) / scale)
        face = Spot((left, top, width, height), sum(spot.weight for _, spot in heap))
        if face.weight >= WEIGHT_AGREED and _fine_detail(grey, face.rect) >= FUR:
            found.append(face)
    return cascades.surest_apart(found)


def _in_tilt(framed: cv2.typing.MatLike, tilt: int) -> list[Spot]:
    height, width = framed.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), tilt, 1)
    turned = (
        cv2.warpAffine(framed, turn, (width, height), borderMode=cv2.BORDER_REPLICATE) if tilt else framed
    )
    back = cv2.invertAffineTransform(turn)
    agreed = []
    for spot in cascades.find(cascades.CAT_FACE, turned, step=1.05, neighbours=1):
        again = cascades.find_near(cascades.CAT_FACE_AGAIN, turned, spot.rect, alike=SAME)
        if again:
            agreed.append(Spot(_turned_back(spot.rect, again.rect, back), spot.weight + again.weight))
    return agreed


def _turned_back(one: Rect, two: Rect, back: cv2.typing.MatLike) -> Rect:
    left, top, width, height = (float(value) for value in np.mean([one, two], axis=0))
    x, y = back @ np.array([left + width / 2, top + height / 2, 1.0])
    return (float(x) - width / 2, float(y) - height / 2, width, height)


def _fine_detail(grey: cv2.typing.MatLike, rect: Rect) -> float:
    """Measure how much a typical pixel differs from its near surroundings, against the box's contrast."""
    left, top = max(0, int(rect[0])), max(0, int(rect[1]))
    part = grey[top : int(rect[1] + rect[3]), left : int(rect[0] + rect[2])]
    if min(part.shape[:2]) < 10:
        return 0.0
    scale = 96 / max(part.shape[:2])
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    part = cv2.resize(part, None, fx=scale, fy=scale, interpolation=how).astype(np.float32)
    difference = np.abs(part - cv2.GaussianBlur(part, (0, 0), 1.5))
    return float(np.median(difference) / (part.std() + 1))
