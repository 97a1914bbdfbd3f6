"""Loading models and labels files, and the messages about invalid ones."""

from __future__ import annotations

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


INVALID_MODELS: dict[str, tuple[Callable[[Path], Path], str]] = {
    "two inputs": (two_inputs, "it has 2 inputs; it must have one, the image."),
    "integers": (
        lambda path: save_model(path, [constant("out", [[0, 0, 0]])], ROW, dtype=TensorProto.INT64),
        "its input is tensor(int64); it must be float32, float16 or uint8.",
    ),
    "grayscale": (
        lambda path: save_model(path, [constant("out", [[0, 0, 0]])], ROW, (1, 1, 28, 28)),
        "its input has the shape [1, 1, 28, 28]; it must be one image of 3 colors, "
        "as [1, 3, height, width] or [1, height, width, 3].",
    ),
    "batch of images": (
        lambda path: save_model(path, [constant("out", [[0, 0, 0]])], ROW, (8, 3, 28, 28)),
        "its input has the shape [8, 3, 28, 28]; it must be one image of 3 colors, "
        "as [1, 3, height, width] or [1, height, width, 3].",
    ),
    "too many classes": (
        lambda path: save_model(path, [constant("out", [[0, 0, 0, 1]])], {"out": (FLOAT, (1, 4))}),
        "it has 4 classes, but there are 3 labels.",
    ),
    "too few rows": (
        lambda path: save_detector(path, ("out", yolo(ROWS[:4]), np.float32)),
        "its output (1, 6, 4) doesn't fit 3 labels: one side must be 7, or the last one 6.",
    ),
    "two outputs": (
        lambda path: save_model(
            path,
            [constant("a", [[1, 2]]), constant("b", [[1, 2]])],
            {"a": (FLOAT, (1, 2)), "b": (FLOAT, (1, 2))},
        ),
        "its output (1, 2), (1, 2) has none of the supported shapes.",
    ),
    "not torchvision": (
        lambda path: save_detector(
            path, *((name, [1.0, 2.0], np.float32) for name in ("boxes", "labels", "scores"))
        ),
        "its outputs float32 (2,), float32 (2,), float32 (2,) "
        "are not boxes (N, 4), labels (N) and scores (N).",
    ),
    "invalid mean": (
        lambda path: save_model(path, color_classifier(), ROW, mean="gray"),
        "its metadata says mean=gray; it must be three numbers, such as 0.5,0.5,0.5.",
    ),
    "zero deviation": (
        lambda path: save_model(path, color_classifier(), ROW, std="0,1,1"),
        "its metadata says std=0,1,1; it must be three numbers, such as 0.5,0.5,0.5.",
    ),
    "unknown resize": (
        lambda path: save_model(path, color_classifier(), ROW, resize="crop"),
        "its metadata says resize=crop; it must be letterbox or stretch.",
    ),
}


@pytest.mark.parametrize("case", INVALID_MODELS)
def test_rejects_an_invalid_model(tmp_path: Path, labels: Any, case: str) -> None:
    save, message = INVALID_MODELS[case]
    with pytest.raises(SettingError) as caught:
        OnnxModel(save(tmp_path / "model.onnx"), labels())
    assert str(caught.value) == f"LOCAL_MODEL model.onnx can't be used: {message}"


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


@pytest.mark.parametrize("env", [{"LOCAL_MODEL": "m"}, {"LOCAL_LABELS": "l"}])
def test_rejects_a_model_without_labels_and_the_reverse(env: dict[str, str]) -> None:
    with pytest.raises(SettingError) as caught:
        OnnxModel.from_env(env)
    assert str(caught.value) == "LOCAL_MODEL and LOCAL_LABELS belong together: set both or neither."


def test_rejects_a_missing_model(tmp_path: Path, labels: Any) -> None:
    with pytest.raises(SettingError) as caught:
        OnnxModel(tmp_path / "model.onnx", labels())
    assert str(caught.value) == f"LOCAL_MODEL: there is no file {tmp_path / 'model.onnx'}."


INVALID_LABELS = {
    "empty": (b"", "{} is empty; it must have a name on each line."),
    "blank lines": (b"\n \n", "{} is empty; it must have a name on each line."),
    "gap": (b"one\n\ntwo\n", "line 2 of {} is empty; each line must have a name."),
    "binary": (b"\xff\xfe\x00", "{} must be a text file in UTF-8."),
}


@pytest.mark.parametrize("case", INVALID_LABELS)
def test_rejects_invalid_labels(tmp_path: Path, case: str) -> None:
    content, message = INVALID_LABELS[case]
    path = tmp_path / "labels.txt"
    path.write_bytes(content)
    with pytest.raises(SettingError) as caught:
        OnnxModel(CLASSIFIERS["logits"](tmp_path / "model.onnx"), path)
    assert str(caught.value) == f"LOCAL_LABELS: {message.format(path)}"


def test_rejects_missing_labels(tmp_path: Path) -> None:
    with pytest.raises(SettingError) as caught:
        OnnxModel(CLASSIFIERS["logits"](tmp_path / "model.onnx"), tmp_path / "labels.txt")
    assert str(caught.value) == f"LOCAL_LABELS: there is no file {tmp_path / 'labels.txt'}."


def test_reads_labels_written_on_windows(tmp_path: Path) -> None:
    path = tmp_path / "labels.txt"
    path.write_bytes("\ufeffRouge\r\nVert\r\nBleu\r\n\r\n".encode())
    model = OnnxModel(CLASSIFIERS["logits"](tmp_path / "model.onnx"), path)
    assert model.predict(np.full((10, 10, 3), (0, 0, 255), dtype=np.uint8))[0].label == "Rouge"
