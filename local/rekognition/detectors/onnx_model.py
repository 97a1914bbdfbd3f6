"""A custom ONNX model, set by LOCAL_MODEL and LOCAL_LABELS: a classifier or a detector.

onnx_input.py describes the supported inputs, onnx_output.py the supported outputs. Line n of the labels file,
counted from 0, names class n.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from cv2.typing import MatLike
from onnxruntime.capi import onnxruntime_pybind11_state as onnx_errors

from local.rekognition.detectors.onnx_input import read_input_spec
from local.rekognition.detectors.onnx_output import parse_outputs
from local.rekognition.geometry import Box
from local.rekognition.options import SettingError

ONNX_ERRORS = tuple(
    error for error in vars(onnx_errors).values() if isinstance(error, type) and issubclass(error, Exception)
)

onnxruntime.set_default_logger_severity(3)  # errors only; the warnings are about missing GPUs


@dataclass(frozen=True)
class Prediction:
    label: str
    confidence: float  # percent
    box: Box | None  # None if the model is a classifier


class OnnxModel:
    def __init__(self, session: Any, labels: list[str], name: str) -> None:
        self.name = name
        self._session = session
        self._labels = labels
        self._input = read_input_spec(session)
        # A trial run finds unsupported outputs at start-up.
        self.predict(np.zeros((self._input.height, self._input.width, 3), dtype=np.uint8))

    @classmethod
    def load(cls, model: Path, labels: Path) -> OnnxModel:
        """Load a model and its labels. Raises SettingError if either can't be used."""
        names = read_labels(labels)
        if not model.is_file():
            raise SettingError(f"LOCAL_MODEL: there is no file {model}.")
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        try:
            session = onnxruntime.InferenceSession(
                str(model), sess_options=options, providers=["CPUExecutionProvider"]
            )
            return cls(session, names, model.stem)
        except SettingError as error:
            raise SettingError(f"LOCAL_MODEL {model.name} can't be used: {error}") from None
        except ONNX_ERRORS as error:
            reason = str(error).strip().splitlines()[0][:300]
            raise SettingError(f"LOCAL_MODEL {model.name} isn't a valid ONNX model: {reason}") from error

    def predict(self, pixels: MatLike) -> tuple[Prediction, ...]:
        """Return the predictions for upright BGR pixels, highest confidence first."""
        tensor, placement = self._input.prepare(pixels)
        outputs = self._session.run(None, {self._input.name: tensor})
        size = (self._input.width, self._input.height)
        height, width = pixels.shape[:2]
        predictions = []
        for raw in parse_outputs(outputs, len(self._labels), size):
            box = None
            if raw.rect is not None:
                box = Box.from_pixels(placement.to_image(raw.rect), width, height)
                if not box.area:
                    continue  # entirely in the letterbox's border
            predictions.append(Prediction(self._label(raw.class_id), min(100.0, raw.score * 100), box))
        return tuple(sorted(predictions, key=lambda prediction: -prediction.confidence))

    def _label(self, class_id: int) -> str:
        return self._labels[class_id] if 0 <= class_id < len(self._labels) else f"Class {class_id}"


def read_labels(path: Path) -> list[str]:
    """Read class names, one per line. Raises SettingError if the file is missing or invalid."""
    try:
        lines = path.read_text(encoding="utf-8-sig").rstrip().splitlines()
    except FileNotFoundError:
        raise SettingError(f"LOCAL_LABELS: there is no file {path}.") from None
    except (OSError, UnicodeDecodeError):
        raise SettingError(f"LOCAL_LABELS: {path} must be a text file in UTF-8.") from None
    names = [line.strip() for line in lines]
    if not names:
        raise SettingError(f"LOCAL_LABELS: {path} is empty; it must have a name on each line.")
    if "" in names:
        number = names.index("") + 1
        raise SettingError(
            f"LOCAL_LABELS: line {number} of {path} is empty; it must have a name on each line."
        )
    return names
