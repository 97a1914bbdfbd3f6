"""Parse the outputs of an ONNX model: classes with scores, or boxes too.

Supported shapes, with C labels:
- (1, C) or (1, C, 1, 1): a classifier's logits or probabilities
- (1, 4+C, N) or (1, N, 4+C): YOLOv8's boxes (center and size) and scores, before non-maximum suppression
- (1, N, 6): corners, score and class, after non-maximum suppression
- boxes (N, 4) as corners, integer labels (N) and scores (N): torchvision's detectors, in any order
Boxes are in pixels of the model's input, or ratios of it if no number exceeds 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from cv2.typing import MatLike

from local.rekognition.errors import SettingError
from local.rekognition.geometry import Rect

Size = tuple[int, int]  # width and height of the model's input
MIN_CLASS_SCORE = 0.01
MIN_BOX_SCORE = 0.05
MAX_IOU = 0.45
MAX_BOXES = 300


@dataclass(frozen=True)
class RawPrediction:
    class_id: int
    score: float  # 0 to 1
    rect: Rect | None = None  # in pixels of the model's input


def is_detector(ranks: Sequence[int]) -> bool:
    """Tell from the ranks of its outputs whether a model returns boxes."""
    return len(ranks) >= 3 or (len(ranks) == 1 and ranks[0] == 3)


def parse_outputs(outputs: Sequence[MatLike], label_count: int, size: Size) -> list[RawPrediction]:
    """Parse the outputs of one run. Raises SettingError if they have none of the supported shapes."""
    arrays = [np.asarray(output) for output in outputs]
    if len(arrays) == 1 and arrays[0].ndim in (2, 4):
        return _parse_classes(arrays[0], label_count)
    if len(arrays) == 1 and arrays[0].ndim == 3:
        return _parse_table(arrays[0], label_count, size)
    if len(arrays) >= 3:
        return _parse_torchvision(arrays, size)
    shapes = ", ".join(str(array.shape) for array in arrays)
    raise SettingError(f"its output {shapes} has none of the supported shapes.")


def _parse_classes(array: MatLike, label_count: int) -> list[RawPrediction]:
    scores = array.astype(np.float64).reshape(-1)
    if len(scores) != label_count:
        raise SettingError(f"it has {len(scores)} classes, but there are {label_count} labels.")
    # Numbers outside of 0 to 1 are logits. Others are probabilities, even if they don't add up to 1.
    if scores.min() < 0 or scores.max() > 1:
        scores = np.exp(scores - scores.max())
        scores /= scores.sum()
    return [
        RawPrediction(class_id, float(score))
        for class_id, score in enumerate(scores)
        if score >= MIN_CLASS_SCORE
    ]


def _parse_table(array: MatLike, label_count: int, size: Size) -> list[RawPrediction]:
    table = array[0].astype(np.float64)
    columns = 4 + label_count
    if table.shape[0] == columns:
        return _parse_yolo(table.T, size)
    if table.shape[1] == 6:
        return _parse_corners(table[:, :4], table[:, 4], table[:, 5], size)
    if table.shape[1] == columns:
        return _parse_yolo(table, size)
    raise SettingError(
        f"its output {array.shape} doesn't fit {label_count} labels: "
        f"one side must be {columns}, or the last one 6."
    )


def _parse_yolo(table: MatLike, size: Size) -> list[RawPrediction]:
    scores = table[:, 4:]
    if scores.size and (scores.min() < 0 or scores.max() > 1):
        scores = 1 / (1 + np.exp(-scores))
    class_ids, best = scores.argmax(axis=1), scores.max(axis=1)
    likely = best >= MIN_BOX_SCORE
    boxes, class_ids, best = table[likely, :4], class_ids[likely], best[likely]
    corners = np.hstack([boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, :2] + boxes[:, 2:] / 2])
    rects = _to_rects(corners, size)
    kept = cv2.dnn.NMSBoxesBatched(
        rects, best.tolist(), class_ids.tolist(), MIN_BOX_SCORE, MAX_IOU, top_k=MAX_BOXES
    )
    return [RawPrediction(int(class_ids[index]), float(best[index]), rects[index]) for index in kept]


def _parse_torchvision(arrays: Sequence[MatLike], size: Size) -> list[RawPrediction]:
    if any(array.ndim == 3 for array in arrays):  # a batch of one
        arrays = [array[0] for array in arrays if array.ndim > 1]
    class_ids = [array for array in arrays if array.ndim == 1 and np.issubdtype(array.dtype, np.integer)]
    scores = [array for array in arrays if array.ndim == 1 and np.issubdtype(array.dtype, np.floating)]
    boxes = [array for array in arrays if array.ndim == 2 and array.shape[1] == 4]
    found = class_ids and scores and boxes
    if not found or not len(class_ids[0]) == len(scores[0]) == len(boxes[0]):
        shapes = ", ".join(f"{array.dtype} {array.shape}" for array in arrays)
        raise SettingError(f"its outputs {shapes} are not boxes (N, 4), labels (N) and scores (N).")
    return _parse_corners(boxes[0], scores[0], class_ids[0], size)


def _parse_corners(corners: MatLike, scores: MatLike, class_ids: MatLike, size: Size) -> list[RawPrediction]:
    rects = _to_rects(corners.astype(np.float64), size)
    return [
        RawPrediction(int(class_id), float(score), rect)
        for class_id, score, rect in zip(class_ids, scores, rects, strict=True)
        if score >= MIN_BOX_SCORE
    ]


def _to_rects(corners: MatLike, size: Size) -> list[Rect]:
    if corners.size and np.abs(corners).max() <= 2:
        corners = corners * np.array([*size, *size])
    return [(float(x1), float(y1), float(x2 - x1), float(y2 - y1)) for x1, y1, x2, y2 in corners]
