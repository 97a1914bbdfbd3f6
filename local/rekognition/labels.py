"""DetectLabels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from local.rekognition.analysis import ImageAnalysis, Request, Response
from local.rekognition.colors import describe_image, dominant_colors
from local.rekognition.errors import RekognitionError
from local.rekognition.instances import Detection
from local.rekognition.taxonomy import canonical_name, find_entry

# From the API Reference of DetectLabels, unless noted.
MAX_LABELS = 1000
DEFAULT_MIN_CONFIDENCE = 55.0
DEFAULT_MAX_COLORS = 10


@dataclass
class Label:
    name: str
    confidence: float = 0.0
    instances: Sequence[Detection] = ()

    def raise_confidence(self, confidence: float) -> None:
        self.confidence = max(self.confidence, confidence)


def detect_labels(request: Request, analysis: ImageAnalysis) -> Response:
    features = request.get("Features") or ["GENERAL_LABELS"]
    settings = request.get("Settings", {})
    _check_parameters(request, features)
    found = find_labels(analysis)
    min_confidence = request.get("MinConfidence", DEFAULT_MIN_CONFIDENCE)
    labels = [label for label in found if label.confidence >= min_confidence]
    labels = _filter(labels, settings.get("GeneralLabels", {}))[: request.get("MaxLabels", MAX_LABELS)]
    with_colors = "IMAGE_PROPERTIES" in features
    max_colors = settings.get("ImageProperties", {}).get("MaxDominantColors", DEFAULT_MAX_COLORS)
    response: Response = {
        "Labels": [
            _to_wire(label, analysis, min_confidence, max_colors if with_colors else 0)
            for label in (labels if "GENERAL_LABELS" in features else [])
        ],
        "LabelModelVersion": analysis.models.version,
    }
    if with_colors:
        boxes = [detection.box for label in found for detection in label.instances]
        response["ImageProperties"] = describe_image(analysis.pixels, boxes, max_colors)
    return response


def find_labels(analysis: ImageAnalysis) -> list[Label]:
    """Return all labels and their ancestors by confidence; of equal ones, those with instances first."""
    labels: dict[str, Label] = {}

    def label(name: str) -> Label:
        return labels.setdefault(name, Label(name))

    for name, instances in analysis.instances.items():
        labels[name] = Label(name, max(instance.confidence for instance in instances), instances)
    for face in analysis.faces:  # without instances: the box belongs to the person
        label("Face").raise_confidence(face.confidence)
    for prediction in analysis.predictions:  # those of a classifier have no box
        label(canonical_name(prediction.label)).raise_confidence(prediction.confidence)
    for child in list(labels.values()):
        for parent in find_entry(child.name).parents:
            label(parent).raise_confidence(child.confidence)
    return sorted(labels.values(), key=lambda found: (-found.confidence, not found.instances, found.name))


def _check_parameters(request: Request, features: list[str]) -> None:
    if request.get("MaxLabels", 0) > MAX_LABELS:
        detail = f"MaxLabels must be at most {MAX_LABELS}."
        raise RekognitionError.from_code("InvalidParameterException", detail)
    settings = request.get("Settings", {})
    required: list[tuple[str, str]] = []
    required += [(name, "GENERAL_LABELS") for name in ("MaxLabels", "MinConfidence") if name in request]
    if settings.get("GeneralLabels"):
        required.append(("Settings.GeneralLabels", "GENERAL_LABELS"))
    if settings.get("ImageProperties"):
        required.append(("Settings.ImageProperties", "IMAGE_PROPERTIES"))
    # The API Reference calls them "only valid" with the feature, but not what happens otherwise. The emulator
    # rejects them, so that the mistake is noticed.
    for name, feature in required:
        if feature not in features:
            detail = f"{name} needs the feature {feature}."
            raise RekognitionError.from_code("InvalidParameterException", detail)


def _filter(labels: Iterable[Label], filters: dict[str, list[str]]) -> list[Label]:
    names, categories = filters.get("LabelInclusionFilters"), filters.get("LabelCategoryInclusionFilters")
    excluded_names = filters.get("LabelExclusionFilters", ())
    excluded_categories = filters.get("LabelCategoryExclusionFilters", ())
    kept = []
    for label in labels:
        category = find_entry(label.name).category
        included = label.name in (names or ()) or category in (categories or ())
        excluded = label.name in excluded_names or category in excluded_categories
        if (included or not (names or categories)) and not excluded:
            kept.append(label)
    return kept


def _to_wire(label: Label, analysis: ImageAnalysis, min_confidence: float, max_colors: int) -> dict[str, Any]:
    """Convert a label to JSON; `max_colors` of 0 leaves out the instances' colors."""
    entry = find_entry(label.name)
    instances = []
    for detection in label.instances:
        if detection.confidence >= min_confidence:
            instance = detection.to_wire()
            if max_colors:
                part = analysis.crop(detection.box)
                instance["DominantColors"] = dominant_colors(part, max_colors) if part.size else []
            instances.append(instance)
    return {
        "Name": label.name,
        "Confidence": label.confidence,
        "Instances": instances,
        "Parents": [{"Name": name} for name in entry.parents],
        "Aliases": [{"Name": name} for name in entry.aliases],
        "Categories": [{"Name": entry.category}] if entry.category else [],
    }
