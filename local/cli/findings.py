"""Format what was found in a picture as tables for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Row = tuple[str, str, str]  # name, percent, box

# The lists that a result can have, as people call what is in them.
_NAMES = {
    "Labels": "labels",
    "FaceDetails": "faces",
    "TextDetections": "text",
    "CelebrityFaces": "celebrities",
    "Persons": "people with protective equipment",
    "CustomLabels": "labels of the custom model",
    "ModerationLabels": "sensitive content",
}
_HEADINGS = {
    "Label": "Labels",
    "Label of the custom model": "CustomLabels",
    "Face": "FaceDetails",
    "Text": "TextDetections",
    "Sensitive content": "ModerationLabels",
    "Celebrity": "CelebrityFaces",
    "Person": "Persons",
}


def format_findings(result: Mapping[str, Any]) -> list[str]:
    """Return a table for each kind of finding, and a line about the kinds of which there are none."""
    lines: list[str] = []
    for heading, key in _HEADINGS.items():
        rows = list(_rows(key, result.get(key, ())))
        if rows:
            lines += [*_format_table((heading, "Confidence", "Box (left, top, width, height)"), rows), ""]
    colors = result.get("ImageProperties", {}).get("DominantColors", ())
    if colors:
        rows = [
            (f"{color['HexCode']} {color['CSSColor']}", _percent(color["PixelPercent"]), "")
            for color in colors
        ]
        lines += [*_format_table(("Color", "Pixels", ""), rows), ""]
    missing = [name for key, name in _NAMES.items() if key in result and not result[key]]
    if missing:
        lines += [f"Not found: {', '.join(missing)}", ""]
    return lines[:-1]


def _rows(key: str, findings: Iterable[Mapping[str, Any]]) -> Iterator[Row]:
    for number, finding in enumerate(findings, 1):
        percent = _percent(finding.get("Confidence", finding.get("MatchConfidence", 0)))
        if key == "Labels":
            boxes = [instance["BoundingBox"] for instance in finding["Instances"]] or [None]
            yield finding["Name"], percent, _format_box(boxes[0])
            yield from (("", "", _format_box(box)) for box in boxes[1:])
        elif key == "TextDetections":
            if finding["Type"] == "LINE":  # its words are in it
                yield finding["DetectedText"], percent, _format_box(finding["Geometry"]["BoundingBox"])
        else:
            face = finding.get("Face", finding)
            box = face.get("BoundingBox") or finding.get("Geometry", {}).get("BoundingBox")
            yield finding.get("Name", str(number)), percent, _format_box(box)


def _format_table(heading: Row, rows: Iterable[Row]) -> list[str]:
    table = [heading, *rows]
    widths = [max(len(row[column]) for row in table) for column in (0, 1)]
    return [f"{name:<{widths[0]}}  {percent:>{widths[1]}}  {box}".rstrip() for name, percent, box in table]


def _percent(value: float) -> str:
    return f"{value:.1f} %"


def _format_box(box: Mapping[str, float] | None) -> str:
    """Return a box in percent of the image's width and height."""
    return ", ".join(f"{box[side]:.0%}" for side in ("Left", "Top", "Width", "Height")) if box else ""
