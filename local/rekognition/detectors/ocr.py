"""Read text with RapidOCR and the models of its package."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from cv2.typing import MatLike

from local.rekognition.geometry import Box
from local.rekognition.images import decode_pixels

VERSION = "local-rapidocr-3"
# Pixels. RapidOCR's own limit is 2000: measured with a page of 10 point text, that finds no more words, and
# takes twice the memory.
MAX_TEXT_SIDE = 1280
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


SETTINGS = {
    "Global.log_level": "critical",
    "Global.return_word_box": True,
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,  # leaves the other cores to the other detectors
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    "EngineConfig.onnxruntime.enable_cpu_mem_arena": False,  # see onnx_session.py
}


class TextReader:
    """Reads one image at a time, first come, first served: a picture takes up to 3 seconds and 250 MB.

    RapidOCR is loaded on first use, because that takes another second.
    """

    def __init__(self) -> None:
        self._queue = ThreadPoolExecutor(1, "ocr")
        self._engine: Any = None

    def read(self, data: bytes) -> list[Text]:
        """Return the lines of an encoded image. Raises RekognitionError if it can't be decoded."""
        return self._queue.submit(self._read, data).result()

    def _read(self, data: bytes) -> list[Text]:
        pixels = decode_pixels(data, MAX_TEXT_SIDE)  # in its turn, so that waiting images take little memory
        if self._engine is None:
            from rapidocr import RapidOCR

            self._engine = RapidOCR(params=SETTINGS)
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
