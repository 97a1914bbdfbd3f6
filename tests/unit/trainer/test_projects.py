"""Rekognition's answers, and which of its errors are final."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from trainer.errors import NotYet, Refused
from trainer.projects import DatasetState, Projects, ProjectState, VersionState

PROJECT = "arn:aws:rekognition:us-east-1:123456789012:project/stack-a/1"
VERSION = "arn:aws:rekognition:us-east-1:123456789012:project/stack-a/version/1/1"
DATASET = "arn:aws:rekognition:us-east-1:123456789012:project/stack-a/dataset/train/1"


@pytest.fixture
def client() -> Any:
    return boto3.client("rekognition")


@pytest.fixture
def stubber(client: Any) -> Iterator[Stubber]:
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.fixture
def projects(client: Any, stubber: Stubber) -> Projects:
    return Projects(client, "bucket")


def test_a_project_has_its_datasets(stubber: Stubber, projects: Projects) -> None:
    dataset = {
        "DatasetType": "TRAIN",
        "DatasetArn": DATASET,
        "Status": "CREATE_FAILED",
        "StatusMessage": "It is empty.",
    }
    described = {"ProjectArn": PROJECT, "Status": "CREATED", "Datasets": [dataset]}
    expected = {"ProjectNames": ["stack-a"]}
    stubber.add_response("describe_projects", {"ProjectDescriptions": [described]}, expected)
    assert projects.project("stack-a") == ProjectState(
        PROJECT, "CREATED", {"TRAIN": DatasetState(DATASET, "CREATE_FAILED", "It is empty.")}
    )
    stubber.add_response("describe_projects", {"ProjectDescriptions": []}, expected)
    assert projects.project("stack-a") is None


def test_a_version_has_where_its_evaluation_is(stubber: Stubber, projects: Projects) -> None:
    location = {"S3Object": {"Bucket": "bucket", "Name": "predictions.json"}}
    described = {
        "ProjectVersionArn": VERSION,
        "Status": "TRAINING_COMPLETED",
        "StatusMessage": "Ready.",
        "BillableTrainingTimeInSeconds": 1800,
        "EvaluationResult": {
            "F1Score": 0.5,
            "Summary": {"S3Object": {"Bucket": "bucket", "Name": "summary.json"}},
        },
        "TestingDataResult": {"Output": {"Assets": [{"GroundTruthManifest": location}]}},
    }
    expected = {"ProjectArn": PROJECT, "VersionNames": ["1"]}
    response = {"ProjectVersionDescriptions": [described]}
    stubber.add_response("describe_project_versions", response, expected)
    assert projects.version(PROJECT) == VersionState(
        VERSION, "TRAINING_COMPLETED", "Ready.", 1800, "summary.json", "predictions.json"
    )


def test_a_version_of_a_project_that_is_gone_is_gone(stubber: Stubber, projects: Projects) -> None:
    stubber.add_client_error("describe_project_versions", "ResourceNotFoundException")
    assert projects.version(PROJECT) is None


CALLS: list[tuple[str, Callable[[Projects], Any], dict[str, Any]]] = [
    ("create_project", lambda it: it.create_project("stack-a"), {"ProjectName": "stack-a"}),
    (
        "create_dataset",
        lambda it: it.create_dataset(PROJECT, "TEST", "test.manifest"),
        {
            "ProjectArn": PROJECT,
            "DatasetType": "TEST",
            "DatasetSource": {
                "GroundTruthManifest": {"S3Object": {"Bucket": "bucket", "Name": "test.manifest"}}
            },
        },
    ),
    (
        "create_project_version",
        lambda it: it.train(PROJECT, "results"),
        {
            "ProjectArn": PROJECT,
            "VersionName": "1",
            "OutputConfig": {"S3Bucket": "bucket", "S3KeyPrefix": "results"},
        },
    ),
    (
        "start_project_version",
        lambda it: it.start(VERSION),
        {"ProjectVersionArn": VERSION, "MinInferenceUnits": 1},
    ),
    ("stop_project_version", lambda it: it.stop(VERSION), {"ProjectVersionArn": VERSION}),
    ("delete_project_version", lambda it: it.delete_version(VERSION), {"ProjectVersionArn": VERSION}),
    ("delete_dataset", lambda it: it.delete_dataset(DATASET), {"DatasetArn": DATASET}),
    ("delete_project", lambda it: it.delete_project(PROJECT), {"ProjectArn": PROJECT}),
]


@pytest.mark.parametrize(("operation", "call", "expected"), CALLS, ids=[operation for operation, *_ in CALLS])
def test_each_change_is_one_call(
    stubber: Stubber,
    projects: Projects,
    operation: str,
    call: Callable[[Projects], Any],
    expected: dict[str, Any],
) -> None:
    stubber.add_response(operation, {}, expected)
    call(projects)


@pytest.mark.parametrize(
    ("code", "status", "message"),
    [
        ("ResourceInUseException", 400, ""),
        ("ResourceNotReadyException", 400, ""),
        ("ResourceNotFoundException", 400, ""),
        ("ThrottlingException", 400, ""),
        ("ProvisionedThroughputExceededException", 400, ""),
        ("InternalServerError", 500, ""),
        ("LimitExceededException", 400, "AWS has reached a limit of the account: said AWS"),
    ],
)
def test_an_error_that_passes_is_not_final(
    stubber: Stubber, projects: Projects, code: str, status: int, message: str
) -> None:
    stubber.add_client_error("stop_project_version", code, "said AWS", http_status_code=status)
    with pytest.raises(NotYet) as caught:
        projects.stop(VERSION)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (
            "AccessDeniedException",
            "The permission rekognition:StopProjectVersion is missing. The administrator has to add it.",
        ),
        (
            "InvalidS3ObjectException",
            "Rekognition can't read the bucket. "
            "The administrator has to check TrainerFunction's permissions.",
        ),
        ("InvalidParameterException", "AWS refused: said AWS"),
    ],
)
def test_any_other_error_is_final_and_explained(
    stubber: Stubber, projects: Projects, code: str, message: str
) -> None:
    stubber.add_client_error("stop_project_version", code, "said AWS")
    with pytest.raises(Refused) as caught:
        projects.stop(VERSION)
    assert str(caught.value) == message
