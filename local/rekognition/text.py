"""DetectText: lines and words, read by RapidOCR with the models of its own package."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from local.rekognition.geometry import Box, points
from local.rekognition.images import decode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cv2.typing import MatLike

    from local.rekognition.engine import Answer, Request, Scene

VERSION = "local-rapidocr-3"
MOST_WORDS = 100
READING_SIDE = 2000  # pixels: the reader's own limit
DEFAULT_WORD_CONFIDENCE = 80.0  # of a WordFilter that names none
_LONE_CHARACTER_SCORE = 0.9  # a circle of any kind, such as an eye, is read as an O or 0 with less

Polygon = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Piece:
    """A line or a word; the polygon is in ratios of the picture, from the text's own upper left."""

    text: str
    confidence: float
    polygon: Polygon

    @property
    def box(self) -> Box:
        across, down = [x for x, _ in self.polygon], [y for _, y in self.polygon]
        return Box(min(across), min(down), max(across) - min(across), max(down) - min(down))


@dataclass(frozen=True)
class Line:
    whole: Piece
    words: tuple[Piece, ...]


class Reader:
    """RapidOCR, loaded when the first text is asked for, since that takes a second."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # it keeps settings of a call in itself
        self._engine: Any = None

    def read(self, pixels: MatLike) -> list[Line]:
        with self._lock:
            if self._engine is None:
                from rapidocr import RapidOCR

                settings = {"Global.log_level": "critical", "Global.return_word_box": True}
                self._engine = RapidOCR(params=settings)
            result = self._engine(pixels)
        if result.txts is None or result.boxes is None:
            return []
        height, width = pixels.shape[:2]
        scale = np.array([width, height])
        words = result.word_results or [()] * len(result.txts)
        return [
            _line(text, float(score), np.asarray(box) / scale, parts, scale)
            for text, score, box, parts in zip(result.txts, result.scores, result.boxes, words, strict=True)
            if len(text.strip()) > 1 or score >= _LONE_CHARACTER_SCORE
        ]


def detect_text(request: Request, scene: Scene) -> Answer:
    pixels = decode(scene.sight.picture.data, READING_SIDE)
    filters = request.get("Filters", {})
    lines = [kept for line in scene.engine.reader.read(pixels) if (kept := _filtered(line, filters))]
    detections: list[dict[str, Any]] = []
    words: list[tuple[int, Piece]] = []
    for line in lines:
        if len(words) >= MOST_WORDS:
            break
        words += [(len(detections), word) for word in line.words]
        detections.append(_wire(line.whole, "LINE", len(detections)))
    for parent, word in words[:MOST_WORDS]:
        detections.append(_wire(word, "WORD", len(detections)) | {"ParentId": parent})
    return {"TextDetections": detections, "TextModelVersion": VERSION}


def _line(text: str, score: float, box: MatLike, parts: Sequence[Any], scale: MatLike) -> Line:
    """Join what the reader split to words as Rekognition has them: what stands between spaces."""
    whole = Piece(text, score * 100, _polygon(box))
    pieces = [(str(part[0]), float(part[1]), np.asarray(part[2]) / scale) for part in parts if part]
    words = []
    for word in text.split():
        taken: list[tuple[str, float, MatLike]] = []
        while pieces and len("".join(piece[0] for piece in taken)) < len(word):
            taken.append(pieces.pop(0))
        if not taken:
            break
        first, last = taken[0][2], taken[-1][2]
        corners = np.array([first[0], last[1], last[2], first[3]])
        words.append(Piece(word, 100 * min(piece[1] for piece in taken), _polygon(corners)))
    return Line(whole, tuple(words) or (whole,))


def _polygon(corners: MatLike) -> Polygon:
    return tuple((float(min(1, max(0, x))), float(min(1, max(0, y)))) for x, y in corners)


def _filtered(line: Line, filters: dict[str, Any]) -> Line | None:
    """Keep the words that pass, and the line if there are any."""
    words = line.words
    word_filter = filters.get("WordFilter")
    if word_filter is not None:
        least = word_filter.get("MinConfidence", DEFAULT_WORD_CONFIDENCE)
        words = tuple(
            word
            for word in words
            if word.confidence >= least
            and word.box.height >= word_filter.get("MinBoundingBoxHeight", 0)
            and word.box.width >= word_filter.get("MinBoundingBoxWidth", 0)
        )
    regions = filters.get("RegionsOfInterest")
    if regions:
        words = tuple(word for word in words if any(_mostly_in(word.box, region) for region in regions))
    return Line(line.whole, words) if words else None


def _mostly_in(box: Box, region: dict[str, Any]) -> bool:
    """More than half of it, as the documentation of RegionOfInterest says."""
    if "Polygon" in region:
        corners = [(point.get("X", 0.0), point.get("Y", 0.0)) for point in region["Polygon"]]
    else:
        bounds = region.get("BoundingBox", {})
        area = Box(*(float(bounds.get(name, 0)) for name in ("Left", "Top", "Width", "Height")))
        return box.shared(area) > box.area / 2
    if len(corners) < 3:
        return False
    own = np.array([[point["X"], point["Y"]] for point in box.corners()], dtype=np.float32)
    shared, _ = cv2.intersectConvexConvex(own, cv2.convexHull(np.array(corners, dtype=np.float32)))
    return shared > box.area / 2


def _wire(piece: Piece, kind: str, number: int) -> dict[str, Any]:
    return {
        "DetectedText": piece.text,
        "Type": kind,
        "Id": number,
        "Confidence": piece.confidence,
        "Geometry": {"BoundingBox": piece.box.wire(), "Polygon": points(piece.polygon)},
    }
