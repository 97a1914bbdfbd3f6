"""An ONNX model of one's own, given by LOCAL_MODEL and LOCAL_LABELS: a classifier or a detector.

What it may take is told in model_inputs.py, what it may put out in model_outputs.py. Line n of the labels,
counted from 0, names class n.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as onnx_errors

from local.rekognition.geometry import Box
from local.rekognition.model_inputs import fit, read_input, tensor
from local.rekognition.model_outputs import ModelError, understand

if TYPE_CHECKING:
    from pathlib import Path

    from cv2.typing import MatLike

ONNX_ERRORS = tuple(
    error for error in vars(onnx_errors).values() if isinstance(error, type) and issubclass(error, Exception)
)

onnxruntime.set_default_logger_severity(3)  # errors only: the rest is about graphics cards that nobody has


@dataclass(frozen=True)
class Sighting:
    name: str
    confidence: float  # percent
    box: Box | None


class LocalModel:
    def __init__(self, session: Any, labels: list[str], name: str) -> None:
        self.name = name
        self._session = session
        self._labels = labels
        self._input = read_input(session)
        self.look(np.zeros((self._input.height, self._input.width, 3), dtype=np.uint8))  # does it run at all?

    @classmethod
    def load(cls, model: Path, labels: Path) -> LocalModel:
        """Read both files and try the model once, so that a wrong one is noticed at the start."""
        names = read_labels(labels)
        if not model.is_file():
            raise ModelError(f"LOCAL_MODEL: there is no file {model}.")
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        try:
            session = onnxruntime.InferenceSession(
                str(model), sess_options=options, providers=["CPUExecutionProvider"]
            )
            return cls(session, names, model.stem)
        except ModelError as error:
            raise ModelError(f"LOCAL_MODEL {model.name}: {error}") from None
        except ONNX_ERRORS as error:
            reason = str(error).strip().splitlines()[0][:300]
            raise ModelError(f"LOCAL_MODEL {model.name} is no ONNX model that runs here: {reason}") from error

    def look(self, pixels: MatLike) -> tuple[Sighting, ...]:
        """Return what the model sees in upright BGR pixels, the surest first."""
        spec = self._input
        fitted, scale_x, scale_y, left, top = fit(pixels, spec)
        outputs = self._session.run(None, {spec.name: tensor(fitted, spec)})
        height, width = pixels.shape[:2]
        found = []
        for output in understand(outputs, len(self._labels), (spec.width, spec.height)):
            box = None
            if output.rect is not None:
                x, y, w, h = output.rect
                rect = ((x - left) / scale_x, (y - top) / scale_y, w / scale_x, h / scale_y)
                box = Box.of_pixels(rect, width, height)
                if not box.area:
                    continue  # on the grey ground, where there is no picture
            found.append(Sighting(self._label(output.number), min(100.0, output.score * 100), box))
        return tuple(sorted(found, key=lambda sighting: -sighting.confidence))

    def _label(self, number: int) -> str:
        return self._labels[number] if 0 <= number < len(self._labels) else f"Class {number}"


def read_labels(path: Path) -> list[str]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        raise ModelError(f"LOCAL_LABELS: there is no file {path}.") from None
    except (OSError, UnicodeDecodeError):
        raise ModelError(f"LOCAL_LABELS: {path} must be a text file in UTF-8.") from None
    names = [line.strip() for line in lines]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise ModelError(f"LOCAL_LABELS: {path} is empty; it must have a name on each line.")
    if "" in names:
        number = names.index("") + 1
        raise ModelError(f"LOCAL_LABELS: line {number} of {path} is empty; it must have a name on each line.")
    return names
