"""Builders of small ONNX models."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FLOAT = TensorProto.FLOAT


def save_model(
    path: Path,
    nodes: Sequence[Any],
    outputs: Mapping[str, tuple[int, Sequence[int | str]]],
    shape: Sequence[int | str] = (1, 3, 64, 64),
    dtype: int = FLOAT,
    **metadata: str,
) -> Path:
    graph = helper.make_graph(
        list(nodes),
        "test",
        [helper.make_tensor_value_info("image", dtype, shape)],
        [helper.make_tensor_value_info(name, *what) for name, what in outputs.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, metadata)
    onnx.save(model, path)
    return path


def constant(name: str, values: Any, dtype: Any = np.float32) -> Any:
    tensor = numpy_helper.from_array(np.array(values, dtype=dtype), name)
    return helper.make_node("Constant", [], [name], value=tensor)


def color_classifier(*after: Any, axes: tuple[int, int] = (2, 3), keep: int = 0) -> list[Any]:
    """Build a classifier of colors: it returns the mean of each channel."""
    mean = helper.make_node("ReduceMean", ["image"], ["mean"], axes=list(axes), keepdims=keep)
    return [mean, *after] if after else [mean, helper.make_node("Identity", ["mean"], ["out"])]


SOFTMAX = (
    constant("ten", 10.0),
    helper.make_node("Mul", ["mean", "ten"], ["logits"]),
    helper.make_node("Softmax", ["logits"], ["out"]),
)
LOGITS = (constant("ten", 10.0), helper.make_node("Mul", ["mean", "ten"], ["out"]))
BYTES = (
    helper.make_node("Cast", ["image"], ["numbers"], to=FLOAT),
    helper.make_node("ReduceMean", ["numbers"], ["out"], axes=[1, 2], keepdims=0),
)
ROW = {"out": (FLOAT, (1, 3))}
CLASSIFIERS: dict[str, Callable[[Path], Path]] = {
    "probabilities": lambda path: save_model(path, color_classifier(*SOFTMAX), ROW),
    "logits": lambda path: save_model(path, color_classifier(*LOGITS), ROW),
    "scores that do not add up to 1": lambda path: save_model(path, color_classifier(), ROW),
    "pooled": lambda path: save_model(path, color_classifier(keep=1), {"out": (FLOAT, (1, 3, 1, 1))}),
    "dynamic size": lambda path: save_model(path, color_classifier(*LOGITS), ROW, ("n", 3, "h", "w")),
    "channels last": lambda path: save_model(
        path, color_classifier(*LOGITS, axes=(1, 2)), ROW, (1, 32, 48, 3)
    ),
    "uint8": lambda path: save_model(path, BYTES, ROW, (1, 32, 48, 3), TensorProto.UINT8),
    "float16": lambda path: save_model(
        path,
        color_classifier(helper.make_node("Cast", ["mean"], ["out"], to=FLOAT)),
        ROW,
        dtype=TensorProto.FLOAT16,
    ),
    "normalized": lambda path: save_model(
        path, color_classifier(*LOGITS), ROW, mean="0.5, 0.5, 0.5", std="[0.5,0.5,0.5]"
    ),
}


def yolo(rows: Sequence[Sequence[float]], *, transposed: bool = False) -> np.ndarray[Any, Any]:
    table = np.array([rows], dtype=np.float32)
    return table if transposed else table.transpose(0, 2, 1)


# In a 100 x 100 input: two overlapping boxes, one of another class at the same place, one apart, and one with
# low scores.
ROWS = [
    (30, 40, 20, 20, 0.9, 0.0),
    (31, 41, 20, 20, 0.7, 0.0),
    (30, 40, 20, 20, 0.0, 0.6),
    (80, 60, 10, 20, 0.2, 0.8),
    (50, 50, 90, 90, 0.01, 0.02),
]
CORNERS = [(20, 30, 40, 50), (75, 50, 85, 70)]


def save_detector(path: Path, *tables: tuple[str, Any, Any], shape: Sequence[int] = (1, 3, 100, 100)) -> Path:
    nodes = [constant(name, values, dtype) for name, values, dtype in tables]
    kinds = {np.float32: FLOAT, np.int64: TensorProto.INT64}
    outputs = {name: (kinds[dtype], np.shape(values)) for name, values, dtype in tables}
    return save_model(path, nodes, outputs, shape)
