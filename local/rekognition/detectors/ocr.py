"""Read text with RapidOCR and the models of its package."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from cv2.typing import MatLike

from local.rekognition.geometry import Box

VERSION = "local-rapidocr-3"
MAX_TEXT_SIDE = 2000  # pixels: RapidOCR's own limit
MIN_CHARACTER_SCORE = 0.9  # single characters below this are often circles, such as eyes, read as O or 0

Polygon = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Text:
    """A line or a word. Its polygon is in ratios of the image and starts at the text's upper left."""

    text: str
    confidence: float  # percent
    polygon: Polygon
    words: tuple[Text, ...] = ()  # of a line

    @property
    def box(self) -> Box:
        xs, ys = [x for x, _ in self.polygon], [y for _, y in self.polygon]
        return Box(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


class TextReader:
    """RapidOCR, loaded on first use because that takes a second."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # RapidOCR keeps the settings of a call in the instance
        self._engine: Any = None

    def read(self, pixels: MatLike) -> list[Text]:
        with self._lock:
            if self._engine is None:
                from rapidocr import RapidOCR

                settings = {"Global.log_level": "critical", "Global.return_word_box": True}
                self._engine = RapidOCR(params=settings)
            result = self._engine(pixels)
        if result.txts is None or result.boxes is None:
            return []
        height, width = pixels.shape[:2]
        size = np.array([width, height])
        parts = result.word_results or [()] * len(result.txts)
        return [
            _to_line(text, float(score), np.asarray(box) / size, line_parts, size)
            for text, score, box, line_parts in zip(
                result.txts, result.scores, result.boxes, parts, strict=True
            )
            if len(text.strip()) > 1 or score >= MIN_CHARACTER_SCORE
        ]


def _to_line(text: str, score: float, box: MatLike, parts: Sequence[Any], size: MatLike) -> Text:
    """Join RapidOCR's parts to words as Rekognition defines them: separated by spaces."""
    remaining = [(str(part[0]), float(part[1]), np.asarray(part[2]) / size) for part in parts if part]
    words = []
    for word in text.split():
        used: list[tuple[str, float, MatLike]] = []
        while remaining and len("".join(part[0] for part in used)) < len(word):
            used.append(remaining.pop(0))
        if not used:
            break
        first, last = used[0][2], used[-1][2]
        corners = np.array([first[0], last[1], last[2], first[3]])
        words.append(Text(word, 100 * min(part[1] for part in used), _to_polygon(corners)))
    return Text(text, score * 100, _to_polygon(box), tuple(words))


def _to_polygon(corners: MatLike) -> Polygon:
    return tuple((float(min(1, max(0, x))), float(min(1, max(0, y)))) for x, y in corners)
