"""Open ONNX models with bounded threads and memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import onnxruntime

onnxruntime.set_default_logger_severity(3)  # errors only; the warnings are about missing GPUs


def open_session(model: Path | bytes) -> Any:
    """Open a model, by its file or its content. onnxruntime's errors have no common base class."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # the detectors of an image already run in parallel
    options.enable_cpu_mem_arena = False  # the arena never gives back the memory of the largest input
    source = model if isinstance(model, bytes) else str(model)
    return onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
