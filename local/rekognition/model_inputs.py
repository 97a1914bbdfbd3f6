"""The input of an ONNX model: what picture it wants, and the picture made so.

Its input is one RGB picture, channels first or last, with or without a batch of 1, as float32 (or float16)
from 0 to 1 or as uint8 from 0 to 255, of fixed or free size. A classifier's picture is stretched to the
size, a detector's keeps its shape on a grey ground. The model's metadata may say otherwise: `mean` and
`std` (three numbers each, of the 0 to 1 scale) and `resize` (`stretch` or `letterbox`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from local.rekognition.model_outputs import ModelError, is_detector

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cv2.typing import MatLike

TYPES = {"tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(uint8)": np.uint8}
DETECTOR_SIDE, CLASSIFIER_SIDE = 640, 224  # where the model leaves the size free
GROUND = 114  # the grey that YOLO is trained with


@dataclass(frozen=True)
class Input:
    name: str
    dtype: Any
    batched: bool
    channels_first: bool
    width: int
    height: int
    letterbox: bool
    mean: MatLike
    std: MatLike


def read_input(session: Any) -> Input:
    inputs = session.get_inputs()
    if len(inputs) != 1:
        raise ModelError(f"it has {len(inputs)} inputs; it should have one, the picture.")
    only = inputs[0]
    if only.type not in TYPES:
        raise ModelError(f"its input is {only.type}; it should be float32, float16 or uint8.")
    shape = [side if isinstance(side, int) else None for side in only.shape]
    batched = len(shape) == 4
    sides = shape[1:] if batched else shape
    one = len(sides) == 3 and (not batched or shape[0] in (None, 1))
    if not (one and (3 in (sides[0], sides[2]) or sides[0] is sides[2] is None)):
        raise ModelError(
            f"its input has the shape {only.shape}; it should be one picture of 3 colours, "
            "as [1, 3, height, width] or [1, height, width, 3]."
        )
    channels_first = sides[2] != 3 or sides[0] == 3
    height, width = (sides[1], sides[2]) if channels_first else (sides[0], sides[1])
    detector = is_detector([len(output.shape) for output in session.get_outputs()])
    side = DETECTOR_SIDE if detector else CLASSIFIER_SIDE
    metadata = session.get_modelmeta().custom_metadata_map
    resize = metadata.get("resize", "letterbox" if detector else "stretch")
    if resize not in ("letterbox", "stretch"):
        raise ModelError(f"its metadata says resize={resize}; it should be letterbox or stretch.")
    return Input(
        name=only.name,
        dtype=TYPES[only.type],
        batched=batched,
        channels_first=channels_first,
        width=width or side,
        height=height or side,
        letterbox=resize == "letterbox",
        mean=_three(metadata, "mean", 0.0),
        std=_three(metadata, "std", 1.0),
    )


def _three(metadata: Mapping[str, str], name: str, default: float) -> MatLike:
    text = metadata.get(name)
    if text is None:
        return np.full(3, default, dtype=np.float32)
    try:
        numbers = [float(part) for part in text.strip("[]() ").split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != 3 or (name == "std" and 0 in numbers):
        raise ModelError(f"its metadata says {name}={text}; it should be three numbers, such as 0.5,0.5,0.5.")
    return np.array(numbers, dtype=np.float32)


def fit(pixels: MatLike, spec: Input) -> tuple[MatLike, float, float, int, int]:
    height, width = pixels.shape[:2]
    scale_x, scale_y = spec.width / width, spec.height / height
    if not spec.letterbox:
        return cv2.resize(pixels, (spec.width, spec.height)), scale_x, scale_y, 0, 0
    scale = min(scale_x, scale_y)
    inner = (max(1, round(width * scale)), max(1, round(height * scale)))
    left, top = (spec.width - inner[0]) // 2, (spec.height - inner[1]) // 2
    ground = np.full((spec.height, spec.width, 3), GROUND, dtype=np.uint8)
    ground[top : top + inner[1], left : left + inner[0]] = cv2.resize(pixels, inner)
    return ground, inner[0] / width, inner[1] / height, left, top


def tensor(fitted: MatLike, spec: Input) -> MatLike:
    rgb = cv2.cvtColor(fitted, cv2.COLOR_BGR2RGB)
    array = rgb if spec.dtype == np.uint8 else (rgb.astype(np.float32) / 255 - spec.mean) / spec.std
    if spec.channels_first:
        array = array.transpose(2, 0, 1)
    return np.ascontiguousarray(array[np.newaxis] if spec.batched else array, dtype=spec.dtype)
