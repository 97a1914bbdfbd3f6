"""Projects, their datasets and their versions, which are trained models."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, TypeVar

from local.rekognition.errors import RekognitionError
from local.template.names import arn

# How long a project is created, and a version is started or stopped; on AWS, minutes
SETTLE_SECONDS = 2.0
_SETTLED = {"CREATING": "CREATED", "STARTING": "RUNNING", "STOPPING": "STOPPED"}


class ResourceStore:
    """Keeps nothing. A subclass stores the resources."""

    def load(self) -> Iterable[tuple[str, str, dict[str, Any]]]:
        """Return kind, ARN and document of each resource, oldest first."""
        return ()

    def put(self, kind: str, arn: str, document: Mapping[str, Any]) -> None:
        """Store a new or changed resource."""

    def remove(self, arn: str) -> None:
        """Discard a resource."""


@dataclass
class Resource:
    kind: ClassVar[str]
    arn: str
    created_at: float  # seconds since the epoch
    status: str
    settles_at: float | None = None  # when the status changes on its own

    def settle(self, now: float) -> bool:
        """Change the status if its time has come. Return whether it did."""
        if self.settles_at is None or now < self.settles_at:
            return False
        self.status, self.settles_at = _SETTLED[self.status], None
        return True


@dataclass
class Project(Resource):
    kind = "project"

    @property
    def name(self) -> str:
        return _project_name(self)


@dataclass
class Dataset(Resource):
    kind = "dataset"
    updated_at: float = 0.0
    message: str = ""
    message_code: str = ""
    lines: list[str] = field(default_factory=list)

    @property
    def type(self) -> str:
        return self.arn.split("/")[3].upper()

    @property
    def is_busy(self) -> bool:
        return self.status.endswith("_IN_PROGRESS")


@dataclass
class Version(Resource):
    kind = "version"
    message: str = ""
    access_key: str = ""  # of the caller that trains it
    output: dict[str, str] = field(default_factory=dict)  # OutputConfig
    description: str = ""
    train_lines: list[str] = field(default_factory=list)
    test_lines: list[str] = field(default_factory=list)
    sources: dict[str, Any] = field(default_factory=dict)  # TrainingData and TestingData of the request
    results: dict[str, Any] = field(default_factory=dict)  # further members of the description
    inference_units: dict[str, int] = field(default_factory=dict)
    model: dict[str, Any] | None = None

    @property
    def name(self) -> str:
        return self.arn.split("/")[3]


T = TypeVar("T", bound=Resource)


class Resources:
    """All resources by ARN, oldest first. Whoever reads or changes one holds `lock`."""

    def __init__(self, store: ResourceStore, clock: Callable[[], float] = time.time) -> None:
        self.lock = threading.RLock()
        self.clock = clock
        self._store = store
        self._items: dict[str, Resource] = {}
        kinds: dict[str, type[Resource]] = {item.kind: item for item in (Project, Dataset, Version)}
        for kind, name, document in store.load():
            self._items[name] = kinds[kind](**document)

    def fail_unfinished(self, message: str) -> None:
        """Let every import and training that is in progress fail with a message."""
        for item in self._items.values():
            if isinstance(item, Dataset | Version) and item.status.endswith("_IN_PROGRESS"):
                item.status = item.status.replace("_IN_PROGRESS", "_FAILED")
                item.message = message
                self.save(item)

    def new_arn(self, path: str) -> str:
        """Return an ARN that ends with the time in milliseconds, which no other resource has."""
        number = int(self.clock() * 1000)
        taken = {int(name.rpartition("/")[2]) for name in self._items}
        while number in taken:
            number += 1
        return arn("rekognition", f"{path}/{number}")

    def save(self, resource: Resource) -> None:
        self._items[resource.arn] = resource
        self._store.put(resource.kind, resource.arn, asdict(resource))

    def remove(self, resource: Resource) -> None:
        del self._items[resource.arn]
        self._store.remove(resource.arn)

    def project(self, name: str) -> Project:
        return self._get(name, Project)

    def dataset(self, name: str) -> Dataset:
        return self._get(name, Dataset)

    def version(self, name: str) -> Version:
        return self._get(name, Version)

    def find_version(self, name: str) -> Version | None:
        """Return the version, or None if there is none."""
        found = self._items.get(name)
        return self._settled(found) if isinstance(found, Version) else None

    def projects(self) -> list[Project]:
        return [self._settled(item) for item in self._items.values() if isinstance(item, Project)]

    def datasets_of(self, project: Project) -> list[Dataset]:
        return [item for item in self._of(project) if isinstance(item, Dataset)]

    def versions_of(self, project: Project) -> list[Version]:
        return [self._settled(item) for item in self._of(project) if isinstance(item, Version)]

    def versions(self) -> list[Version]:
        return [self._settled(item) for item in self._items.values() if isinstance(item, Version)]

    def project_of(self, resource: Dataset | Version) -> Project:
        (found,) = (item for item in self.projects() if item.name == _project_name(resource))
        return found

    def _of(self, project: Project) -> list[Resource]:
        return [item for item in self._items.values() if _project_name(item) == project.name]

    def _get(self, name: str, kind: type[T]) -> T:
        found = self._items.get(name)
        if not isinstance(found, kind):
            raise RekognitionError.from_code("ResourceNotFoundException", f"there is no {kind.kind} {name}.")
        return self._settled(found)

    def _settled(self, resource: T) -> T:
        if resource.settle(self.clock()):
            self.save(resource)
        return resource


def _project_name(resource: Resource) -> str:
    """Return the name of the project that a resource is or belongs to. No two projects have the same name."""
    return resource.arn.split("/")[1]
