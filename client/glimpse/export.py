"""Exports of images: the same columns and lines as the page's."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from glimpse.models import Image

BYTE_ORDER_MARK = "\ufeff"  # without it, Excel doesn't read UTF-8
_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")  # a spreadsheet would calculate it
_EXPIRING = ("thumbnailUrl",)  # in minutes
COLUMNS: dict[str, Callable[[Any], Any]] = {
    "id": lambda image: image["id"],
    "file name": lambda image: image["fileName"],
    "status": lambda image: image["status"],
    "type": lambda image: image["contentType"],
    "bytes": lambda image: image["size"],
    "width": lambda image: image["width"],
    "height": lambda image: image["height"],
    "added": lambda image: image["uploadedAt"],
    "processed": lambda image: image["processedAt"],
    "taken": lambda image: image["takenAt"],
    "camera": lambda image: image["camera"],
    "people": lambda image: image["people"],
    "colors": lambda image: image["colors"],
    "labels": lambda image: [f"{each['name']} {_percent(each['confidence'])}%" for each in image["labels"]],
    "flags": lambda image: image["flags"],
    "tags": lambda image: image["tags"],
    "favorite": lambda image: image["favorite"],
    "caption": lambda image: image["caption"],
    "decision": lambda image: (image["decision"] or {}).get("value"),
    "by": lambda image: (image["decision"] or {}).get("by"),
    "at": lambda image: (image["decision"] or {}).get("at"),
    "reason": lambda image: image.get("reason", {}).get("message"),
}


def json_document(image: Image) -> dict[str, Any]:
    """Return an image without what expires."""
    return {name: value for name, value in image.items() if name not in _EXPIRING}


def json_lines(images: Iterable[Image]) -> Iterator[str]:
    """Yield a line of JSON for each image."""
    for image in images:
        yield json.dumps(json_document(image), ensure_ascii=False, separators=(",", ":")) + "\n"


def csv_lines(images: Iterable[Image]) -> Iterator[str]:
    """Yield the heading and a line for each image, as RFC 4180 says; nothing if there is none."""
    heading = BYTE_ORDER_MARK
    for image in images:
        if heading:
            yield heading + _line(COLUMNS)
            heading = ""
        yield _line(read(image) for read in COLUMNS.values())


def _line(values: Iterable[Any]) -> str:
    with io.StringIO() as line:
        csv.writer(line).writerow(_cell(value) for value in values)
        return line.getvalue()


def _cell(value: Any) -> str:
    text = "; ".join(str(each) for each in value) if isinstance(value, list) else _text(value)
    return f"'{text}" if _FORMULA.match(text) else text


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _percent(confidence: float) -> str:
    """Return a number with at most one decimal, as JavaScript's Math.round does it."""
    return f"{math.floor(confidence * 10 + 0.5) / 10:g}"
