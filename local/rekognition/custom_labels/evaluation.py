"""How well a model recognizes images that it wasn't trained with: metrics, and the files that list them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from local.rekognition.custom_labels.manifest import CLASSIFICATION, DETECTION, Entry
from local.rekognition.custom_labels.model import DEFAULT_THRESHOLD, LabeledBox, Prediction
from local.rekognition.geometry import iou

MIN_IOU = 0.5  # of a found box with the labeled one
_MIN_PROBABILITY = 0.05  # of predictions that are looked at


@dataclass(frozen=True)
class TestImage:
    """An image of the test dataset: its labels, and the predictions that have any probability."""

    entry: Entry
    present: Sequence[LabeledBox]
    size: tuple[int, int]
    predictions: Sequence[Prediction]

    __test__ = False  # not a test of pytest


@dataclass(frozen=True)
class Metrics:
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0

    def to_wire(self) -> dict[str, float]:
        return {"Precision": self.precision, "Recall": self.recall, "F1Score": self.f1}


def choose_thresholds(images: Sequence[TestImage], labels: Iterable[str]) -> dict[str, float]:
    """Return the probability of each label with the best F1 score; of equal ones, the nearest to a half."""
    thresholds = {}
    for label in labels:
        found = {item.probability for image in images for item in image.predictions if item.label == label}
        steps = sorted({_MIN_PROBABILITY, *found, 1.0})
        middles = [(low + high) / 2 for low, high in itertools.pairwise(steps)]
        thresholds[label] = max(
            (DEFAULT_THRESHOLD, *middles),
            key=lambda value: (round(measure(images, label, value).f1, 6), -abs(value - DEFAULT_THRESHOLD)),
        )
    return thresholds


def measure(images: Iterable[TestImage], label: str, threshold: float) -> Metrics:
    correct = found = present = 0
    for image in images:
        expected = [item for item in image.present if item.label == label]
        likely = [item for item in image.predictions if item.label == label and item.probability >= threshold]
        present += len(expected)
        found += len(likely)
        correct += len(match(likely, expected))
    # A label that is neither present nor found was recognized without a mistake.
    return Metrics(correct / found if found else float(not present), correct / present if present else 1.0)


def match(found: Sequence[Prediction], expected: Sequence[LabeledBox]) -> dict[int, int]:
    """Return which prediction shows which of the expected objects; each belongs to one at most."""
    pairs: dict[int, int] = {}
    for number, prediction in enumerate(found):
        for index, labeled in enumerate(expected):
            is_same = prediction.label == labeled.label and iou(prediction.box, labeled.box) >= MIN_IOU
            if is_same and index not in pairs.values():
                pairs[number] = index
                break
    return pairs


def average(metrics: Sequence[Metrics]) -> Metrics:
    count = len(metrics)
    return Metrics(
        sum(item.precision for item in metrics) / count, sum(item.recall for item in metrics) / count
    )


def summarize(
    images: Sequence[TestImage],
    thresholds: Mapping[str, float],
    version: str,
    training_images: int,
    ended_at: datetime,
    *,
    has_boxes: bool,
) -> tuple[dict[str, Any], float]:
    """Return the evaluation summary (Developer Guide, "Training results summary file") and the F1 score."""
    by_label = {label: measure(images, label, threshold) for label, threshold in thresholds.items()}
    total = average(list(by_label.values()))
    aggregated: dict[str, Any] = total.to_wire()
    if not has_boxes:
        aggregated["ConfusionMatrix"] = _confusion(images, thresholds)
    summary = {
        "Version": 1,
        "EvaluationDetails": {
            "ProjectVersionArn": version,
            "EvaluationEndTimestamp": _to_timestamp(ended_at),
            "Labels": list(thresholds),
            "NumberOfTrainingImages": training_images,
            "NumberOfTestingImages": len(images),
        },
        "AggregatedEvaluationResults": aggregated,
        "LabelEvaluationResults": [
            {
                "Label": label,
                "Metrics": {**metrics.to_wire(), "Threshold": thresholds[label]},
                "NumberOfTestingImages": sum(
                    any(item.label == label for item in image.present) for image in images
                ),
            }
            for label, metrics in sorted(by_label.items(), key=lambda item: -item[1].f1)
        ],
    }
    return summary, total.f1


def _confusion(images: Sequence[TestImage], thresholds: Mapping[str, float]) -> list[dict[str, Any]]:
    """Return for each pair of labels, in how much of the images of the one the other was found."""
    matrix = []
    for truth in thresholds:
        having = [image for image in images if any(item.label == truth for item in image.present)]
        for label, threshold in thresholds.items():
            found = sum(
                any(item.label == label and item.probability >= threshold for item in image.predictions)
                for image in having
            )
            value = found / len(having) if having else 0.0
            matrix.append({"GroundTruthLabel": truth, "PredictedLabel": label, "Value": value})
    return matrix


def to_snapshot(
    image: TestImage, thresholds: Mapping[str, float], ended_at: datetime, *, has_boxes: bool
) -> dict[str, Any]:
    """Return an image's line in the evaluation manifest: its labels, and what the model made of it."""
    likely = [item for item in image.predictions if item.probability >= thresholds[item.label]]
    matched = match(likely, image.present)
    found = [(item, number in matched) for number, item in enumerate(likely)]
    missed = [item for index, item in enumerate(image.present) if index not in matched.values()]
    line: dict[str, Any] = {"source-ref": image.entry.document["source-ref"]}
    if has_boxes:
        known = [(item.label, item.box, 1.0, None) for item in image.present]
        line |= _box_attribute("training", known, image.size, ended_at)
        results = [(item.label, item.box, item.probability, _details(right, right)) for item, right in found]
        results += [(item.label, item.box, 0.0, _details(False, True)) for item in missed]
        return line | _box_attribute("evaluation", results, image.size, ended_at)
    for number, item in enumerate(image.present):
        line |= _label_attribute("training", number, item.label, 1.0, None, ended_at)
    outcomes = [(item.label, item.probability, _details(right, right)) for item, right in found]
    outcomes += [(item.label, 0.0, _details(False, True)) for item in missed]
    for number, (label, confidence, details) in enumerate(outcomes):
        line |= _label_attribute("evaluation", number, label, confidence, details, ended_at)
    return line


