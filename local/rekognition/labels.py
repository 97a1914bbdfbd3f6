"""DetectLabels: what the eyes and the local model see, with parents, filters and image properties."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from local.rekognition.colors import MOST_COLOURS, dominant_colours, image_properties
from local.rekognition.errors import RekognitionError
from local.rekognition.sight import ENGINE, Finding
from local.rekognition.taxonomy import canonical, entry_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from local.rekognition.engine import Answer, Request, Scene

MOST_LABELS = 1000
DEFAULT_CONFIDENCE = 55.0
DEFAULT_COLOURS = 10
SAME_INSTANCE = 0.5
OF_LABELS_ONLY = ("MaxLabels", "MinConfidence")


@dataclass
class Label:
    name: str
    confidence: float = 0.0
    instances: list[Finding] = field(default_factory=list)

    def add(self, finding: Finding) -> None:
        """Take an instance, unless it is one that is known already: a face in a person's box is no second."""
        self.confidence = max(self.confidence, finding.confidence)
        for known in self.instances:
            person = self.name == "Person" and (
                finding.box.lies_in(known.box) or known.box.lies_in(finding.box)
            )
            if person or finding.box.likeness(known.box) > SAME_INSTANCE:
                if finding.box.area > known.box.area:
                    self.instances[self.instances.index(known)] = finding
                return
        self.instances.append(finding)


def detect_labels(request: Request, scene: Scene) -> Answer:
    features = request.get("Features") or ["GENERAL_LABELS"]
    settings = request.get("Settings", {})
    _check(request, features)
    labels = see(scene) if "GENERAL_LABELS" in features else []
    least = request.get("MinConfidence", DEFAULT_CONFIDENCE)
    labels = [label for label in labels if label.confidence >= least]
    labels = _filtered(labels, settings.get("GeneralLabels", {}))[: request.get("MaxLabels", MOST_LABELS)]
    coloured = "IMAGE_PROPERTIES" in features
    most = settings.get("ImageProperties", {}).get("MaxDominantColors", DEFAULT_COLOURS)
    answer: Answer = {
        "Labels": [_wire(label, scene, least, most if coloured else 0) for label in labels],
        "LabelModelVersion": version(scene),
    }
    if coloured:
        boxes = [finding.box for label in see(scene) for finding in label.instances]
        answer["ImageProperties"] = image_properties(scene.sight.picture.pixels, boxes, most)
    return answer


def version(scene: Scene) -> str:
    model = scene.engine.model
    return f"{ENGINE}+{model.name}" if model else ENGINE


def see(scene: Scene) -> list[Label]:
    """Return every label with its ancestors, the surest first; of equals, those with boxes first."""
    labels: dict[str, Label] = {}

    def label(name: str) -> Label:
        return labels.setdefault(name, Label(name))

    for person in scene.sight.people():
        label("Person").add(person)
    for face in scene.sight.faces():  # its box is the person's, or DetectFaces' matter
        label("Face").confidence = max(label("Face").confidence, face.confidence)
    for cat in scene.sight.cats():
        label("Cat").add(cat)
    if scene.engine.model:
        for sighting in scene.engine.model.look(scene.sight.picture.pixels):
            seen = label(canonical(sighting.name))
            if sighting.box:
                seen.add(Finding(sighting.box, sighting.confidence))
            seen.confidence = max(seen.confidence, sighting.confidence)
    for child in list(labels.values()):
        for parent in entry_of(child.name).parents:
            label(parent).confidence = max(label(parent).confidence, child.confidence)
    return sorted(labels.values(), key=lambda seen: (-seen.confidence, not seen.instances, seen.name))


def _check(request: Request, features: list[str]) -> None:
    if request.get("MaxLabels", 0) > MOST_LABELS:
        raise RekognitionError.from_code(
            "InvalidParameterException", f"MaxLabels must be at most {MOST_LABELS}."
        )
    settings = request.get("Settings", {})
    given = [name for name in OF_LABELS_ONLY if name in request]
    given += ["Settings.GeneralLabels"] if settings.get("GeneralLabels") else []
    if given and "GENERAL_LABELS" not in features:
        # The documentation calls them "only valid" so; whether AWS refuses or forgives, a caller should know.
        detail = f"{given[0]} needs the feature GENERAL_LABELS."
        raise RekognitionError.from_code("InvalidParameterException", detail)
    if settings.get("ImageProperties") and "IMAGE_PROPERTIES" not in features:
        detail = "Settings.ImageProperties needs the feature IMAGE_PROPERTIES."
        raise RekognitionError.from_code("InvalidParameterException", detail)


def _filtered(labels: Iterable[Label], filters: dict[str, list[str]]) -> list[Label]:
    names, categories = filters.get("LabelInclusionFilters"), filters.get("LabelCategoryInclusionFilters")
    without = filters.get("LabelExclusionFilters", [])
    without_categories = filters.get("LabelCategoryExclusionFilters", [])
    kept = []
    for label in labels:
        category = entry_of(label.name).category
        wanted = label.name in (names or []) or category in (categories or [])
        if (names or categories) and not wanted:
            continue
        if label.name not in without and category not in without_categories:
            kept.append(label)
    return kept


def _wire(label: Label, scene: Scene, least: float, colours: int) -> dict[str, Any]:
    entry = entry_of(label.name)
    return {
        "Name": label.name,
        "Confidence": label.confidence,
        "Instances": [
            _instance(finding, scene, colours) for finding in label.instances if finding.confidence >= least
        ],
        "Parents": [{"Name": name} for name in entry.parents],
        "Aliases": [{"Name": name} for name in entry.aliases],
        "Categories": [{"Name": entry.category}] if entry.category else [],
    }


def _instance(finding: Finding, scene: Scene, colours: int) -> dict[str, Any]:
    wire: dict[str, Any] = {"BoundingBox": finding.box.wire(), "Confidence": finding.confidence}
    if colours:
        part = scene.sight.crop(finding.box)
        wire["DominantColors"] = dominant_colours(part, min(colours, MOST_COLOURS)) if part.size else []
    return wire
