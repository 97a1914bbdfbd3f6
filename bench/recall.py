"""Measure how many of the objects in four photos the local engine finds, for each label.

With a folder as the argument, list what it finds in each photo there, for a person to judge.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from local.rekognition.geometry import Box, iou  # noqa: E402 -- needs the path set above
from local.rekognition.service import Rekognition  # noqa: E402

_MIN_IOU = 0.5  # of a box that counts as found, as in most measurements of detectors
_MIN_CONFIDENCE = 50
_MIN_RECALL = 0.75  # in total; the rest are known: a face in profile and a spoon
# What is in the photos: left, top, right and bottom in pixels, drawn by hand.
_OBJECTS = {
    "web/samples/astronaut.jpg": [("Person", (20, 14, 362, 512)), ("Face", (175, 60, 275, 185))],
    "bench/pictures/camera.jpg": [("Person", (0, 63, 332, 512)), ("Face", (195, 95, 270, 200))],
    "web/samples/chelsea.jpg": [("Cat", (0, 0, 395, 300))],
    "web/samples/coffee.jpg": [
        ("Cup", (172, 17, 408, 310)),
        ("Dining Table", (0, 0, 600, 400)),
        ("Spoon", (322, 65, 425, 328)),
    ],
}


def list_findings(folder: Path) -> int:
    """Print the labels of each photo, and how many photos have one."""
    emulator = Rekognition(lambda _, name, *__: Path(name).read_bytes())
    photos = [path for path in sorted(folder.rglob("*")) if path.suffix.lower() in (".jpg", ".jpeg", ".png")]
    labeled = total = 0
    for path in photos:
        try:
            found = Counter(label for label, _ in _detect(emulator, path))
        except RuntimeError as error:  # for example too small
            print(f"{path.relative_to(folder)}: {error}")
            continue
        total += 1
        labeled += bool(found)
        listed = ", ".join(f"{count} × {label}" for label, count in found.most_common())
        print(f"{path.relative_to(folder)}: {listed or 'nothing'}")
    print(f"{labeled} of {total} photos have a label")
    return 0


def main() -> int:
    """Print a table; return 1 if the total recall is below the limit."""
    emulator = Rekognition(lambda _, name, *__: Path(name).read_bytes())
    present: Counter[str] = Counter()
    found: Counter[str] = Counter()
    extra: Counter[str] = Counter()
    for name, objects in _OBJECTS.items():
        path = ROOT / name
        size = Image.open(path).size
        detected = _detect(emulator, path)
        for label, (left, top, right, bottom) in objects:
            box = Box.from_pixels((left, top, right - left, bottom - top), *size)
            best = max(
                detected, key=lambda item: iou(item[1], box) if item[0] == label else 0.0, default=None
            )
            present[label] += 1
            if best and best[0] == label and iou(best[1], box) >= _MIN_IOU:
                found[label] += 1
                detected.remove(best)
        extra.update(label for label, _ in detected)
    print(f"{'label':<16}{'in the photos':>14}{'found':>7}{'recall':>8}{'wrong':>7}")
    for label in sorted(present | extra):
        print(_format_row(label, present[label], found[label], extra[label]))
    print(_format_row("total", present.total(), found.total(), extra.total()))
    return int(found.total() / present.total() < _MIN_RECALL)


def _detect(emulator: Rekognition, path: Path) -> list[tuple[str, Box]]:
    """Return the label and the box of everything that DetectLabels and DetectFaces find."""
    image = {"Image": {"S3Object": {"Bucket": "photos", "Name": str(path)}}}
    labels = _call(emulator, "DetectLabels", {**image, "MinConfidence": _MIN_CONFIDENCE})["Labels"]
    faces = _call(emulator, "DetectFaces", image)["FaceDetails"]
    boxes = [(label["Name"], item["BoundingBox"]) for label in labels for item in label["Instances"]]
    boxes += [("Face", face["BoundingBox"]) for face in faces]
    return [(name, Box(box["Left"], box["Top"], box["Width"], box["Height"])) for name, box in boxes]


def _call(emulator: Rekognition, operation: str, request: dict[str, Any]) -> dict[str, Any]:
    status, response = emulator(operation, json.dumps(request).encode(), "bench")
    if status != 200:
        raise RuntimeError(f"{operation}: {response['Message']}")
    return response


def _format_row(label: str, present: int, found: int, extra: int) -> str:
    recall = f"{found / present:.0%}" if present else ""
    return f"{label:<16}{present:>14}{found:>7}{recall:>8}{extra:>7}"


if __name__ == "__main__":
    raise SystemExit(list_findings(Path(sys.argv[1])) if sys.argv[1:] else main())
