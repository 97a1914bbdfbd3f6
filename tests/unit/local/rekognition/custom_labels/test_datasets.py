"""The operations on datasets."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.shapes import box_line, label_line
from tests.unit.local.rekognition.custom_labels.conftest import BUCKET, START, Lab
from tests.unit.local.rekognition.custom_labels.test_projects import code_of
from tests.unit.local.rekognition.support import client_of

Lines = Callable[[range], list[str]]


@pytest.fixture
def project(lab: Lab) -> str:
    return lab.create_project()


def describe(lab: Lab, dataset: str) -> dict[str, Any]:
    """Return the description without its times."""
    description: dict[str, Any] = lab.client.describe_dataset(DatasetArn=dataset)["DatasetDescription"]
    return {name: value for name, value in description.items() if not name.endswith("Timestamp")}


def entries(lab: Lab, dataset: str, **filters: Any) -> list[Any]:
    found = lab.client.list_dataset_entries(DatasetArn=dataset, **filters)["DatasetEntries"]
    return [json.loads(line) for line in found]


def test_imports_a_manifest_in_the_background(lab: Lab, project: str, labeled: Lines) -> None:
    source = lab.put_manifest("train.manifest", labeled(range(2)))
    create = {"ProjectArn": project, "DatasetType": "TRAIN", "DatasetSource": source}
    dataset = lab.client.create_dataset(**create)["DatasetArn"]
    number = round(START * 1000) + 1  # the project has the time itself
    assert dataset == f"arn:aws:rekognition:us-east-1:123456789012:project/shapes/dataset/train/{number}"
    empty = {"LabeledEntries": 0, "TotalEntries": 0, "TotalLabels": 0, "ErrorEntries": 0}
    assert describe(lab, dataset) == {
        "Status": "CREATE_IN_PROGRESS",
        "StatusMessage": "The dataset is being created.",
        "DatasetStats": empty,
    }
    assert code_of(lab.client.list_dataset_entries, DatasetArn=dataset) == "ResourceNotReadyException"
    assert code_of(lab.client.list_dataset_labels, DatasetArn=dataset) == "ResourceNotReadyException"
    assert code_of(lab.client.delete_dataset, DatasetArn=dataset) == "ResourceInUseException"
    lab.run()
    assert describe(lab, dataset) == {
        "Status": "CREATE_COMPLETE",
        "StatusMessage": "The dataset was created.",
        "StatusMessageCode": "SUCCESS",
        "DatasetStats": empty | {"LabeledEntries": 4, "TotalEntries": 4, "TotalLabels": 2},
    }
    assert code_of(lab.client.create_dataset, **create) == "ResourceAlreadyExistsException"


def test_reads_the_manifest_with_the_callers_permissions(lab: Lab, project: str, labeled: Lines) -> None:
    create = {"ProjectArn": project, "DatasetType": "TRAIN"}
    missing = {"GroundTruthManifest": {"S3Object": {"Bucket": BUCKET, "Name": "missing"}}}
    assert code_of(lab.client.create_dataset, **create, DatasetSource=missing) == "InvalidS3ObjectException"
    source = lab.put_manifest("train.manifest", labeled(range(2)))
    stranger = client_of(lab.rekognition, "stranger")
    assert code_of(stranger.create_dataset, **create, DatasetSource=source) == "InvalidS3ObjectException"


def test_a_copy_has_the_same_entries(lab: Lab, project: str, labeled: Lines) -> None:
    first = lab.create_dataset(project, "TRAIN", labeled(range(2)))
    copy = lab.client.create_dataset(
        ProjectArn=lab.create_project("copies"), DatasetType="TEST", DatasetSource={"DatasetArn": first}
    )["DatasetArn"]
    lab.run()
    assert entries(lab, copy) == entries(lab, first)


def test_updates_entries_by_their_image(lab: Lab, project: str) -> None:
    first, second = lab.draw("circle", 1)[0], lab.draw("circle", 2)[0]
    dataset = lab.create_dataset(project, "TRAIN", [label_line(first, "circle")])
    lab.now += 60
    changes = "\n".join((label_line(first, "disk"), json.dumps({"source-ref": second})))
    lab.client.update_dataset_entries(DatasetArn=dataset, Changes={"GroundTruth": changes.encode()})
    update = {"DatasetArn": dataset, "Changes": {"GroundTruth": b"{}"}}
    assert code_of(lab.client.update_dataset_entries, **update) == "ResourceInUseException"
    assert describe(lab, dataset)["Status"] == "UPDATE_IN_PROGRESS"
    lab.run()
    description = lab.client.describe_dataset(DatasetArn=dataset)["DatasetDescription"]
    assert description["LastUpdatedTimestamp"].timestamp() == START + 60
    assert describe(lab, dataset) == {
        "Status": "UPDATE_COMPLETE",
        "StatusMessage": "The dataset was updated.",
        "StatusMessageCode": "SUCCESS",
        "DatasetStats": {"LabeledEntries": 1, "TotalEntries": 2, "TotalLabels": 1, "ErrorEntries": 0},
    }
    assert entries(lab, dataset) == [json.loads(label_line(first, "disk")), {"source-ref": second}]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], "The manifest file is empty."),
        (["no", "JSON"], "The manifest file contains too many invalid rows."),
    ],
)
def test_an_import_fails_if_too_little_is_valid(
    lab: Lab, project: str, lines: list[str], message: str
) -> None:
    dataset = lab.create_dataset(project, "TRAIN", lines)
    description = describe(lab, dataset)
    assert (description["Status"], description["StatusMessage"], description["StatusMessageCode"]) == (
        "CREATE_FAILED",
        message,
        "CLIENT_ERROR",
    )


def test_lists_entries_by_filters(lab: Lab, project: str, labeled: Lines) -> None:
    missing = f"s3://{BUCKET}/missing.png"
    unlabeled = lab.draw("circle", 30)[0]
    lines = [*labeled(range(4)), label_line(missing, "circle"), json.dumps({"source-ref": unlabeled})]
    dataset = lab.create_dataset(project, "TRAIN", lines)
    error = {
        "code": "ERROR_INVALID_IMAGE",
        "message": "The image is invalid. Check S3 path and/or image properties.",
    }
    assert entries(lab, dataset, HasErrors=True) == [
        {**json.loads(label_line(missing, "circle")), "errors": [error]}
    ]
    assert entries(lab, dataset, SourceRefContains="-30") == [{"source-ref": unlabeled}]
    assert len(entries(lab, dataset, ContainsLabels=["circle", "square"])) == 4
    assert len(entries(lab, dataset, Labeled=True)) == 8
    pages = lab.client.get_paginator("list_dataset_entries").paginate(
        DatasetArn=dataset, HasErrors=False, PaginationConfig={"PageSize": 4}
    )
    assert [len(page["DatasetEntries"]) for page in pages] == [4, 4, 1]


def test_lists_labels(lab: Lab, project: str) -> None:
    (first, box), (second, other) = lab.draw("circle", 1), lab.draw("circle", 2)
    lines = [
        box_line(first, ("circle", box), ("edge", box), ("edge", other)),
        box_line(second, ("edge", box)),
    ]
    dataset = lab.create_dataset(project, "TRAIN", lines)
    assert lab.client.list_dataset_labels(DatasetArn=dataset)["DatasetLabelDescriptions"] == [
        {"LabelName": "circle", "LabelStats": {"EntryCount": 1, "BoundingBoxCount": 1}},
        {"LabelName": "edge", "LabelStats": {"EntryCount": 2, "BoundingBoxCount": 3}},
    ]


def test_distributes_a_fifth_of_each_label(lab: Lab, project: str, labeled: Lines) -> None:
    training = lab.create_dataset(project, "TRAIN", labeled(range(10)))
    testing = lab.client.create_dataset(ProjectArn=project, DatasetType="TEST")["DatasetArn"]
    pair = [{"Arn": training}, {"Arn": testing}]
    distribute = lab.client.distribute_dataset_entries
    assert code_of(distribute, Datasets=pair) == "ResourceNotReadyException"
    lab.run()
    assert code_of(distribute, Datasets=[pair[0], pair[0]]) == "InvalidParameterException"
    distribute(Datasets=pair)
    for dataset, count in ((training, 8), (testing, 2)):
        assert describe(lab, dataset)["Status"] == "UPDATE_COMPLETE"
        labels = lab.client.list_dataset_labels(DatasetArn=dataset)["DatasetLabelDescriptions"]
        assert [label["LabelStats"]["EntryCount"] for label in labels] == [count, count]
    assert code_of(distribute, Datasets=pair) == "InvalidParameterException"  # the test dataset isn't empty


def test_a_deleted_dataset_is_gone(lab: Lab, project: str, labeled: Lines) -> None:
    dataset = lab.create_dataset(project, "TRAIN", labeled(range(2)))
    lab.client.delete_dataset(DatasetArn=dataset)
    assert code_of(lab.client.describe_dataset, DatasetArn=dataset) == "ResourceNotFoundException"
    lab.create_dataset(project, "TRAIN", labeled(range(2)))
