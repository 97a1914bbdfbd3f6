"""Drawn pictures of circles and triangles, and their lines in manifests."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from local.rekognition.geometry import Box

SIZE = (400, 300)


def draw(kind: str, seed: int) -> tuple[bytes, Box]:
    """Draw a circle or a triangle of random color, size and place. Return a PNG, and where the shape is."""
    random = np.random.default_rng(seed)
    grains = random.integers(80, 176, (6, 8, 3), dtype=np.uint8)
    image = Image.fromarray(grains).resize(SIZE, Image.Resampling.BICUBIC)
    width, height = SIZE
    radius = int(random.integers(40, 90))
    x, y = int(random.integers(radius, width - radius)), int(random.integers(radius, height - radius))
    color = tuple(int(value) for value in random.integers(0, 256, 3))
    left, top, right, bottom = x - radius, y - radius, x + radius, y + radius
    pencil = ImageDraw.Draw(image)
    if kind == "circle":
        pencil.ellipse((left, top, right, bottom), color)
    else:
        pencil.polygon([(x, top), (left, bottom), (right, bottom)], color)
    with io.BytesIO() as buffer:
        image.save(buffer, "PNG")
        return buffer.getvalue(), Box.from_pixels((left, top, 2 * radius, 2 * radius), width, height)


def label_line(url: str, *labels: str) -> str:
    """Return a manifest's line with labels of the picture as a whole."""
    line: dict[str, Any] = {"source-ref": url}
    for label in labels:
        line[label] = 1
        line[f"{label}-metadata"] = {
            "class-name": label,
            "confidence": 1,
            "type": "groundtruth/image-classification",
            "human-annotated": "yes",
            "creation-date": "2026-11-01T00:00:00",
            "job-name": "tags",
        }
    return json.dumps(line)


def box_line(url: str, *boxes: tuple[str, Box]) -> str:
    """Return a manifest's line with boxes."""
    width, height = SIZE
    names = sorted({name for name, _ in boxes})
    annotations = [
        {
            "class_id": names.index(name),
            "left": round(box.left * width),
            "top": round(box.top * height),
            "width": round(box.width * width),
            "height": round(box.height * height),
        }
        for name, box in boxes
    ]
    value = {"image_size": [{"width": width, "height": height, "depth": 3}], "annotations": annotations}
    metadata = {
        "objects": [{"confidence": 1} for _ in boxes],
        "class-map": {str(number): name for number, name in enumerate(names)},
        "type": "groundtruth/object-detection",
        "human-annotated": "yes",
        "creation-date": "2026-11-01T00:00:00",
        "job-name": "tags",
    }
    return json.dumps({"source-ref": url, "bounding-box": value, "bounding-box-metadata": metadata})
