"""CreateProject, DescribeProjects and DeleteProject."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.rekognition.custom_labels.projects import MAX_PROJECTS
from tests.unit.local.rekognition.custom_labels.conftest import START, Lab
from tests.unit.local.rekognition.support import error_of


def code_of(call: Callable[..., Any], **parameters: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return str(caught.value.response["Error"]["Code"])


def test_a_project_is_created_after_a_while(lab: Lab) -> None:
    arn = lab.create_project("birds")
    assert arn == f"arn:aws:rekognition:us-east-1:123456789012:project/birds/{round(START * 1000)}"
    for status in ("CREATING", "CREATED"):
        (project,) = lab.client.describe_projects()["ProjectDescriptions"]
        assert project.pop("CreationTimestamp").timestamp() == START
        assert project == {"ProjectArn": arn, "Status": status, "Datasets": [], "Feature": "CUSTOM_LABELS"}
        lab.settle()


def test_a_project_lists_its_datasets(lab: Lab) -> None:
    project = lab.create_project()
    dataset = lab.create_dataset(project, "TRAIN", [json.dumps({"source-ref": lab.draw("circle", 1)[0]})])
    (described,) = lab.client.describe_projects(ProjectNames=["shapes"])["ProjectDescriptions"]
    (found,) = described["Datasets"]
    assert found.pop("CreationTimestamp").timestamp() == START
    assert found == {
        "DatasetType": "TRAIN",
        "DatasetArn": dataset,
        "Status": "CREATE_COMPLETE",
        "StatusMessage": "The dataset was created.",
        "StatusMessageCode": "SUCCESS",
    }


def test_lists_projects_in_pages(lab: Lab) -> None:
    arns = [lab.create_project(f"p{number}") for number in range(5)]
    pages = lab.client.get_paginator("describe_projects").paginate(PaginationConfig={"PageSize": 2})
    found = [[project["ProjectArn"] for project in page["ProjectDescriptions"]] for page in pages]
    assert found == [arns[:2], arns[2:4], arns[4:]]
    assert len(lab.client.describe_projects(ProjectNames=["p1", "p7"])["ProjectDescriptions"]) == 1
    assert lab.client.describe_projects(Features=["CONTENT_MODERATION"])["ProjectDescriptions"] == []


@pytest.mark.parametrize("token", ["?", "LTE=", "eA=="])
def test_rejects_a_token_that_no_response_had(lab: Lab, token: str) -> None:
    assert code_of(lab.client.describe_projects, NextToken=token) == "InvalidPaginationTokenException"


def test_a_name_belongs_to_one_project(lab: Lab) -> None:
    project = lab.create_project()
    assert code_of(lab.client.create_project, ProjectName="shapes") == "ResourceInUseException"
    assert lab.client.delete_project(ProjectArn=project)["Status"] == "DELETING"
    assert lab.client.describe_projects()["ProjectDescriptions"] == []
    lab.create_project()


def test_a_project_is_deleted_after_what_is_in_it(lab: Lab) -> None:
    project = lab.create_project()
    dataset = lab.client.create_dataset(ProjectArn=project, DatasetType="TEST")["DatasetArn"]
    lab.run()
    assert error_of(lab.rekognition, "DeleteProject", {"ProjectArn": project}) == (
        400,
        "ResourceInUseException",
        "The specified resource is already being used: delete its datasets first.",
    )
    lab.client.delete_dataset(DatasetArn=dataset)
    lab.client.delete_project(ProjectArn=project)
    assert code_of(lab.client.delete_project, ProjectArn=project) == "ResourceNotFoundException"


def test_limits_the_number_of_projects(lab: Lab) -> None:
    for number in range(MAX_PROJECTS):
        lab.create_project(f"p{number}")
    assert code_of(lab.client.create_project, ProjectName="more") == "LimitExceededException"


def test_supports_custom_labels_only(lab: Lab) -> None:
    create = lab.client.create_project
    moderation = {"ProjectName": "a", "Feature": "CONTENT_MODERATION"}
    assert code_of(create, **moderation) == "InvalidParameterException"
    assert code_of(create, ProjectName="a", AutoUpdate="ENABLED") == "InvalidParameterException"


def test_takes_tags(lab: Lab) -> None:
    assert lab.client.create_project(ProjectName="a", Tags={"größe": "XL 1"})["ProjectArn"]
    assert code_of(lab.client.create_project, ProjectName="b", Tags={"a": "<"}) == "ValidationException"
