"""The emulator with a clock and background tasks that run when a test says so, and drawn pictures."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from local.rekognition.custom_labels.resources import SETTLE_SECONDS, ResourceStore
from local.rekognition.custom_labels.service import CustomLabels
from local.rekognition.custom_labels.training import Storage
from local.rekognition.geometry import Box
from local.rekognition.service import Rekognition
from tests.unit.local.rekognition.support import MemoryStorage, client_of

BUCKET = "pictures"
START = 1_700_000_000.0  # seconds since the epoch
SIZE = (400, 300)


@dataclass
class Lab:
    """The emulator, its client and everything around it."""

    storage: MemoryStorage
    store: ResourceStore = field(default_factory=ResourceStore)
    now: float = START
    tasks: list[Callable[[], None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        storage = Storage(self.storage.read, self.storage.write)
        service = CustomLabels(storage, self.store, lambda: self.now, self.tasks.append)
        self.rekognition = Rekognition(self.storage.read, custom_labels=service)
        self.client = client_of(self.rekognition)

    def run(self) -> None:
        """Run what was submitted to the background."""
        while self.tasks:
            self.tasks.pop(0)()

    def settle(self) -> None:
        self.now += SETTLE_SECONDS

    def draw(self, kind: str, seed: int) -> tuple[str, Box]:
        """Put a picture of a circle or a triangle into the bucket. Return its URL, and where the shape is."""
        data, box = draw(kind, seed)
        key = f"{kind}-{seed}.png"
        self.storage.objects[BUCKET, key] = data
        return f"s3://{BUCKET}/{key}", box

    def put_manifest(self, key: str, lines: Iterable[str]) -> dict[str, Any]:
        self.storage.objects[BUCKET, key] = "\n".join(lines).encode()
        return {"GroundTruthManifest": {"S3Object": {"Bucket": BUCKET, "Name": key}}}

    def create_project(self, name: str = "shapes") -> str:
        arn: str = self.client.create_project(ProjectName=name)["ProjectArn"]
        return arn

    def create_dataset(self, project: str, kind: str, lines: Iterable[str]) -> str:
        """Create a dataset from lines, and wait until it is complete."""
        source = self.put_manifest(f"{kind}.manifest", lines)
        response = self.client.create_dataset(ProjectArn=project, DatasetType=kind, DatasetSource=source)
        self.run()
        arn: str = response["DatasetArn"]
        return arn

    def create_version(self, project: str, name: str = "v1", **options: Any) -> str:
        output = {"S3Bucket": "results", "S3KeyPrefix": "models/"}
        arn: str = self.client.create_project_version(
            ProjectArn=project, VersionName=name, **{"OutputConfig": output, **options}
        )["ProjectVersionArn"]
        return arn

    def describe_version(self, project: str) -> dict[str, Any]:
        (version,) = self.client.describe_project_versions(ProjectArn=project)["ProjectVersionDescriptions"]
        found: dict[str, Any] = version
        return found

    def read_json(self, location: dict[str, Any]) -> Any:
        place = location["S3Object"]
        return json.loads(self.storage.objects[place["Bucket"], place["Name"]])


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


@pytest.fixture
def lab(storage: MemoryStorage) -> Lab:
    return Lab(storage)


@pytest.fixture
def labeled(lab: Lab) -> Callable[[range], list[str]]:
    """Draw pictures of both kinds with these seeds, and return their lines."""

    def lines(seeds: range) -> list[str]:
        return [
            label_line(lab.draw(kind, seed)[0], kind) for seed in seeds for kind in ("circle", "triangle")
        ]

    return lines
