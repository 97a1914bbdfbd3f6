"""The emulator with a clock and background tasks that run when a test says so, and drawn pictures."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest

from local.rekognition.custom_labels.resources import SETTLE_SECONDS, ResourceStore
from local.rekognition.custom_labels.service import CustomLabels
from local.rekognition.custom_labels.training import Storage
from local.rekognition.geometry import Box
from local.rekognition.service import Rekognition
from tests.shapes import draw, label_line
from tests.unit.local.rekognition.support import MemoryStorage, client_of

BUCKET = "pictures"
START = 1_700_000_000.0  # seconds since the epoch


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