def _details(is_correct: bool, is_present: bool) -> dict[str, Any]:
    return {
        "version": 1,
        "is-true-positive": is_correct,
        "is-true-negative": False,
        "is-false-positive": not is_correct and not is_present,
        "is-false-negative": not is_correct and is_present,
        "is-present-in-ground-truth": is_present,
        "ground-truth-labelling-jobs": [_job("training")],
    }


def _label_attribute(
    stage: str, number: int, label: str, confidence: float, details: Any, at: datetime
) -> dict[str, Any]:
    name = f"rekognition-custom-labels-{stage}-{number}"
    metadata = {"confidence": confidence, "class-name": label, **_metadata(stage, CLASSIFICATION, at)}
    if details:
        metadata["rekognition-custom-labels-evaluation-details"] = details
    return {name: 1, f"{name}-metadata": metadata}


def _box_attribute(
    stage: str, items: Sequence[tuple[str, Any, float, Any]], size: tuple[int, int], at: datetime
) -> dict[str, Any]:
    name = f"rekognition-custom-labels-{stage}-0"
    labels = sorted({label for label, *_ in items})
    width, height = size
    annotations, objects = [], []
    for label, box, confidence, details in items:
        sides = {
            "left": round(box.left * width),
            "top": round(box.top * height),
            "width": round(box.width * width),
            "height": round(box.height * height),
        }
        annotations.append({"class_id": labels.index(label), **sides})
        extra = {"rekognition-custom-labels-evaluation-details": details} if details else {}
        objects.append({"confidence": confidence, **extra})
    class_map = {str(number): label for number, label in enumerate(labels)}
    metadata = {"objects": objects, "class-map": class_map, **_metadata(stage, DETECTION, at)}
    value = {"image_size": [{"width": width, "height": height, "depth": 3}], "annotations": annotations}
    return {name: value, f"{name}-metadata": metadata}


def _metadata(stage: str, kind: str, at: datetime) -> dict[str, Any]:
    return {
        "type": kind,
        "human-annotated": "yes" if stage == "training" else "no",
        "creation-date": _to_timestamp(at),
        "job-name": _job(stage),
    }


def _job(stage: str) -> str:
    return f"rekognition-custom-labels-{stage}-job"


def _to_timestamp(at: datetime) -> str:
    return at.replace(tzinfo=None).isoformat(timespec="microseconds")
