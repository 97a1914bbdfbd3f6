"""Loading models and labels files, and the messages about invalid ones."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from local.rekognition.detectors.onnx_model import OnnxModel
from local.rekognition.errors import SettingError
from tests.unit.local.rekognition.onnx_models import (
    CLASSIFIERS,
    FLOAT,
    ROW,
    ROWS,
    color_classifier,
    constant,
    save_detector,
    save_model,
    yolo,
)


def two_inputs(path: Path) -> Path:
    values = [helper.make_tensor_value_info(name, FLOAT, (1, 3, 8, 8)) for name in ("one", "two")]
    out = helper.make_tensor_value_info("out", FLOAT, (1, 3, 8, 8))
    graph = helper.make_graph([helper.make_node("Add", ["one", "two"], ["out"])], "test", values, [out])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path


def empty_rows(path: Path, shape: tuple[int, ...] = (1, 3, 64, 64), dtype: int = FLOAT) -> Path:
    return save_model(path, [constant("out", [[0, 0, 0]])], ROW, shape, dtype)


INVALID_MODELS: dict[str, tuple[Callable[[Path], Path], str]] = {
    "two inputs": (two_inputs, "it has 2 inputs"),
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
    "not torchvision": (
        lambda path: save_detector(
            path, *((name, [1.0, 2.0], np.float32) for name in ("boxes", "labels", "scores"))
        ),
        "its outputs float32 (2,), float32 (2,), float32 (2,) are not boxes",
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
