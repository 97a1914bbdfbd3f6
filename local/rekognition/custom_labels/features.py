"""What the built-in detector sees in a picture or a part of it, as a vector of numbers.

Its network was trained on COCO's 80 classes. The layers before its last one respond to shapes, textures and
parts of objects, which also tell other classes apart. So a classifier on top of them learns from a few
pictures.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from cv2.typing import MatLike

from local.rekognition.detectors.objects import MODEL, SHA256, check_sha256
from local.rekognition.detectors.onnx_session import open_session
from local.rekognition.geometry import Box

SIDE = 300  # of the network's input
MAX_PROPOSALS = 150
MIN_PROPOSAL_SIDE = 0.04
# Layers of the network by their name in the graph: a fine grid of 19 × 19 cells, and one of 10 × 10
_GRIDS = ("clip_366", "clip_491")
_OUTPUT = "out"  # 1,917 boxes: center and size in pixels of the input, and 90 scores
_COLOR_BINS = 4  # for each of three channels
_MAX_OVERLAP = 0.6
_MIN_CELLS = 1e-3


class Picture:
    """What the network sees in one picture. Parts are described without running it again."""

    def __init__(self, pixels: MatLike) -> None:
        resized = cv2.resize(pixels, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        tensor = cv2.cvtColor(resized, cv2.COLOR_BGR2RGB).astype(np.float32) / 127.5 - 1
        session = _open_network()
        *grids, boxes = session.run([*_GRIDS, _OUTPUT], {"image": tensor[np.newaxis]})
        self._integrals = [_integrate(grid[0]) for grid in grids]
        self._colors = _integrate(_color_cells(resized))
        self._boxes = boxes[0]

    def describe(self, boxes: Sequence[Box], *, with_layout: bool) -> MatLike:
        """Return one row of features for each box, `with_layout` also of what is in each quarter of it."""
        rows = []
        for box in boxes:
            parts = [_mean(integral, box) for integral in self._integrals]
            shape = np.array([box.width, box.height, box.area], dtype=np.float32)
            if with_layout:
                quarters = [_mean(self._integrals[0], quarter) for quarter in _quarters(box)]
                parts.append(np.concatenate(quarters))
            rows.append(np.concatenate([*map(_to_unit, parts), np.sqrt(_mean(self._colors, box)), shape]))
        return np.array(rows, dtype=np.float32)

    def proposals(self) -> list[Box]:
        """Return boxes that may show an object of any class, the most likely first."""
        boxes = self._boxes[:, :4] / SIDE
        corners = np.clip(np.hstack([boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, :2] + boxes[:, 2:] / 2]), 0, 1)
        rects = np.hstack([corners[:, :2], corners[:, 2:] - corners[:, :2]]).astype(np.float64)
        large = rects[:, 2:].min(axis=1) >= MIN_PROPOSAL_SIDE
        rects, scores = rects[large], self._boxes[large, 4:].max(axis=1)
        kept = cv2.dnn.NMSBoxes(rects.tolist(), scores.tolist(), 0.0, _MAX_OVERLAP, top_k=MAX_PROPOSALS * 4)
        return [Box(*rects[index]) for index in list(kept)[:MAX_PROPOSALS]]


@functools.cache
def _open_network() -> Any:
    """Open the built-in model with the layers of `_GRIDS` as further outputs."""
    check_sha256(MODEL, SHA256)
    return open_session(MODEL.read_bytes() + _declare_outputs(_GRIDS))


def _declare_outputs(names: Sequence[str]) -> bytes:
    """Return what adds outputs to the graph of an ONNX file.

    The file is a message of Protocol Buffers, and such messages are merged when they follow each other: lists
    are appended to lists. 7 is the graph of a model, 12 an output of a graph, 1 its name (onnx.proto3).
    """
    return _field(7, b"".join(_field(12, _field(1, name.encode())) for name in names))


def _field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | 2, len(content)]) + content  # both below 128, so each is one byte


def _color_cells(pixels: MatLike) -> MatLike:
    """Return for each pixel of a small picture which of 64 colors it has, as ones and zeros."""
    small = cv2.resize(pixels, (SIDE // 4, SIDE // 4), interpolation=cv2.INTER_AREA).astype(np.int32)
    levels = small * _COLOR_BINS // 256
    index = (levels[..., 0] * _COLOR_BINS + levels[..., 1]) * _COLOR_BINS + levels[..., 2]
    cells: MatLike = np.eye(_COLOR_BINS**3, dtype=np.float32)[index]
    return cells


def _integrate(grid: MatLike) -> MatLike:
    """Return the sums of all cells above and left of each corner of a grid."""
    sums = np.zeros((grid.shape[0] + 1, grid.shape[1] + 1, grid.shape[2]))
    sums[1:, 1:] = grid.cumsum(axis=0, dtype=np.float64).cumsum(axis=1)
    return sums


def _mean(integral: MatLike, box: Box) -> MatLike:
    """Return the mean of the cells in a box; of those at its edge, the covered part counts."""
    height, width = integral.shape[0] - 1, integral.shape[1] - 1
    left, top = box.left * width, box.top * height
    right, bottom = min(width, left + box.width * width), min(height, top + box.height * height)
    total = (
        _sum_until(integral, right, bottom)
        - _sum_until(integral, left, bottom)
        - _sum_until(integral, right, top)
        + _sum_until(integral, left, top)
    )
    mean: MatLike = total / max((right - left) * (bottom - top), _MIN_CELLS)
    return mean.astype(np.float32).clip(0)


def _quarters(box: Box) -> list[Box]:
    width, height = box.width / 2, box.height / 2
    return [Box(box.left + x * width, box.top + y * height, width, height) for x in (0, 1) for y in (0, 1)]


def _sum_until(integral: MatLike, x: float, y: float) -> MatLike:
    """Return the sum above and left of a point between corners, by bilinear interpolation."""
    column, row = min(int(x), integral.shape[1] - 2), min(int(y), integral.shape[0] - 2)
    right, lower = x - column, y - row
    upper_sum = integral[row, column] * (1 - right) + integral[row, column + 1] * right
    lower_sum = integral[row + 1, column] * (1 - right) + integral[row + 1, column + 1] * right
    total: MatLike = upper_sum * (1 - lower) + lower_sum * lower
    return total


def _to_unit(vector: MatLike) -> MatLike:
    return np.divide(vector, max(float(np.linalg.norm(vector)), 1e-6), dtype=np.float32)
