"""Rekognition's projects in memory: what was created stays in progress until a test says otherwise."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from trainer.projects import DatasetState, DatasetType, ProjectState, VersionState

VERSION = "arn:aws:rekognition:us-east-1:123456789012:project/stack-a/version/1/1"


@dataclass
class FakeProjects:
    """The methods of `Projects`. `calls` has those that change something, with their last argument."""

    projects: dict[str, ProjectState] = field(default_factory=dict)
    versions: dict[str, VersionState] = field(default_factory=dict)  # by the project's ARN
    calls: list[tuple[str, str]] = field(default_factory=list)
    error: Exception | None = None  # of the next call that changes something

    def project(self, name: str) -> ProjectState | None:
        return self.projects.get(name)

    def create_project(self, name: str) -> None:
        self._call("create_project", name)
        self.projects[name] = ProjectState(f"arn:{name}", "CREATED")

    def create_dataset(self, project: str, dataset_type: DatasetType, manifest_key: str) -> None:
        self._call("create_dataset", manifest_key)
        name = project.removeprefix("arn:")
        state = DatasetState(f"{project}/{dataset_type}", "CREATE_IN_PROGRESS", "")
        found = self.projects[name]
        self.projects[name] = replace(found, datasets={**found.datasets, dataset_type: state})

    def train(self, project: str, output_prefix: str) -> None:
        self._call("train", output_prefix)
        self.versions[project] = VersionState(VERSION, "TRAINING_IN_PROGRESS", "")

    def version(self, project: str) -> VersionState | None:
        return self.versions.get(project)

    def start(self, version: str) -> None:
        self._call("start", version)
        self.set_version(status="STARTING")

    def stop(self, version: str) -> None:
        self._call("stop", version)
        self.set_version(status="STOPPING")

    def delete_version(self, version: str) -> None:
        self._call("delete_version", version)
        self.versions.clear()

    def delete_dataset(self, dataset: str) -> None:
        self._call("delete_dataset", dataset)
        for name, found in self.projects.items():
            left = {key: each for key, each in found.datasets.items() if each.arn != dataset}
            self.projects[name] = replace(found, datasets=left)

    def delete_project(self, project: str) -> None:
        self._call("delete_project", project)
        del self.projects[project.removeprefix("arn:")]

    def set_datasets(self, status: str, message: str = "") -> None:
        """Give all datasets a status."""
        for name, found in self.projects.items():
            states = {key: DatasetState(each.arn, status, message) for key, each in found.datasets.items()}
            self.projects[name] = replace(found, datasets=states)

    def set_version(self, **changes: Any) -> None:
        """Change the version."""
        ((project, version),) = self.versions.items()
        self.versions[project] = replace(version, **changes)

    def _call(self, name: str, argument: str) -> None:
        if self.error:
            error, self.error = self.error, None
            raise error
        self.calls.append((name, argument))
