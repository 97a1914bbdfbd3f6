"""DetectCustomLabels, with a trained version or the model of LOCAL_MODEL."""

from __future__ import annotations

from typing import Any, NamedTuple

from local.rekognition.analysis import ImageAnalysis, Request, Response
from local.rekognition.custom_labels.features import Picture
from local.rekognition.custom_labels.model import Model
from local.rekognition.custom_labels.service import CustomLabels
from local.rekognition.errors import RekognitionError
from local.rekognition.geometry import Box

DEFAULT_MIN_CONFIDENCE = 50.0  # of LOCAL_MODEL, which has no thresholds of its own


class _Found(NamedTuple):
    name: str
    confidence: float  # percent
    box: Box | None

    def to_wire(self) -> dict[str, Any]:
        label: dict[str, Any] = {"Name": self.name, "Confidence": self.confidence}
        if self.box:
            label["Geometry"] = {"BoundingBox": self.box.to_wire(), "Polygon": self.box.to_polygon()}
        return label


def detect_custom_labels(custom_labels: CustomLabels, request: Request, analysis: ImageAnalysis) -> Response:
    """Return the labels of a trained version, or of LOCAL_MODEL for other ARNs. Raises RekognitionError."""
    arn, min_confidence = request["ProjectVersionArn"], request.get("MinConfidence")
    model = custom_labels.versions.running_model(arn)
    if model:
        found = _find_trained(model, analysis, min_confidence)
    elif analysis.models.own:
        lowest = DEFAULT_MIN_CONFIDENCE if min_confidence is None else min_confidence
        found = [_Found(*vars(item).values()) for item in analysis.predictions if item.confidence >= lowest]
    else:
        detail = f"there is no version {arn}. Train it, or start the stack with LOCAL_MODEL and LOCAL_LABELS."
        raise RekognitionError.from_code("ResourceNotFoundException", detail)
    return {"CustomLabels": [item.to_wire() for item in found[: request.get("MaxResults")]]}


def _find_trained(model: Model, analysis: ImageAnalysis, min_confidence: float | None) -> list[_Found]:
    lowest = None if min_confidence is None else min_confidence / 100
    return [
        _Found(item.label, item.probability * 100, item.box if model.has_boxes else None)
        for item in model.predict(Picture(analysis.pixels), lowest)
    ]
