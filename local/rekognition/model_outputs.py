"""Make sense of what an ONNX model puts out: classes with scores, or boxes too.

Shapes that are understood, C being the number of labels:
- (1, C) or (1, C, 1, 1): a classifier's logits or probabilities
- (1, 4+C, N) or (1, N, 4+C): YOLOv8's boxes (middle and size) and scores; overlaps are thinned out here
- (1, N, 6): boxes by their corners, score, class; already thinned out
- three outputs, boxes (N, 4) by their corners, whole-number labels (N) and scores (N): torchvision's
Boxes are in pixels of the model's input; boxes whose every number is 2 or less are taken as ratios of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from local.rekognition.options import SettingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cv2.typing import MatLike

    from local.rekognition.geometry import Rect

LEAST_CLASS_SCORE = 0.01
LEAST_BOX_SCORE = 0.05
OVERLAP = 0.45
MOST_BOXES = 300


class ModelError(SettingError):
    """A model or its list of labels that cannot be used; the message says why."""


@dataclass(frozen=True)
class Output:
    number: int  # of the class
    score: float  # 0 to 1
    rect: Rect | None = None  # in pixels of the model's input


def is_detector(ranks: Sequence[int]) -> bool:
    """Tell from the ranks of the outputs whether there are boxes among them."""
    return len(ranks) >= 3 or (len(ranks) == 1 and ranks[0] == 3)


def understand(outputs: Sequence[MatLike], labels: int, size: tuple[int, int]) -> list[Output]:
    """Read the outputs of one run; `size` is width and height of the model's input."""
    arrays = [np.asarray(output) for output in outputs]
    if len(arrays) == 1 and arrays[0].ndim in (2, 4):
        return _classes(arrays[0], labels)
    if len(arrays) == 1 and arrays[0].ndim == 3:
        return _one_table(arrays[0], labels, size)
    if len(arrays) >= 3:
        return _three_lists(arrays, size)
    shapes = ", ".join(str(array.shape) for array in arrays)
    raise ModelError(f"The model's output {shapes} has none of the shapes that are understood.")


def _classes(array: MatLike, labels: int) -> list[Output]:
    scores = array.astype(np.float64).reshape(-1)
    if len(scores) != labels:
        raise ModelError(f"The model tells {len(scores)} classes apart, but there are {labels} labels.")
    if scores.min() < 0 or scores.max() > 1:  # logits; else probabilities, whether or not they add up to 1
        scores = np.exp(scores - scores.max())
        scores /= scores.sum()
    return [Output(number, float(score)) for number, score in enumerate(scores) if score >= LEAST_CLASS_SCORE]


def _one_table(array: MatLike, labels: int, size: tuple[int, int]) -> list[Output]:
    table = array[0].astype(np.float64)
    if table.shape[0] == 4 + labels:
        return _thinned(table.T, size)
    if table.shape[1] == 6:
        return _by_corners(table[:, :4], table[:, 4], table[:, 5], size)
    if table.shape[1] == 4 + labels:
        return _thinned(table, size)
    raise ModelError(
        f"The model's output {array.shape} fits no list of {labels} labels: "
        f"one side should be {4 + labels}, or the last 6."
    )


def _thinned(table: MatLike, size: tuple[int, int]) -> list[Output]:
    scores = table[:, 4:]
    if scores.size and (scores.min() < 0 or scores.max() > 1):
        scores = 1 / (1 + np.exp(-scores))
    numbers = scores.argmax(axis=1)
    best = scores.max(axis=1)
    sure = best >= LEAST_BOX_SCORE
    middles, numbers, best = table[sure, :4], numbers[sure], best[sure]
    corners = np.hstack([middles[:, :2] - middles[:, 2:] / 2, middles[:, :2] + middles[:, 2:] / 2])
    rects = _rects(corners, size)
    kept = cv2.dnn.NMSBoxesBatched(
        rects, best.tolist(), numbers.tolist(), LEAST_BOX_SCORE, OVERLAP, top_k=MOST_BOXES
    )
    return [Output(int(numbers[index]), float(best[index]), rects[index]) for index in kept]


def _three_lists(arrays: Sequence[MatLike], size: tuple[int, int]) -> list[Output]:
    if any(array.ndim == 3 for array in arrays):  # a batch of one
        arrays = [array[0] for array in arrays if array.ndim > 1]
    whole = [array for array in arrays if array.ndim == 1 and np.issubdtype(array.dtype, np.integer)]
    scores = [array for array in arrays if array.ndim == 1 and np.issubdtype(array.dtype, np.floating)]
    boxes = [array for array in arrays if array.ndim == 2 and array.shape[1] == 4]
    if not (whole and scores and boxes) or not len(whole[0]) == len(scores[0]) == len(boxes[0]):
        shapes = ", ".join(f"{array.dtype} {array.shape}" for array in arrays)
        raise ModelError(f"The model's outputs {shapes} are not boxes (N, 4), labels (N) and scores (N).")
    return _by_corners(boxes[0], scores[0], whole[0], size)


def _by_corners(corners: MatLike, scores: MatLike, numbers: MatLike, size: tuple[int, int]) -> list[Output]:
    rects = _rects(corners.astype(np.float64), size)
    found = [
        Output(int(number), float(score), rect)
        for number, score, rect in zip(numbers, scores, rects, strict=True)
        if score >= LEAST_BOX_SCORE
    ]
    return sorted(found, key=lambda output: -output.score)[:MOST_BOXES]


def _rects(corners: MatLike, size: tuple[int, int]) -> list[Rect]:
    if corners.size and np.abs(corners).max() <= 2:
        corners = corners * np.array([*size, *size])
    return [(float(a), float(b), float(c - a), float(d - b)) for a, b, c, d in corners]
