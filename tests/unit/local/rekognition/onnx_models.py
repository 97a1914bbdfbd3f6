"""Small ONNX models, made when asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FLOAT = TensorProto.FLOAT


def save(
    path: Path,
    nodes: Sequence[Any],
    outputs: dict[str, tuple[int, Sequence[int | str]]],
    shape: Sequence[int | str] = (1, 3, 64, 64),
    kind: int = FLOAT,
    **metadata: str,
) -> Path:
    graph = helper.make_graph(
        list(nodes),
        "made",
        [helper.make_tensor_value_info("picture", kind, shape)],
        [helper.make_tensor_value_info(name, *what) for name, what in outputs.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, metadata)
    onnx.save(model, path)
    return path


def constant(name: str, values: Any, dtype: Any = np.float32) -> Any:
    tensor = numpy_helper.from_array(np.array(values, dtype=dtype), name)
    return helper.make_node("Constant", [], [name], value=tensor)


def averaging(*after: Any, axes: tuple[int, int] = (2, 3), keep: int = 0) -> list[Any]:
    """Make a classifier of colours: how much of each there is, on average."""
    mean = helper.make_node("ReduceMean", ["picture"], ["mean"], axes=list(axes), keepdims=keep)
    return [mean, *after] if after else [mean, helper.make_node("Identity", ["mean"], ["out"])]


SOFTMAX = (
    constant("ten", 10.0),
    helper.make_node("Mul", ["mean", "ten"], ["logits"]),
    helper.make_node("Softmax", ["logits"], ["out"]),
)
LOGITS = (constant("ten", 10.0), helper.make_node("Mul", ["mean", "ten"], ["out"]))
BYTES = (
    helper.make_node("Cast", ["picture"], ["numbers"], to=FLOAT),
    helper.make_node("ReduceMean", ["numbers"], ["out"], axes=[1, 2], keepdims=0),
)
ROW = {"out": (FLOAT, (1, 3))}
CLASSIFIERS: dict[str, Callable[[Path], Path]] = {
    "probabilities": lambda path: save(path, averaging(*SOFTMAX), ROW),
    "logits": lambda path: save(path, averaging(*LOGITS), ROW),
    "scores that do not add up": lambda path: save(path, averaging(), ROW),
    "pooled": lambda path: save(path, averaging(keep=1), {"out": (FLOAT, (1, 3, 1, 1))}),
    "free size": lambda path: save(path, averaging(*LOGITS), ROW, ("n", 3, "h", "w")),
    "colours last": lambda path: save(path, averaging(*LOGITS, axes=(1, 2)), ROW, (1, 32, 48, 3)),
    "bytes": lambda path: save(path, BYTES, ROW, (1, 32, 48, 3), TensorProto.UINT8),
    "half the precision": lambda path: save(
        path,
        averaging(helper.make_node("Cast", ["mean"], ["out"], to=FLOAT)),
        ROW,
        kind=TensorProto.FLOAT16,
    ),
    "normalised": lambda path: save(path, averaging(*LOGITS), ROW, mean="0.5, 0.5, 0.5", std="[0.5,0.5,0.5]"),
}


def yolo(rows: Sequence[Sequence[float]], *, turned: bool = False) -> np.ndarray[Any, Any]:
    table = np.array([rows], dtype=np.float32)
    return table if turned else table.transpose(0, 2, 1)


# Two boxes that overlap much, one of another class there, one apart, one unsure: in a square of 100.
ROWS = [
    (30, 40, 20, 20, 0.9, 0.0),
    (31, 41, 20, 20, 0.7, 0.0),
    (30, 40, 20, 20, 0.0, 0.6),
    (80, 60, 10, 20, 0.2, 0.8),
    (50, 50, 90, 90, 0.01, 0.02),
]
CORNERS = [(20, 30, 40, 50), (75, 50, 85, 70)]


def detector(path: Path, *tables: tuple[str, Any, Any], shape: Sequence[int] = (1, 3, 100, 100)) -> Path:
    nodes = [constant(name, values, dtype) for name, values, dtype in tables]
    kinds = {np.float32: FLOAT, np.int64: TensorProto.INT64}
    outputs = {name: (kinds[dtype], np.shape(values)) for name, values, dtype in tables}
    return save(path, nodes, outputs, shape)
