"""Manifests: a JSON object on each line that names a copy and its classes.

The format is that of SageMaker Ground Truth:
https://docs.aws.amazon.com/rekognition/latest/customlabels-dg/md-create-manifest-file-classification.html
https://docs.aws.amazon.com/rekognition/latest/customlabels-dg/md-create-manifest-file-object-detection.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from models.rules import MIN_BOX_SIDE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from catalog.model_records import ModelRecord
    from catalog.records import Box
    from trainer.plan import PlannedImage

_CLASSIFICATION = "groundtruth/image-classification"
_DETECTION = "groundtruth/object-detection"
_JOB = "owner"  # the name of the labeling job, which is required


def to_manifest(model: ModelRecord, images: Iterable[PlannedImage], uri: Callable[[str], str]) -> bytes:
    """Return the manifest of pictures that have copies; `uri` returns a copy's by the picture's id."""
    lines = [_line(model, image, uri(image.id)) for image in images if image.size]
    return "".join(
        f"{json.dumps(line, ensure_ascii=False, separators=(',', ':'))}\n" for line in lines
    ).encode()


def _line(model: ModelRecord, image: PlannedImage, uri: str) -> dict[str, Any]:
    labels = _boxes(model, image) if model.kind == "detection" else _labels(model, image)
    return {"source-ref": uri, **labels}


def _labels(model: ModelRecord, image: PlannedImage) -> dict[str, Any]:
    """Return an attribute for each class, because an attribute has one only."""
    line: dict[str, Any] = {}
    for name in image.classes:
        number = model.classes.index(name)
        line[f"class-{number}"] = 1
        line[f"class-{number}-metadata"] = {
            "confidence": 1,
            "class-name": name,
            **_metadata(_CLASSIFICATION, model.created_at),
        }
    return line


def _boxes(model: ModelRecord, image: PlannedImage) -> dict[str, Any]:
    width, height = image.size or (1, 1)
    annotations = [
        {"class_id": model.classes.index(box.name), **_sides(box, width, height)} for box in image.boxes
    ]
    return {
        "boxes": {
            "image_size": [{"width": width, "height": height, "depth": 3}],
            "annotations": annotations,
        },
        "boxes-metadata": {
            "objects": [{"confidence": 1}] * len(annotations),
            "class-map": {str(number): name for number, name in enumerate(model.classes)},
            **_metadata(_DETECTION, model.created_at),
        },
    }


def _sides(box: Box, width: int, height: int) -> dict[str, int]:
    """Return a box in pixels: within the picture, and not smaller than Rekognition accepts."""
    left, right = _interval(box.left, box.width, width)
    top, bottom = _interval(box.top, box.height, height)
    return {"left": left, "top": top, "width": right - left, "height": bottom - top}


def _interval(start: float, length: float, pixels: int) -> tuple[int, int]:
    first = min(round(start * pixels), pixels - MIN_BOX_SIDE)
    last = min(round((start + length) * pixels), pixels)
    return first, max(last, first + MIN_BOX_SIDE)


def _metadata(kind: str, time: datetime) -> dict[str, Any]:
    created = time.replace(tzinfo=None).isoformat(timespec="microseconds")
    return {"type": kind, "human-annotated": "yes", "creation-date": created, "job-name": _JOB}
