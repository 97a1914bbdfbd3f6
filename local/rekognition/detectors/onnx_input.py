"""Read what input an ONNX model expects, and convert images to it.

Expected is one RGB image, channels first or last, with or without a batch dimension of 1, of fixed or dynamic
size, as float32 or float16 from 0 to 1, or as uint8 from 0 to 255. By default images are stretched for a
classifier and letterboxed for a detector. The model's metadata may override this: `resize` (`stretch` or
`letterbox`), `mean` and `std` (three numbers each, on the scale from 0 to 1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from cv2.typing import MatLike

from local.rekognition.detectors.onnx_output import is_detector
from local.rekognition.geometry import Rect
from local.rekognition.options import SettingError

DTYPES = {"tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(uint8)": np.uint8}
DETECTOR_SIDE, CLASSIFIER_SIDE = 640, 224  # pixels, if the model's size is dynamic
LETTERBOX_GRAY = 114  # as in the training of YOLO


@dataclass(frozen=True)
class Placement:
    """The image's scale and position within the model's input."""

    scale_x: float
    scale_y: float
    left: int = 0
    top: int = 0

    def to_image(self, rect: Rect) -> Rect:
        """Convert a rectangle from pixels of the input to pixels of the image."""
        x, y, w, h = rect
        x, y = (x - self.left) / self.scale_x, (y - self.top) / self.scale_y
        return (x, y, w / self.scale_x, h / self.scale_y)


@dataclass(frozen=True)
class InputSpec:
    name: str
    dtype: Any
    batched: bool
    channels_first: bool
    width: int
    height: int
    letterbox: bool
    mean: MatLike
    std: MatLike

    def prepare(self, pixels: MatLike) -> tuple[MatLike, Placement]:
        """Convert upright BGR pixels to the model's input tensor."""
        resized, placement = self._resize(pixels)
        array = cv2.cvtColor(resized, cv2.COLOR_BGR2RGB)
        if self.dtype != np.uint8:
            array = (array.astype(np.float32) / 255 - self.mean) / self.std
        if self.channels_first:
            array = array.transpose(2, 0, 1)
        return np.ascontiguousarray(array[np.newaxis] if self.batched else array, dtype=self.dtype), placement

    def _resize(self, pixels: MatLike) -> tuple[MatLike, Placement]:
        height, width = pixels.shape[:2]
        scale_x, scale_y = self.width / width, self.height / height
        if not self.letterbox:
            return cv2.resize(pixels, (self.width, self.height)), Placement(scale_x, scale_y)
        scale = min(scale_x, scale_y)
        w, h = max(1, round(width * scale)), max(1, round(height * scale))
        left, top = (self.width - w) // 2, (self.height - h) // 2
        canvas = np.full((self.height, self.width, 3), LETTERBOX_GRAY, dtype=np.uint8)
        canvas[top : top + h, left : left + w] = cv2.resize(pixels, (w, h))
        return canvas, Placement(w / width, h / height, left, top)


def read_input_spec(session: Any) -> InputSpec:
    """Read the input of an onnxruntime session. Raises SettingError if images don't fit it."""
    inputs = session.get_inputs()
    if len(inputs) != 1:
        raise SettingError(f"it has {len(inputs)} inputs; it must have one, the image.")
    (model_input,) = inputs
    if model_input.type not in DTYPES:
        raise SettingError(f"its input is {model_input.type}; it must be float32, float16 or uint8.")
    shape = [side if isinstance(side, int) else None for side in model_input.shape]
    batched = len(shape) == 4
    sides = shape[1:] if batched else shape
    is_single = len(sides) == 3 and (not batched or shape[0] in (None, 1))
    if not (is_single and (3 in (sides[0], sides[2]) or sides[0] is sides[2] is None)):
        raise SettingError(
            f"its input has the shape {model_input.shape}; it must be one image of 3 colors, "
            "as [1, 3, height, width] or [1, height, width, 3]."
        )
    channels_first = sides[2] != 3 or sides[0] == 3
    height, width = (sides[1], sides[2]) if channels_first else (sides[0], sides[1])
    detector = is_detector([len(output.shape) for output in session.get_outputs()])
    default_side = DETECTOR_SIDE if detector else CLASSIFIER_SIDE
    metadata = session.get_modelmeta().custom_metadata_map
    resize = metadata.get("resize", "letterbox" if detector else "stretch")
    if resize not in ("letterbox", "stretch"):
        raise SettingError(f"its metadata says resize={resize}; it must be letterbox or stretch.")
    return InputSpec(
        name=model_input.name,
        dtype=DTYPES[model_input.type],
        batched=batched,
        channels_first=channels_first,
        width=width or default_side,
        height=height or default_side,
        letterbox=resize == "letterbox",
        mean=_read_triple(metadata, "mean", 0.0),
        std=_read_triple(metadata, "std", 1.0),
    )


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
