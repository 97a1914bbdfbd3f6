"""Custom ONNX models: the supported inputs and outputs, and errors in the files."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto
from PIL import Image

from local.rekognition.detectors.objects import ObjectModels
from local.rekognition.detectors.onnx_model import OnnxModel
from local.rekognition.errors import SettingError
from tests.unit.local.rekognition.onnx_models import (
    CLASSIFIERS,
    CORNERS,
    FLOAT,
    ROW,
    ROWS,
    color_classifier,
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


def empty_rows(path: Path, shape: tuple[int, ...] = (1, 3, 64, 64), dtype: int = FLOAT) -> Path:
    return save_model(path, [constant("out", [[0, 0, 0]])], ROW, shape, dtype)


INVALID_MODELS: dict[str, tuple[Callable[[Path], Path], str]] = {
    "integers": (lambda path: empty_rows(path, dtype=TensorProto.INT64), "its input is tensor(int64)"),
    "grayscale": (lambda path: empty_rows(path, (1, 1, 28, 28)), "its input has the shape [1, 1, 28, 28]"),
    "batch": (lambda path: empty_rows(path, (8, 3, 28, 28)), "its input has the shape [8, 3, 28, 28]"),
    "too many classes": (
        lambda path: save_model(path, [constant("out", [[0, 0, 0, 1]])], {"out": (FLOAT, (1, 4))}),
        "it has 4 classes, but there are 3 labels",
    ),
    "too few rows": (
        lambda path: save_detector(path, ("out", yolo(ROWS[:4]), np.float32)),
        "its output (1, 6, 4) doesn't fit 3 labels",
    ),
    "zero deviation": (
        lambda path: save_model(path, color_classifier(), ROW, std="0,1,1"),
        "its metadata says std=0,1,1",
    ),
    "unknown resize": (
        lambda path: save_model(path, color_classifier(), ROW, resize="crop"),
        "its metadata says resize=crop",
    ),
}


@pytest.mark.parametrize("case", INVALID_MODELS)
def test_rejects_an_invalid_model(tmp_path: Path, labels: Any, case: str) -> None:
    save, reason = INVALID_MODELS[case]
    with pytest.raises(SettingError, match=re.escape(f"LOCAL_MODEL model.onnx can't be used: {reason}")):
        OnnxModel(save(tmp_path / "model.onnx"), labels())


def test_rejects_a_file_in_another_format(
    tmp_path: Path, labels: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(b"not a model")
    with pytest.raises(SettingError, match=r"^LOCAL_MODEL model\.onnx isn't a valid ONNX model: "):
        OnnxModel(path, labels())
    assert capfd.readouterr().err == ""


def test_reads_the_paths_from_the_environment(tmp_path: Path, labels: Any) -> None:
    path = CLASSIFIERS["logits"](tmp_path / "mine.onnx")
    model = OnnxModel.from_env({"LOCAL_MODEL": str(path), "LOCAL_LABELS": str(labels())})
    assert model is not None
    assert model.name == "mine"
    assert OnnxModel.from_env({}) is None
    with pytest.raises(SettingError, match="set both or neither"):
        OnnxModel.from_env({"LOCAL_MODEL": str(path)})


def test_reads_from_the_environment_which_models_are_in_use(tmp_path: Path, labels: Any) -> None:
    own = {
        "LOCAL_MODEL": str(CLASSIFIERS["logits"](tmp_path / "mine.onnx")),
        "LOCAL_LABELS": str(labels()),
    }
    environments: tuple[dict[str, str], ...] = (
        {},
        {"LOCAL_MODEL_MODE": "add"},
        own,
        {**own, "LOCAL_MODEL_MODE": "replace"},
    )
    assert [ObjectModels.from_env(env).version for env in environments] == [
        "local-coco-ssd-1",
        "local-coco-ssd-1",
        "local-coco-ssd-1+mine",
        "local-mine",
    ]


@pytest.mark.parametrize(
    ("mode", "reason"),
    [("replace", "needs a LOCAL_MODEL"), ("instead", "must be add or replace, not 'instead'")],
)
def test_rejects_a_mode(mode: str, reason: str) -> None:
    with pytest.raises(SettingError, match=f"^LOCAL_MODEL_MODE.*{reason}"):
        ObjectModels.from_env({"LOCAL_MODEL_MODE": mode})


def test_rejects_missing_files(tmp_path: Path, labels: Any) -> None:
    missing = tmp_path / "missing"
    with pytest.raises(SettingError, match=r"^LOCAL_MODEL: there is no file"):
        OnnxModel(missing, labels())
    with pytest.raises(SettingError, match=r"^LOCAL_LABELS: there is no file"):
        OnnxModel(CLASSIFIERS["logits"](tmp_path / "model.onnx"), missing)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\n \n", "is empty"),
        (b"one\n\ntwo\n", "line 2 of"),
        (b"\xff\xfe\x00", "must be a text file"),
    ],
)
def test_rejects_invalid_labels(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "labels.txt"
    path.write_bytes(content)
    with pytest.raises(SettingError, match=f"^LOCAL_LABELS: .*{reason}"):
        OnnxModel(CLASSIFIERS["logits"](tmp_path / "model.onnx"), path)


def test_reads_labels_written_on_windows(tmp_path: Path) -> None:
    path = tmp_path / "labels.txt"
    path.write_bytes("\ufeffRouge\r\nVert\r\nBleu\r\n\r\n".encode())
    model = OnnxModel(CLASSIFIERS["logits"](tmp_path / "model.onnx"), path)
    assert model.predict(np.full((10, 10, 3), (0, 0, 255), dtype=np.uint8))[0].label == "Rouge"
