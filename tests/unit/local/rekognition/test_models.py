"""ONNX models of one's own, each made here and small: what is understood, and what is refused in words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from local.rekognition.models import LocalModel

if TYPE_CHECKING:
    from collections.abc import Callable

from tests.unit.local.rekognition.onnx_models import (
    CLASSIFIERS,
    CORNERS,
    FLOAT,
    ROWS,
    constant,
    detector,
    save,
    yolo,
)


@pytest.mark.parametrize("case", CLASSIFIERS)
@pytest.mark.parametrize(("colour", "name"), [("red", "Red"), ("blue", "Blue")])
def test_classifiers(tmp_path: Path, labels: Any, case: str, colour: str, name: str) -> None:
    model = LocalModel.load(CLASSIFIERS[case](tmp_path / "model.onnx"), labels())
    pixels = np.asarray(Image.new("RGB", (120, 90), colour))[:, :, ::-1]
    first = model.look(pixels)[0]
    assert first.name == name
    assert first.confidence > 99
    assert first.box is None


DETECTORS: dict[str, tuple[Callable[[Path], Path], list[tuple[str, int, int]]]] = {
    "YOLOv8": (
        lambda path: detector(path, ("out", yolo(ROWS), np.float32)),
        [("Cat", 90, 0), ("Ball", 80, 1), ("Ball", 60, 0)],
    ),
    "YOLOv8, turned": (
        lambda path: detector(path, ("out", yolo([(*row, 0) for row in ROWS], turned=True), np.float32)),
        [("Cat", 90, 0), ("Ball", 80, 1), ("Ball", 60, 0)],
    ),
    "end to end": (
        lambda path: detector(
            path, ("out", [[(*CORNERS[0], 0.9, 0), (*CORNERS[1], 0.8, 1), (0, 0, 0, 0, 0, 0)]], np.float32)
        ),
        [("Cat", 90, 0), ("Ball", 80, 1)],
    ),
    "end to end, in ratios": (
        lambda path: detector(
            path,
            (
                "out",
                [[(*np.array(CORNERS[0]) / 100, 0.9, 0), (*np.array(CORNERS[1]) / 100, 0.8, 1)]],
                np.float32,
            ),
        ),
        [("Cat", 90, 0), ("Ball", 80, 1)],
    ),
    "torchvision": (
        lambda path: detector(
            path,
            ("boxes", CORNERS, np.float32),
            ("labels", [0, 1], np.int64),
            ("scores", [0.9, 0.8], np.float32),
            shape=(3, 100, 100),
        ),
        [("Cat", 90, 0), ("Ball", 80, 1)],
    ),
    "torchvision, a batch": (
        lambda path: detector(
            path,
            ("scores", [[0.9, 0.8]], np.float32),
            ("labels", [[0, 7]], np.int64),
            ("boxes", [CORNERS], np.float32),
        ),
        [("Cat", 90, 0), ("Class 7", 80, 1)],
    ),
    "torchvision, one box": (
        lambda path: detector(
            path,
            ("boxes", CORNERS[:1], np.float32),
            ("labels", [0], np.int64),
            ("scores", [0.9], np.float32),
        ),
        [("Cat", 90, 0)],
    ),
}


@pytest.mark.parametrize("case", DETECTORS)
def test_detectors(tmp_path: Path, labels: Any, case: str) -> None:
    make, expected = DETECTORS[case]
    names = ("Cat", "Ball", "Third") if case == "YOLOv8, turned" else ("Cat", "Ball")
    model = LocalModel.load(make(tmp_path / "model.onnx"), labels(*names))
    # Twice as broad as high: in the model's square there are grey quarters above and below.
    seen = model.look(np.zeros((200, 400, 3), dtype=np.uint8))
    found = []
    for sighting in seen:
        assert sighting.box is not None
        box = sighting.box
        across = [round(100 * value) for value in (box.left, box.left + box.width)]
        down = [round(100 * value) for value in (box.top, box.top + box.height)]
        place = [([20, 40], [10, 50]), ([75, 85], [50, 90])].index((across, down))
        found.append((sighting.name, round(sighting.confidence), place))
    assert found == expected


def test_a_detector_that_stretches(tmp_path: Path, labels: Any) -> None:
    table = constant("out", yolo([(50, 50, 20, 20, 0.9)]))
    outputs = {"out": (FLOAT, (1, 5, 1))}
    path = save(tmp_path / "model.onnx", [table], outputs, (1, 3, 100, 100), resize="stretch")
    (sighting,) = LocalModel.load(path, labels("Ball")).look(np.zeros((200, 400, 3), dtype=np.uint8))
    assert sighting.box is not None
    assert sighting.box.wire() == pytest.approx({"Left": 0.4, "Top": 0.4, "Width": 0.2, "Height": 0.2})


def test_what_lies_on_the_grey_ground_is_not_in_the_picture(tmp_path: Path, labels: Any) -> None:
    path = detector(tmp_path / "model.onnx", ("out", yolo([(50, 10, 20, 10, 0.9)]), np.float32))
    assert LocalModel.load(path, labels("Ball")).look(np.zeros((200, 400, 3), dtype=np.uint8)) == ()
