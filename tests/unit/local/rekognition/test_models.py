"""The supported inputs and outputs of ONNX models."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from local.rekognition.detectors.onnx_model import OnnxModel
from tests.unit.local.rekognition.onnx_models import (
    CLASSIFIERS,
    CORNERS,
    FLOAT,
    ROWS,
    constant,
    save_detector,
    save_model,
    yolo,
)


@pytest.mark.parametrize("case", CLASSIFIERS)
@pytest.mark.parametrize(("color", "label"), [("red", "Red"), ("blue", "Blue")])
def test_classifier_inputs_and_outputs(
    tmp_path: Path, labels: Any, case: str, color: str, label: str
) -> None:
    model = OnnxModel(CLASSIFIERS[case](tmp_path / "model.onnx"), labels())
    pixels = np.asarray(Image.new("RGB", (120, 90), color))[:, :, ::-1]
    first = model.predict(pixels)[0]
    assert first.label == label
    assert first.confidence > 99
    assert first.box is None


BOTH = [("Cat", 90, 0), ("Ball", 80, 1)]
ALL = [*BOTH, ("Ball", 60, 0)]
RATIOS = np.array(CORNERS) / 100
DETECTORS: dict[str, tuple[Callable[[Path], Path], list[tuple[str, int, int]]]] = {
    "YOLOv8": (lambda path: save_detector(path, ("out", yolo(ROWS), np.float32)), ALL),
    "YOLOv8, transposed": (
        lambda path: save_detector(
            path, ("out", yolo([(*row, 0) for row in ROWS], transposed=True), np.float32)
        ),
        ALL,
    ),
    "end to end": (
        lambda path: save_detector(
            path, ("out", [[(*CORNERS[0], 0.9, 0), (*CORNERS[1], 0.8, 1), (0, 0, 0, 0, 0, 0)]], np.float32)
        ),
        BOTH,
    ),
    "end to end, as ratios": (
        lambda path: save_detector(path, ("out", [[(*RATIOS[0], 0.9, 0), (*RATIOS[1], 0.8, 1)]], np.float32)),
        BOTH,
    ),
    "torchvision": (lambda path: save_torchvision(path, CORNERS, [0, 1], [0.9, 0.8], (3, 100, 100)), BOTH),
    "torchvision, batched": (
        lambda path: save_detector(
            path,
            ("scores", [[0.9, 0.8]], np.float32),
            ("labels", [[0, 7]], np.int64),
            ("boxes", [CORNERS], np.float32),
        ),
        [("Cat", 90, 0), ("Class 7", 80, 1)],
    ),
    "torchvision, one box": (lambda path: save_torchvision(path, CORNERS[:1], [0], [0.9]), BOTH[:1]),
}


def save_torchvision(
    path: Path, boxes: Any, labels: Any, scores: Any, shape: tuple[int, ...] = (1, 3, 100, 100)
) -> Path:
    outputs = (("boxes", boxes, np.float32), ("labels", labels, np.int64), ("scores", scores, np.float32))
    return save_detector(path, *outputs, shape=shape)


@pytest.mark.parametrize("case", DETECTORS)
def test_detector_outputs(tmp_path: Path, labels: Any, case: str) -> None:
    save, expected = DETECTORS[case]
    names = ("Cat", "Ball", "Third") if case == "YOLOv8, transposed" else ("Cat", "Ball")
    model = OnnxModel(save(tmp_path / "model.onnx"), labels(*names))
    # Twice as wide as high, so the letterbox adds a gray quarter above and below.
    found = []
    for prediction in model.predict(np.zeros((200, 400, 3), dtype=np.uint8)):
        assert prediction.box is not None
        left, top, width, height = prediction.box
        edges = [round(100 * value) for value in (left, left + width, top, top + height)]
        box_index = [[20, 40, 10, 50], [75, 85, 50, 90]].index(edges)
        found.append((prediction.label, round(prediction.confidence), box_index))
    assert found == expected


def test_stretches_images_if_the_metadata_says_so(tmp_path: Path, labels: Any) -> None:
    table = constant("out", yolo([(50, 50, 20, 20, 0.9)]))
    outputs = {"out": (FLOAT, (1, 5, 1))}
    path = save_model(tmp_path / "model.onnx", [table], outputs, (1, 3, 100, 100), resize="stretch")
    (prediction,) = OnnxModel(path, labels("Ball")).predict(np.zeros((200, 400, 3), dtype=np.uint8))
    assert prediction.box == pytest.approx((0.4, 0.4, 0.2, 0.2))


def test_drops_boxes_in_the_border_of_the_letterbox(tmp_path: Path, labels: Any) -> None:
    path = save_detector(tmp_path / "model.onnx", ("out", yolo([(50, 10, 20, 10, 0.9)]), np.float32))
    assert OnnxModel(path, labels("Ball")).predict(np.zeros((200, 400, 3), dtype=np.uint8)) == ()
