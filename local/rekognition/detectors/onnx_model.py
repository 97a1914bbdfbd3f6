"""Labeled ONNX models, classifiers or detectors: the built-in one, and that of LOCAL_MODEL and LOCAL_LABELS.

The input is one RGB image, channels first or last, with or without a batch dimension of 1, of fixed or
dynamic size, as float32 or float16 from 0 to 1, or as uint8 from 0 to 255. By default images are stretched
for a classifier and letterboxed for a detector. The model's metadata may override this: `resize` (`stretch`
or `letterbox`), `mean` and `std` (three numbers each, on the scale from 0 to 1). onnx_output.py describes
the supported outputs. Line n of the labels file, counted from 0, names class n.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from cv2.typing import MatLike

from local.rekognition.detectors.onnx_output import is_detector, parse_outputs
from local.rekognition.detectors.onnx_session import open_session
from local.rekognition.errors import SettingError
from local.rekognition.geometry import Box, Rect

DTYPES = {"tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(uint8)": np.uint8}
DETECTOR_SIDE, CLASSIFIER_SIDE = 640, 224  # pixels, if the model's size is dynamic
LETTERBOX_GRAY = 114  # as in the training of YOLO


@dataclass(frozen=True)
class Prediction:
    label: str
    confidence: float  # percent
    box: Box | None  # None if the model is a classifier


class OnnxModel:
    def __init__(self, model: Path, labels: Path) -> None:
        """Load a model and its labels. Raises SettingError if either can't be used."""
        self._labels = read_labels(labels)
        if not model.is_file():
            raise SettingError(f"LOCAL_MODEL: there is no file {model}.")
        self.name = model.stem
        try:
            self._session = open_session(model)
            self._input = ModelInput(self._session)
            # A trial run finds unsupported outputs at start-up.
            self.predict(np.zeros((100, 100, 3), dtype=np.uint8))
        except SettingError as error:
            raise SettingError(f"LOCAL_MODEL {model.name} can't be used: {error}") from None
        except Exception as error:  # onnxruntime's errors have no common base class
            reason = str(error).strip().partition("\n")[0][:300]
            raise SettingError(f"LOCAL_MODEL {model.name} isn't a valid ONNX model: {reason}") from error

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> OnnxModel | None:
        """Load the model of LOCAL_MODEL and LOCAL_LABELS. Return None if neither is set."""
        model, labels = env.get("LOCAL_MODEL"), env.get("LOCAL_LABELS")
        if bool(model) != bool(labels):
            raise SettingError("LOCAL_MODEL and LOCAL_LABELS belong together: set both or neither.")
        return cls(Path(model), Path(labels)) if model and labels else None

    def predict(self, pixels: MatLike) -> tuple[Prediction, ...]:
        """Return the predictions for upright BGR pixels, highest confidence first."""
        tensor, (left, top, width, height) = self._input.prepare(pixels)
        outputs = self._session.run(None, {self._input.name: tensor})
        predictions = []
        for raw in parse_outputs(outputs, len(self._labels), self._input.size):
            box = None
            if raw.rect is not None:
                x, y, w, h = raw.rect
                box = Box.from_pixels((x - left, y - top, w, h), width, height)
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
        raise SettingError(f"LOCAL_LABELS: line {number} of {path} is empty; each line must have a name.")
    return names


class ModelInput:
    """The input of an onnxruntime session. Raises SettingError if images don't fit it."""

    def __init__(self, session: Any) -> None:
        inputs = session.get_inputs()
        if len(inputs) != 1:
            raise SettingError(f"it has {len(inputs)} inputs; it must have one, the image.")
        (spec,) = inputs
        if spec.type not in DTYPES:
            raise SettingError(f"its input is {spec.type}; it must be float32, float16 or uint8.")
        shape = [side if isinstance(side, int) else None for side in spec.shape]
        sides = shape[-3:]
        is_single = len(shape) == 3 or (len(shape) == 4 and shape[0] in (None, 1))
        if not (is_single and (3 in (sides[0], sides[2]) or sides[0] is sides[2] is None)):
            raise SettingError(
                f"its input has the shape {spec.shape}; it must be one image of 3 colors, "
                "as [1, 3, height, width] or [1, height, width, 3]."
            )
        detector = is_detector([len(output.shape) for output in session.get_outputs()])
        default_side = DETECTOR_SIDE if detector else CLASSIFIER_SIDE
        metadata = session.get_modelmeta().custom_metadata_map
        resize = metadata.get("resize", "letterbox" if detector else "stretch")
        if resize not in ("letterbox", "stretch"):
            raise SettingError(f"its metadata says resize={resize}; it must be letterbox or stretch.")
        self.name = spec.name
        self._dtype: Any = DTYPES[spec.type]
        self._batched = len(shape) == 4
        self._channels_first = sides[2] != 3 or sides[0] == 3
        height, width = sides[1:] if self._channels_first else sides[:2]
        self.size = (width or default_side, height or default_side)
        self._letterbox = resize == "letterbox"
        self._mean = _read_triple(metadata, "mean", 0.0)
        self._std = _read_triple(metadata, "std", 1.0)

    def prepare(self, pixels: MatLike) -> tuple[MatLike, Rect]:
        """Convert upright BGR pixels to the model's input tensor. Return it and where it shows the image."""
        resized, area = self._resize(pixels)
        array = cv2.cvtColor(resized, cv2.COLOR_BGR2RGB)
        if self._dtype != np.uint8:
            array = (array.astype(np.float32) / 255 - self._mean) / self._std
        if self._channels_first:
            array = array.transpose(2, 0, 1)
        if self._batched:
            array = array[np.newaxis]
        return np.ascontiguousarray(array, dtype=self._dtype), area

    def _resize(self, pixels: MatLike) -> tuple[MatLike, Rect]:
        input_width, input_height = self.size
        if not self._letterbox:
            return cv2.resize(pixels, self.size), (0, 0, input_width, input_height)
        height, width = pixels.shape[:2]
        scale = min(input_width / width, input_height / height)
        width, height = max(1, round(width * scale)), max(1, round(height * scale))
        left, top = (input_width - width) // 2, (input_height - height) // 2
        canvas = np.full((input_height, input_width, 3), LETTERBOX_GRAY, dtype=np.uint8)
        canvas[top : top + height, left : left + width] = cv2.resize(pixels, (width, height))
        return canvas, (left, top, width, height)


def _read_triple(metadata: Mapping[str, str], name: str, default: float) -> MatLike:
    text = metadata.get(name)
    if text is None:
        return np.full(3, default, dtype=np.float32)
    try:
        numbers = [float(part) for part in text.strip("[]() ").split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != 3 or (name == "std" and 0 in numbers):
        raise SettingError(f"its metadata says {name}={text}; it must be three numbers, such as 0.5,0.5,0.5.")
    return np.array(numbers, dtype=np.float32)
