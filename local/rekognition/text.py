"""DetectText: lines, their words, and the request's filters."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from local.rekognition.analysis import ImageAnalysis, Request, Response
from local.rekognition.detectors import ocr
from local.rekognition.geometry import Box, intersection, to_points

MAX_WORDS = 100  # source: Rekognition, "Guidelines and quotas"
DEFAULT_MIN_CONFIDENCE = 80.0  # of a WordFilter without one


def detect_text(request: Request, analysis: ImageAnalysis) -> Response:
    filters = request.get("Filters", {})
    detections: list[dict[str, Any]] = []
    words: list[tuple[int, ocr.Text]] = []
    for line in analysis.lines:
        kept = [word for word in line.words or [line] if _matches(word, filters)]
        if kept and len(words) < MAX_WORDS:
            words += [(len(detections), word) for word in kept]
            detections.append(_to_wire(line, "LINE", len(detections)))
    for parent, word in words[:MAX_WORDS]:
        detections.append(_to_wire(word, "WORD", len(detections)) | {"ParentId": parent})
    return {"TextDetections": detections, "TextModelVersion": ocr.VERSION}


def _matches(word: ocr.Text, filters: dict[str, Any]) -> bool:
    word_filter, regions = filters.get("WordFilter"), filters.get("RegionsOfInterest")
    if word_filter is not None and (
        word.confidence < word_filter.get("MinConfidence", DEFAULT_MIN_CONFIDENCE)
        or word.box.height < word_filter.get("MinBoundingBoxHeight", 0)
        or word.box.width < word_filter.get("MinBoundingBoxWidth", 0)
    ):
        return False
    return not regions or any(_is_in_region(word.box, region) for region in regions)


def _is_in_region(box: Box, region: dict[str, Any]) -> bool:
    """Return whether more than half of the box is in the region (API Reference, RegionOfInterest)."""
    if "Polygon" not in region:
        bounds = region.get("BoundingBox", {})
        area = Box(*(float(bounds.get(name, 0)) for name in ("Left", "Top", "Width", "Height")))
        return intersection(box, area) > box.area / 2
    corners = [(point.get("X", 0.0), point.get("Y", 0.0)) for point in region["Polygon"]]
    if len(corners) < 3:
        return False
    own = np.array([[point["X"], point["Y"]] for point in box.to_polygon()], dtype=np.float32)
    shared, _ = cv2.intersectConvexConvex(own, cv2.convexHull(np.array(corners, dtype=np.float32)))
    return shared > box.area / 2


def _to_wire(text: ocr.Text, kind: str, number: int) -> dict[str, Any]:
    return {
        "DetectedText": text.text,
        "Type": kind,
        "Id": number,
        "Confidence": text.confidence,
        "Geometry": {"BoundingBox": text.box.to_wire(), "Polygon": to_points(text.polygon)},
    }
