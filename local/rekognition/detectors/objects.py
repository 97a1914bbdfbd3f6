"""Find objects of COCO's 80 classes with the built-in model, which models/README.md describes.

The model of LOCAL_MODEL adds to it or replaces it.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cv2.typing import MatLike

from local.rekognition.detectors.onnx_model import OnnxModel, Prediction
from local.rekognition.detectors.views import WHOLE, Found, find_views, is_cut, is_same_object, to_image
from local.rekognition.errors import ModelError, SettingError
from local.rekognition.geometry import Box, iou

VERSION = "local-coco-ssd-1"
MODEL = Path(__file__).parent.parent / "models" / "coco_ssd.onnx"
LABELS = MODEL.with_suffix(".txt")
SHA256 = "c9c712bcd6b8fbeac3cf1fba9bc0222d7e405b580600786339b964cb34312ffb"
MIN_CONFIDENCE = 50.0  # percent, in the view of the whole image; most findings below it are wrong
MIN_SQUARE_CONFIDENCE = 55.0  # percent; more views of an image find more that is not there
MAX_SAME_OBJECT_IOU = 0.8


@dataclass(frozen=True)
class ObjectModels:
    """The models in use: the built-in one, `own` of LOCAL_MODEL, or both."""

    own: OnnxModel | None = None
    has_built_in: bool = True

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> ObjectModels:
        """Read LOCAL_MODEL, LOCAL_LABELS and LOCAL_MODEL_MODE. Raises SettingError."""
        mode = env.get("LOCAL_MODEL_MODE") or "add"
        if mode not in ("add", "replace"):
            raise SettingError(f"LOCAL_MODEL_MODE must be add or replace, not {mode!r}.")
        own = OnnxModel.from_env(env)
        if mode == "replace" and own is None:
            raise SettingError("LOCAL_MODEL_MODE=replace needs a LOCAL_MODEL to replace the built-in model.")
        return cls(own, mode == "add")

    @property
    def version(self) -> str:
        """The names of the models, for the responses."""
        name = self.own.name if self.own else ""
        if not self.has_built_in:
            return f"local-{name}"
        return f"{VERSION}+{name}" if name else VERSION


@functools.cache
def load_object_model() -> OnnxModel:
    """Load the built-in model. Raises ModelError if its file was changed."""
    check_sha256(MODEL, SHA256)
    return OnnxModel(MODEL, LABELS)


def check_sha256(model: Path, sha256: str) -> None:
    """Raise ModelError if the file is missing or differs from the expected one."""
    advice = f"Restore it: git checkout {model.parent}"
    try:
        found = hashlib.sha256(model.read_bytes()).hexdigest()
    except OSError:
        raise ModelError(f"The model {model} is missing. {advice}") from None
    if found != sha256:
        raise ModelError(f"The model {model} has the SHA-256 {found}; it must be {sha256}. {advice}")


def find_objects(pixels: MatLike) -> tuple[Prediction, ...]:
    """Return the objects in upright BGR pixels, highest confidence first, each object once.

    Squares only add to what is found in the whole image, because they show less of what is around an object.
    """
    height, width = pixels.shape[:2]
    kept: list[Found] = []
    for view in find_views(width, height):
        findings = _find_in_view(pixels, view)
        kept += [found for found in findings if not any(_is_same(found, best) for best in kept)]
    found = [Prediction(found.label, found.confidence, found.box) for found in kept]
    return tuple(sorted(found, key=lambda prediction: -prediction.confidence))


def _find_in_view(pixels: MatLike, view: Box) -> list[Found]:
    """Return the objects in a view, highest confidence first; of nearly equal boxes only the first."""
    height, width = pixels.shape[:2]
    left, top = round(view.left * width), round(view.top * height)
    part = pixels[top : top + round(view.height * height), left : left + round(view.width * width)]
    min_confidence = MIN_CONFIDENCE if view == WHOLE else MIN_SQUARE_CONFIDENCE
    kept: list[Found] = []
    for prediction in load_object_model().predict(part):
        box = prediction.box
        if box and prediction.confidence >= min_confidence and not is_cut(box, view):
            found = Found(prediction.label, prediction.confidence, to_image(box, view), view)
            if not any(_is_same(found, best) for best in kept):
                kept.append(found)
    return kept


def _is_same(a: Found, b: Found) -> bool:
    """Return whether two boxes show one object. If they are nearly equal, two classes compete for it."""
    return is_same_object(a, b) or iou(a.box, b.box) > MAX_SAME_OBJECT_IOU
