"""Models and lists of labels that cannot be used, each refused in words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from local.rekognition import Options, SettingError
from local.rekognition.models import LocalModel

if TYPE_CHECKING:
    from collections.abc import Callable

from tests.unit.local.rekognition.onnx_models import (
    CLASSIFIERS,
    FLOAT,
    ROW,
    ROWS,
    averaging,
    constant,
    detector,
    save,
    yolo,
)


def two_inputs(path: Path) -> Path:
    values = [helper.make_tensor_value_info(name, FLOAT, (1, 3, 8, 8)) for name in ("one", "two")]
    out = helper.make_tensor_value_info("out", FLOAT, (1, 3, 8, 8))
    graph = helper.make_graph([helper.make_node("Add", ["one", "two"], ["out"])], "made", values, [out])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path


BAD_MODELS: dict[str, tuple[Callable[[Path], Path], str]] = {
    "two inputs": (two_inputs, "it has 2 inputs; it should have one, the picture."),
    "whole numbers": (
        lambda path: save(path, [constant("out", [[0, 0, 0]])], ROW, kind=TensorProto.INT64),
        "its input is tensor(int64); it should be float32, float16 or uint8.",
    ),
    "one colour": (
        lambda path: save(path, [constant("out", [[0, 0, 0]])], ROW, (1, 1, 28, 28)),
        "its input has the shape [1, 1, 28, 28]; it should be one picture of 3 colours, "
        "as [1, 3, height, width] or [1, height, width, 3].",
    ),
    "many pictures": (
        lambda path: save(path, [constant("out", [[0, 0, 0]])], ROW, (8, 3, 28, 28)),
        "its input has the shape [8, 3, 28, 28]; it should be one picture of 3 colours, "
        "as [1, 3, height, width] or [1, height, width, 3].",
    ),
    "too many classes": (
        lambda path: save(path, [constant("out", [[0, 0, 0, 1]])], {"out": (FLOAT, (1, 4))}),
        "The model tells 4 classes apart, but there are 3 labels.",
    ),
    "too few rows": (
        lambda path: detector(path, ("out", yolo(ROWS[:4]), np.float32)),
        "The model's output (1, 6, 4) fits no list of 3 labels: one side should be 7, or the last 6.",
    ),
    "a mask": (
        lambda path: save(
            path,
            [constant("a", [[1, 2]]), constant("b", [[1, 2]])],
            {"a": (FLOAT, (1, 2)), "b": (FLOAT, (1, 2))},
        ),
        "The model's output (1, 2), (1, 2) has none of the shapes that are understood.",
    ),
    "three odd lists": (
        lambda path: detector(
            path, *((name, [1.0, 2.0], np.float32) for name in ("boxes", "labels", "scores"))
        ),
        "The model's outputs float32 (2,), float32 (2,), float32 (2,) "
        "are not boxes (N, 4), labels (N) and scores (N).",
    ),
    "an odd mean": (
        lambda path: save(path, averaging(), ROW, mean="grey"),
        "its metadata says mean=grey; it should be three numbers, such as 0.5,0.5,0.5.",
    ),
    "no deviation": (
        lambda path: save(path, averaging(), ROW, std="0,1,1"),
        "its metadata says std=0,1,1; it should be three numbers, such as 0.5,0.5,0.5.",
    ),
    "an odd size": (
        lambda path: save(path, averaging(), ROW, resize="crop"),
        "its metadata says resize=crop; it should be letterbox or stretch.",
    ),
}


@pytest.mark.parametrize("case", BAD_MODELS)
def test_a_model_that_cannot_be_used(make: Any, tmp_path: Path, labels: Any, case: str) -> None:
    save_it, why = BAD_MODELS[case]
    with pytest.raises(SettingError) as caught:
        make(Options(model=save_it(tmp_path / "model.onnx"), labels=labels()))
    assert str(caught.value) == f"LOCAL_MODEL model.onnx: {why}"


def test_a_file_that_is_no_model(tmp_path: Path, labels: Any, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(b"not a model")
    with pytest.raises(SettingError, match=r"^LOCAL_MODEL model\.onnx is no ONNX model that runs here: "):
        LocalModel.load(path, labels())
    assert capfd.readouterr().err == ""


def test_a_model_that_is_not_there(tmp_path: Path, labels: Any) -> None:
    with pytest.raises(SettingError) as caught:
        LocalModel.load(tmp_path / "model.onnx", labels())
    assert str(caught.value) == f"LOCAL_MODEL: there is no file {tmp_path / 'model.onnx'}."


BAD_LABELS = {
    "nothing": (b"", "{} is empty; it must have a name on each line."),
    "blanks": (b"\n \n", "{} is empty; it must have a name on each line."),
    "a gap": (b"one\n\ntwo\n", "line 2 of {} is empty; it must have a name on each line."),
    "no text": (b"\xff\xfe\x00", "{} must be a text file in UTF-8."),
}


@pytest.mark.parametrize("case", BAD_LABELS)
def test_labels_that_cannot_be_used(tmp_path: Path, case: str) -> None:
    content, why = BAD_LABELS[case]
    path = tmp_path / "labels.txt"
    path.write_bytes(content)
    with pytest.raises(SettingError) as caught:
        LocalModel.load(CLASSIFIERS["logits"](tmp_path / "model.onnx"), path)
    assert str(caught.value) == f"LOCAL_LABELS: {why.format(path)}"


def test_labels_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(SettingError) as caught:
        LocalModel.load(CLASSIFIERS["logits"](tmp_path / "model.onnx"), tmp_path / "labels.txt")
    assert str(caught.value) == f"LOCAL_LABELS: there is no file {tmp_path / 'labels.txt'}."


def test_labels_of_windows(tmp_path: Path) -> None:
    path = tmp_path / "labels.txt"
    path.write_bytes("\ufeffRouge\r\nVert\r\nBleu\r\n\r\n".encode())
    model = LocalModel.load(CLASSIFIERS["logits"](tmp_path / "model.onnx"), path)
    assert model.look(np.full((10, 10, 3), (0, 0, 255), dtype=np.uint8))[0].name == "Rouge"
