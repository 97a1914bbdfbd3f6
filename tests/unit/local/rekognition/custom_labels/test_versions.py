"""The states of versions, and what is possible in each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest

from local.rekognition.custom_labels.resources import ResourceStore
from tests.unit.local.rekognition.custom_labels.conftest import Lab
from tests.unit.local.rekognition.custom_labels.test_projects import code_of
from tests.unit.local.rekognition.support import IMAGE, MemoryStorage

Lines = Callable[[range], list[str]]


class MemoryStore(ResourceStore):
    """What would be in the file."""

    def __init__(self) -> None:
        self.rows: dict[str, tuple[str, Any]] = {}

    def load(self) -> Iterable[tuple[str, str, dict[str, Any]]]:
        return [(kind, arn, document) for arn, (kind, document) in self.rows.items()]

    def put(self, kind: str, arn: str, document: Mapping[str, Any]) -> None:
        self.rows[arn] = (kind, document)

    def remove(self, arn: str) -> None:
        del self.rows[arn]


@pytest.fixture
def lab(storage: MemoryStorage) -> Lab:
    return Lab(storage, MemoryStore())


@pytest.fixture
def project(lab: Lab, labeled: Lines) -> str:
    """A project with both datasets."""
    arn = lab.create_project()
    lab.create_dataset(arn, "TRAIN", labeled(range(2)))
    lab.create_dataset(arn, "TEST", labeled(range(10, 11)))
    return arn


def status(lab: Lab, project: str) -> tuple[str, str]:
    described = lab.describe_version(project)
    return described["Status"], described["StatusMessage"]


def test_a_version_goes_through_all_states(lab: Lab, project: str) -> None:
    client = lab.client
    version = lab.create_version(project, VersionDescription="Two shapes")
    start = {"ProjectVersionArn": version, "MinInferenceUnits": 1, "MaxInferenceUnits": 2}
    assert status(lab, project) == ("TRAINING_IN_PROGRESS", "The model is being trained.")
    assert code_of(client.start_project_version, **start) == "ResourceInUseException"
    assert code_of(client.delete_project_version, ProjectVersionArn=version) == "ResourceInUseException"
    datasets = client.describe_projects()["ProjectDescriptions"][0]["Datasets"]
    assert code_of(client.delete_dataset, DatasetArn=datasets[0]["DatasetArn"]) == "ResourceInUseException"
    lab.run()
    assert status(lab, project) == ("TRAINING_COMPLETED", "The model is ready to run.")
    assert code_of(client.stop_project_version, ProjectVersionArn=version) == "ResourceInUseException"
    assert client.start_project_version(**start)["Status"] == "STARTING"
    assert status(lab, project) == ("STARTING", "The model is starting.")
    assert code_of(client.start_project_version, **start) == "ResourceInUseException"
    lab.settle()
    assert status(lab, project) == ("RUNNING", "The model is running.")
    described = lab.describe_version(project)
    assert (described["MinInferenceUnits"], described["MaxInferenceUnits"]) == (1, 2)
    assert described["VersionDescription"] == "Two shapes"
    assert code_of(client.delete_project_version, ProjectVersionArn=version) == "ResourceInUseException"
    assert client.stop_project_version(ProjectVersionArn=version)["Status"] == "STOPPING"
    assert status(lab, project) == ("STOPPING", "The model is stopping.")
    lab.settle()
    assert status(lab, project) == ("STOPPED", "The model is stopped.")
    assert client.start_project_version(**start)["Status"] == "STARTING"
    lab.settle()
    client.stop_project_version(ProjectVersionArn=version)
    lab.settle()
    assert client.delete_project_version(ProjectVersionArn=version)["Status"] == "DELETING"
    assert client.describe_project_versions(ProjectArn=project)["ProjectVersionDescriptions"] == []


def test_only_a_running_version_recognizes(lab: Lab, project: str) -> None:
    version = lab.create_version(project)
    detect = {"ProjectVersionArn": version, "Image": IMAGE}
    assert code_of(lab.client.detect_custom_labels, **detect) == "ResourceNotReadyException"
    lab.run()
    assert code_of(lab.client.detect_custom_labels, **detect) == "ResourceNotReadyException"
    lab.client.start_project_version(ProjectVersionArn=version, MinInferenceUnits=1)
    assert code_of(lab.client.detect_custom_labels, **detect) == "ResourceNotReadyException"
    lab.settle()
    assert len(lab.client.detect_custom_labels(**detect, MinConfidence=0)["CustomLabels"]) == 2
    other = version.replace("/v1/", "/v2/")
    detect = {"ProjectVersionArn": other, "Image": IMAGE}
    assert code_of(lab.client.detect_custom_labels, **detect) == "ResourceNotFoundException"


def test_lists_versions_latest_first(lab: Lab, project: str) -> None:
    versions = []
    for name in ("v1", "v2", "v3"):
        versions.append(lab.create_version(project, name))
        lab.run()

    def names(**options: Any) -> list[str]:
        response = lab.client.describe_project_versions(ProjectArn=project, **options)
        return [item["ProjectVersionArn"] for item in response["ProjectVersionDescriptions"]]

    assert names() == versions[::-1]
    assert names(VersionNames=["v2"]) == versions[1:2]
    assert names(MaxResults=2) == versions[:0:-1]


def test_rejects_what_cannot_be_trained(lab: Lab, project: str) -> None:
    def create(arn: str, name: str, **options: Any) -> str:
        return code_of(lab.create_version, project=arn, name=name, **options)

    lab.create_version(project, "v1")
    assert create(project, "v1") == "ResourceInUseException"
    lab.create_version(project, "v2")
    assert create(project, "v3") == "LimitExceededException"
    lab.run()
    assert create(lab.create_project("empty"), "v1") == "InvalidParameterException"
    assert create(project, "v3", OutputConfig={}) == "InvalidParameterException"
    training = {"Assets": [lab.put_manifest("a.manifest", ["{}"])]}
    assert create(project, "v3", TrainingData=training) == "InvalidParameterException"
    assert create(project.replace("shapes", "other"), "v1") == "ResourceNotFoundException"


@pytest.mark.parametrize(
    ("units", "code"),
    [
        ({"MinInferenceUnits": 6}, "LimitExceededException"),
        ({"MinInferenceUnits": 2, "MaxInferenceUnits": 1}, "InvalidParameterException"),
    ],
)
def test_rejects_invalid_inference_units(lab: Lab, project: str, units: dict[str, int], code: str) -> None:
    version = lab.create_version(project)
    lab.run()
    assert code_of(lab.client.start_project_version, ProjectVersionArn=version, **units) == code


def test_a_running_version_survives_a_restart(lab: Lab, project: str) -> None:
    version = lab.create_version(project)
    lab.run()
    lab.client.start_project_version(ProjectVersionArn=version, MinInferenceUnits=1)
    lab.settle()
    detect = {"ProjectVersionArn": version, "Image": IMAGE, "MinConfidence": 0}
    expected = lab.client.detect_custom_labels(**detect)["CustomLabels"]
    restarted = Lab(lab.storage, lab.store, lab.now)
    assert restarted.describe_version(project) == lab.describe_version(project)
    assert restarted.client.detect_custom_labels(**detect)["CustomLabels"] == expected


def test_what_a_stop_interrupted_has_failed(lab: Lab, project: str) -> None:
    lab.create_version(project)
    restarted = Lab(lab.storage, lab.store, lab.now)
    assert status(restarted, project) == (
        "TRAINING_FAILED",
        "Amazon Rekognition experienced a service issue.",
    )
