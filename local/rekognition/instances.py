"""Instances: the detected objects of each label, from one or several models."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from local.rekognition.detectors.onnx_model import Prediction
from local.rekognition.geometry import Box, iou
from local.rekognition.taxonomy import canonical_name

SAME_OBJECT_IOU = 0.5  # above this, the boxes of two models show one object


@dataclass(frozen=True)
class Detection:
    box: Box
    confidence: float  # percent

    def merge(self, other: Detection) -> Detection:
        """Return the larger box with the higher confidence."""
        box = max(self.box, other.box, key=lambda box: box.area)
        return Detection(box, max(self.confidence, other.confidence))

    def to_wire(self) -> dict[str, Any]:
        return {"BoundingBox": self.box.to_wire(), "Confidence": self.confidence}


def group_by_label(models: Iterable[Iterable[Prediction]]) -> dict[str, list[Detection]]:
    """Return the objects in the models' predictions by the name of their label, each object once."""
    merged: dict[str, list[Detection]] = {}
    for predictions in models:
        found: dict[str, list[Detection]] = {}
        for prediction in predictions:
            if prediction.box:
                detections = found.setdefault(canonical_name(prediction.label), [])
                detections.append(Detection(prediction.box, prediction.confidence))
        for name, detections in found.items():
            merged[name] = _merge(merged.get(name, []), detections)
    return merged


def _merge(known: Sequence[Detection], others: Iterable[Detection]) -> list[Detection]:
    """Merge what two models found. Two boxes of one model are two objects, even if they overlap."""
    merged, added = list(known), []
    for other in others:
        overlaps = [iou(other.box, detection.box) for detection in known]
        if max(overlaps, default=0.0) > SAME_OBJECT_IOU:
            index = overlaps.index(max(overlaps))
            merged[index] = merged[index].merge(other)
        else:
            added.append(other)
    return merged + added


def add_faces(bodies: Iterable[Detection], faces: Sequence[Detection]) -> list[Detection]:
    """Return the people that were detected as a whole or by their face alone, largest first."""
    people, remaining = [], list(faces)
    for body in bodies:
        own = [face for face in faces if face.box.is_inside(body.box)]
        remaining = [face for face in remaining if face not in own]
        people.append(Detection(body.box, max(item.confidence for item in (body, *own))))
    return sorted((*people, *remaining), key=lambda person: -person.box.area)
