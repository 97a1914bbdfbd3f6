"""The permissions that Rekognition's operations require: projects, and what is in them, are resources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from local.aws.iam import Permission
from local.template.names import arn

# The member with the ARN, by operation (Service Authorization Reference). Others don't support resources.
_RESOURCES = {
    "CreateDataset": "ProjectArn",
    "CreateProjectVersion": "ProjectArn",
    "DeleteDataset": "DatasetArn",
    "DeleteProject": "ProjectArn",
    "DeleteProjectVersion": "ProjectVersionArn",
    "DescribeDataset": "DatasetArn",
    "DescribeProjectVersions": "ProjectArn",
    "DetectCustomLabels": "ProjectVersionArn",
    "DetectModerationLabels": "ProjectVersion",
    "ListDatasetEntries": "DatasetArn",
    "ListDatasetLabels": "DatasetArn",
    "StartProjectVersion": "ProjectVersionArn",
    "StopProjectVersion": "ProjectVersionArn",
    "UpdateDatasetEntries": "DatasetArn",
}


def rekognition_permissions(operation: str, payload: Mapping[str, Any]) -> Iterator[Permission]:
    """List the permissions that an operation requires for the resources in its payload."""
    action = f"rekognition:{operation}"
    if operation == "CreateProject":
        yield Permission(action, arn("rekognition", f"project/{payload['ProjectName']}/0"))  # not created yet
        return
    if operation == "DistributeDatasetEntries":
        for dataset in payload["Datasets"]:
            yield Permission(action, str(dataset["Arn"]))
        return
    yield Permission(action, str(payload.get(_RESOURCES.get(operation, "")) or "*"))
    if payload.get("Tags"):  # tags of a new resource, whose ARN isn't known yet
        yield Permission("rekognition:TagResource", "*")
    if operation == "CreateDataset" and "DatasetArn" in payload.get("DatasetSource", {}):
        yield Permission("rekognition:ListDatasetEntries", str(payload["DatasetSource"]["DatasetArn"]))
