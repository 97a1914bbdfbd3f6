"""Find people's faces from the front and from the side, and the eyes in them."""

from __future__ import annotations

import cv2
from cv2.typing import MatLike

from local.rekognition.detectors.cascades import Candidate, Cascade, suppress_overlaps
from local.rekognition.geometry import Rect, iou
from local.rekognition.images import shrink

Point = tuple[float, float]
FRONTAL = Cascade("frontalface_alt2", 20)
FRONTAL_SECOND = Cascade("frontalface_default", 25)  # trained separately, so it makes different mistakes
FRONTAL_THIRD = Cascade("frontalface_alt", 22)
FRONTAL_STRICT = Cascade("frontalface_alt_tree", 47)  # no false positives measured, but misses tilted faces
PROFILE = Cascade("profileface", 26)
EYE = Cascade("eye", 24)

# Measured with the second cascade: faces 1.8 and more, everything else up to 7; with the third: faces 107.5
# and more, everything else up to 107.6.
MIN_FACE_WEIGHT = 1.5
MIN_TILTED_WEIGHT, MIN_TILTED_THIRD_WEIGHT = 4.0, 107.8
MIN_PROFILE_WEIGHT = 1.0
MIN_FACE_IOU = 0.3
PROFILE_SIDE = 320  # pixels


def find_faces(gray: MatLike) -> list[Candidate]:
    frontal = []
    for face in suppress_overlaps(FRONTAL.detect(gray, neighbors=2)):
        second = FRONTAL_SECOND.confirm(gray, face.rect, min_iou=MIN_FACE_IOU)
        if second and _is_face(gray, face.rect, second.weight):
            frontal.append(Candidate(face.rect, second.weight))
    profiles = [
        profile
        for profile in suppress_overlaps(_find_profiles(gray))
        if not any(iou(profile.rect, face.rect) > 0.1 for face in frontal)
    ]
    return frontal + profiles


def _is_face(gray: MatLike, rect: Rect, weight: float) -> bool:
    """Require the strict cascade, or high weights from the other two, and two eyes.

    Any single cascade also finds faces in noise and in folds of cloth.
    """
    if weight < MIN_FACE_WEIGHT:
        return False
    if FRONTAL_STRICT.confirm(gray, rect, min_iou=MIN_FACE_IOU):
        return True
    third = FRONTAL_THIRD.confirm(gray, rect, min_iou=MIN_FACE_IOU)
    if weight < MIN_TILTED_WEIGHT or third is None or third.weight < MIN_TILTED_THIRD_WEIGHT:
        return False
    return all(find_eyes(gray, rect))


def _find_profiles(gray: MatLike) -> list[Candidate]:
    small, scale = shrink(gray, PROFILE_SIDE)
    width = small.shape[1]
    faces = []
    # The cascade finds only faces that look left, so the mirrored image is searched too.
    for image, mirrored in ((small, False), (cv2.flip(small, 1), True)):
        for face in PROFILE.detect(image):
            if face.weight >= MIN_PROFILE_WEIGHT and any(find_eyes(image, face.rect)):
                x, y, w, h = face.rect
                rect = ((width - x - w if mirrored else x) / scale, y / scale, w / scale, h / scale)
                faces.append(Candidate(rect, face.weight))
    return faces


def find_eyes(gray: MatLike, face: Rect) -> tuple[Point | None, Point | None]:
    """Return the centers of the eyes in pixels: first the one on the left side of the image."""
    left, top, width, height = (int(value) for value in face)
    left, top, right, bottom = max(0, left), max(0, top), left + width, top + int(height * 0.6)
    upper = gray[top:bottom, left:right]
    if min(upper.shape[:2]) < 10:
        return None, None
    scale = max(1.0, 160 / width)  # enlarge small faces: the cascade needs eyes of 20 pixels
    upper = cv2.resize(upper, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    min_size = max(20, int(width * scale * 0.15))
    best: list[Point | None] = [None, None]
    eyes = EYE.detect(upper, scale=1.05, neighbors=4, min_size=min_size)
    for eye in sorted(eyes, key=lambda eye: eye.weight):
        x, y = eye.rect[0] + eye.rect[2] / 2, eye.rect[1] + eye.rect[3] / 2
        best[x > width * scale / 2] = (left + x / scale, top + y / scale)
    return best[0], best[1]
