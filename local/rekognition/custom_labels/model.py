"""A model that is trained from pictures with labels, of the picture as a whole or of boxes in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from local.rekognition.custom_labels.classifier import Classifier, fit
from local.rekognition.custom_labels.features import Picture
from local.rekognition.geometry import Box, intersection, iou

WHOLE = Box(0, 0, 1, 1)
DEFAULT_THRESHOLD = 0.5
_JITTER = 0.08  # of a box's sides, by which it is moved and scaled for further examples
_MIN_SAME_IOU = 0.5  # of a box that still shows the object
_MAX_OTHER_IOU = 0.3  # of a box that doesn't show the object
_MAX_OTHERS = 150  # boxes of a picture without an object, and of all pictures together
_MAX_ALL_OTHERS = 4000
_MAX_SHARED_RATIO = 0.4  # of the smaller of two boxes that show two objects of one label


class LabeledBox(NamedTuple):
    label: str
    box: Box  # WHOLE for a label of the picture as a whole


class Prediction(NamedTuple):
    label: str
    box: Box
    probability: float


@dataclass(frozen=True)
class TrainingExample:
    picture: Picture
    labels: Sequence[LabeledBox]


@dataclass(frozen=True)
class Model:
    labels: Sequence[str]
    has_boxes: bool
    classifier: Classifier
    thresholds: Mapping[str, float]  # the lowest probability that counts unless the caller names one

    def predict(self, picture: Picture, min_probability: float | None = None) -> list[Prediction]:
        """Return what reaches a probability, or its label's threshold if that is None; highest first."""
        boxes = picture.proposals() if self.has_boxes else [WHOLE]
        features = picture.describe(boxes, with_layout=self.has_boxes)
        found: list[Prediction] = []
        for box, row in zip(boxes, self.classifier.predict(features), strict=True):
            for label, probability in zip(self.labels, row, strict=True):
                lowest = self.thresholds[label] if min_probability is None else min_probability
                if probability >= lowest:
                    found.append(Prediction(label, box, float(probability)))
        found.sort(key=lambda prediction: -prediction.probability)
        return _without_duplicates(found) if self.has_boxes else found

    def to_document(self) -> dict[str, Any]:
        return {
            "labels": list(self.labels),
            "hasBoxes": self.has_boxes,
            "classifier": self.classifier.to_document(),
            "thresholds": dict(self.thresholds),
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Model:
        classifier = Classifier.from_document(document["classifier"])
        return cls(document["labels"], document["hasBoxes"], classifier, document["thresholds"])


def train(
    examples: Iterable[TrainingExample], count: int, labels: Sequence[str], *, has_boxes: bool
) -> Model:
    """Train a model with the default thresholds on `count` examples, which aren't kept in memory."""
    others = min(_MAX_OTHERS, _MAX_ALL_OTHERS // count)
    rows, targets = [], []
    for example in examples:
        boxes = _training_boxes(example, others) if has_boxes else [WHOLE]
        rows.append(example.picture.describe(boxes, with_layout=has_boxes))
        targets += [_target(box, example.labels, labels) for box in boxes]
    classifier = fit(np.vstack(rows), np.array(targets, dtype=np.float64), balanced=not has_boxes)
    return Model(labels, has_boxes, classifier, dict.fromkeys(labels, DEFAULT_THRESHOLD))


def _training_boxes(example: TrainingExample, max_others: int) -> list[Box]:
    """Return boxes around the objects, and boxes that show something else."""
    around = [variant for labeled in example.labels for variant in _variants(labeled.box)]
    proposals = example.picture.proposals()
    same = [box for box in proposals if _best_iou(box, example.labels) >= _MIN_SAME_IOU]
    others = [box for box in proposals if _best_iou(box, example.labels) < _MAX_OTHER_IOU]
    return [*around, *same, *others[:max_others]]


def _variants(box: Box) -> Iterable[Box]:
    for x, y, scale in ((0, 0, 0), (1, 0, 1), (-1, 0, -1), (0, 1, -1), (0, -1, 1)):
        width, height = box.width * (1 + scale * _JITTER), box.height * (1 + scale * _JITTER)
        left = box.left + (box.width - width) / 2 + x * _JITTER * box.width
        top = box.top + (box.height - height) / 2 + y * _JITTER * box.height
        yield Box.from_pixels((left, top, width, height), 1, 1)


def _best_iou(box: Box, labels: Iterable[LabeledBox]) -> float:
    return max((iou(box, labeled.box) for labeled in labels), default=0.0)


def _target(box: Box, present: Iterable[LabeledBox], labels: Sequence[str]) -> list[float]:
    shown = {labeled.label for labeled in present if iou(box, labeled.box) >= _MIN_SAME_IOU}
    return [float(label in shown) for label in labels]


def _without_duplicates(predictions: Iterable[Prediction]) -> list[Prediction]:
    """Return the most likely label and box of each object."""
    kept: list[Prediction] = []
    for found in predictions:
        if not any(_is_same_object(found, other) for other in kept):
            kept.append(found)
    return kept


def _is_same_object(a: Prediction, b: Prediction) -> bool:
    if a.label != b.label:
        return iou(a.box, b.box) >= _MIN_SAME_IOU
    return intersection(a.box, b.box) > _MAX_SHARED_RATIO * min(a.box.area, b.box.area)
