"""Manifests: a JSON object on each line that names an image in S3 and its labels.

The format is that of SageMaker Ground Truth. An attribute `x` belongs to `x-metadata`, whose `type` says
whether it is a label of the picture as a whole or a list of boxes (Custom Labels Developer Guide, "Creating a
manifest file").
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from local.rekognition.custom_labels.model import WHOLE, LabeledBox
from local.rekognition.geometry import Box

CLASSIFICATION = "groundtruth/image-classification"
DETECTION = "groundtruth/object-detection"
MAX_BOXES = 50  # of an image (Developer Guide, "Guidelines and quotas")
_MIN_BOX_SIDE = 2  # pixels
# Messages as in the Developer Guide, "Non-terminal JSON line validation errors"
LINE_ERRORS = {
    "ERROR_MISSING_SOURCE_REF": "The source-ref key is missing.",
    "ERROR_INVALID_SOURCE_REF_FORMAT": "The format of the source-ref value is invalid.",
    "ERROR_NO_LABEL_ATTRIBUTES": "No label attributes found.",
    "ERROR_INVALID_LABEL_ATTRIBUTE_FORMAT": "The format of the label attribute {} is invalid.",
    "ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT": "The format of the label attribute metadata is invalid.",
    "ERROR_NO_VALID_LABEL_ATTRIBUTES": "No valid label attributes found.",
    "ERROR_MISSING_BOUNDING_BOX_CONFIDENCE": "One or more bounding boxes has a missing confidence value.",
    "ERROR_MISSING_CLASS_MAP_ID": "One of more class ids is missing from the class map.",
    "ERROR_INVALID_JSON_LINE": "The JSON Line has an invalid format.",
    "ERROR_INVALID_IMAGE": "The image is invalid. Check S3 path and/or image properties.",
    "ERROR_INVALID_BOUNDING_BOX": "The bounding box has off frame values.",
    "ERROR_BOUNDING_BOX_TOO_SMALL": "The height and width of the bounding box is too small.",
    "ERROR_TOO_MANY_BOUNDING_BOXES": "There are more bounding boxes than the allowed maximum.",
    "ERROR_NO_VALID_ANNOTATIONS": "No valid annotations found.",
    "WARNING_NO_ANNOTATIONS": "No annotations found.",
}
_LINE_MEMBERS = {"source-ref", "errors"}


class _Invalid(Exception):
    """An error of a label attribute, its metadata or an annotation: its code and what the message names."""

    def __init__(self, code: str, name: str = "") -> None:
        super().__init__(code)
        self.error = to_error(code, name)


@dataclass(frozen=True)
class Entry:
    """A line of a manifest, with the errors that were found in it."""

    document: Mapping[str, Any]  # the line, with `errors` next to what is wrong
    source: tuple[str, str] | None = None  # bucket and key; None if invalid
    labels: Sequence[LabeledBox] = ()
    boxes: Sequence[LabeledBox] = ()
    size: tuple[int, int] | None = None  # width and height as the manifest states them, if it has boxes
    is_invalid: bool = False

    @property
    def names(self) -> set[str]:
        return {labeled.label for labeled in (*self.labels, *self.boxes)}

    @property
    def has_errors(self) -> bool:
        return '"errors":[' in self.line

    @property
    def line(self) -> str:
        return json.dumps(self.document, ensure_ascii=False, separators=(",", ":"))

    def rejected(self, code: str) -> Entry:
        """Return the entry with an error that makes it unusable."""
        errors = [*self.document.get("errors", ()), to_error(code)]
        return Entry({**self.document, "errors": errors}, self.source, is_invalid=True)


def to_error(code: str, name: str = "") -> dict[str, str]:
    return {"code": code, "message": LINE_ERRORS[code].format(name)}


def parse_lines(text: str) -> list[Entry]:
    """Parse a manifest. An empty line is an invalid one, except at the end."""
    return [parse_line(line) for line in text.rstrip().splitlines()]


def restore_line(line: str) -> Entry:
    """Return a checked entry from its line, with its errors."""
    document = json.loads(line)
    entry = parse_line(line)
    if "errors" in document:
        return Entry(document, entry.source, is_invalid=True)
    return replace(entry, document=document)


def parse_line(line: str) -> Entry:
    """Parse a line, without the errors of an earlier check."""
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        return Entry({"errors": [to_error("ERROR_INVALID_JSON_LINE")]}, is_invalid=True)
    if document.keys() == {"errors"}:  # in place of a line that isn't JSON
        return Entry(document, is_invalid=True)
    document = _without_errors(document)
    if "source-ref" not in document:
        return Entry(document).rejected("ERROR_MISSING_SOURCE_REF")
    match = re.fullmatch(r"s3://([^/]+)/(.+)", str(document["source-ref"]), re.IGNORECASE | re.DOTALL)
    if not match:
        return Entry(document).rejected("ERROR_INVALID_SOURCE_REF_FORMAT")
    source = (match[1], match[2])
    names = [name for name in document if name not in _LINE_MEMBERS and not name.endswith("-metadata")]
    labeled = [name for name in names if f"{name}-metadata" in document]
    if not labeled:
        only_source = not names and not any(name.endswith("-metadata") for name in document)
        if only_source:
            return Entry(document, source)  # an image that has no labels yet
        return Entry(document, source).rejected("ERROR_NO_LABEL_ATTRIBUTES")
    return _parse_attributes(document, source, labeled)


def _parse_attributes(document: dict[str, Any], source: tuple[str, str], names: Sequence[str]) -> Entry:
    labels: list[LabeledBox] = []
    boxes: list[LabeledBox] = []
    size = None
    valid = 0
    for name in names:
        metadata = document[f"{name}-metadata"]
        kind = metadata.get("type") if isinstance(metadata, dict) else None
        try:
            if kind == CLASSIFICATION:
                labels += _parse_label(name, document[name], metadata)
            elif kind == DETECTION:
                size = _parse_size(name, document[name])
                boxes += _parse_boxes(document[name]["annotations"], metadata, size)
            else:
                raise _Invalid("ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT")
            valid += 1
        except _Invalid as invalid:
            if isinstance(metadata, dict):
                metadata["errors"] = [invalid.error]
    entry = Entry(document, source, labels, boxes, size)
    return entry if valid else entry.rejected("ERROR_NO_VALID_LABEL_ATTRIBUTES")


def _parse_label(name: str, value: Any, metadata: Mapping[str, Any]) -> Iterator[LabeledBox]:
    """Yield the label of an attribute; none if its confidence is 0, which means that it was ruled out."""
    label, confidence = metadata.get("class-name"), metadata.get("confidence", 1)
    if type(value) not in (int, float):
        raise _Invalid("ERROR_INVALID_LABEL_ATTRIBUTE_FORMAT", name)
    if not isinstance(label, str) or not label or type(confidence) not in (int, float):
        raise _Invalid("ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT")
    if confidence > 0:
        yield LabeledBox(label, WHOLE)


def _parse_size(name: str, value: Any) -> tuple[int, int]:
    """Return the size of the image in an attribute of boxes."""
    try:
        size = value["image_size"][0]
        width, height = int(size["width"]), int(size["height"])
        is_valid = isinstance(value["annotations"], list) and width > 0 and height > 0
    except (TypeError, KeyError, IndexError, ValueError):
        is_valid = False
    if not is_valid:
        raise _Invalid("ERROR_INVALID_LABEL_ATTRIBUTE_FORMAT", name)
    return width, height


def _parse_boxes(
    annotations: Sequence[Any], metadata: Mapping[str, Any], size: tuple[int, int]
) -> list[LabeledBox]:
    class_map, objects = metadata.get("class-map"), metadata.get("objects")
    if not isinstance(class_map, dict) or not isinstance(objects, list):
        raise _Invalid("ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT")
    if len(annotations) > MAX_BOXES:
        raise _Invalid("ERROR_TOO_MANY_BOUNDING_BOXES")
    confidences = [item.get("confidence") for item in objects if isinstance(item, dict)]
    if len(confidences) < len(annotations) or not all(type(item) in (int, float) for item in confidences):
        raise _Invalid("ERROR_MISSING_BOUNDING_BOX_CONFIDENCE")
    found = []
    for annotation in annotations:
        try:
            found.append(_parse_box(annotation, class_map, *size))
        except _Invalid as invalid:
            if isinstance(annotation, dict):
                annotation["errors"] = [invalid.error]
    if annotations and not found:
        raise _Invalid("ERROR_NO_VALID_ANNOTATIONS")
    return found


def _parse_box(annotation: Any, class_map: Mapping[str, Any], width: int, height: int) -> LabeledBox:
    try:
        label = class_map[str(annotation["class_id"])]
    except (TypeError, KeyError):
        raise _Invalid("ERROR_MISSING_CLASS_MAP_ID") from None
    try:
        rect = tuple(float(annotation[side]) for side in ("left", "top", "width", "height"))
    except (TypeError, KeyError, ValueError):
        raise _Invalid("ERROR_INVALID_BOUNDING_BOX") from None
    left, top, box_width, box_height = rect
    if min(rect) < 0 or left + box_width > width or top + box_height > height:
        raise _Invalid("ERROR_INVALID_BOUNDING_BOX")
    if min(box_width, box_height) < _MIN_BOX_SIDE:
        raise _Invalid("ERROR_BOUNDING_BOX_TOO_SMALL")
    return LabeledBox(str(label), Box.from_pixels((left, top, box_width, box_height), width, height))


def _without_errors(value: Any) -> Any:
    """Remove the errors of an earlier validation, so that a corrected manifest can be used as it is."""
    if isinstance(value, dict):
        return {name: _without_errors(item) for name, item in value.items() if name != "errors"}
    return [_without_errors(item) for item in value] if isinstance(value, list) else value
