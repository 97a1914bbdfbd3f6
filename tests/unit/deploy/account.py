"""An account in moto with a deployed stack, its picture, its table and its user pool."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import boto3

from deploy import delete
from deploy.stack import find_stack
from tests.unit.deploy.support import REGION, STACK, create_stack, make_target

if TYPE_CHECKING:
    from collections.abc import Callable

RESOURCES = {
    "InputBucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "pictures-input"}},
    "CatalogTable": {
        "Type": "AWS::DynamoDB::Table",
        "DeletionPolicy": "Retain",  # moto doesn't know RetainExceptOnCreate
        "Properties": {
            "TableName": "records",
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        },
    },
}


class Account:
    """What is in the account: a stack with a picture, and how the person answers the question."""

    def __init__(self) -> None:
        create_stack({}, RESOURCES, {"Protect": "false"})
        self.session = boto3.Session(region_name=REGION)
        self.cloudformation = self.session.client("cloudformation")
        self.s3 = self.session.client("s3")
        self.dynamodb = self.session.client("dynamodb")
        self.cognito = self.session.client("cognito-idp")
        self.put_picture()
        self.pool = self.cognito.create_user_pool(PoolName=STACK)["UserPool"]["Id"]
        self.on("before-call.cloudformation.ListStackResources", self._list_resources)
        self.on("before-call.rekognition.DescribeProjects", self._list_projects)
        self.projects: list[str] = []  # names of Rekognition's projects
        self.answer = "yes"
        self.failed: set[str] = set()  # logical IDs
        self.questions: list[str] = []

    def delete(self, environment: str = "default") -> int:
        return delete.main(make_target(environment, self.session))

    def on(self, event: str, handler: Callable[..., Any]) -> None:
        """Let a handler observe, change or answer the calls of all clients."""
        self.session.events.register(event, handler)

    def _list_resources(self, **_: object) -> tuple[Any, dict[str, Any]]:
        """Answer as CloudFormation does, also for a deleted stack. moto would create its resources again."""
        exists = find_stack(self.cloudformation, STACK) is not None
        listed = [
            ("InputBucket", "AWS::S3::Bucket", "pictures-input", "DELETE_COMPLETE"),
            ("CatalogTable", "AWS::DynamoDB::Table", "records", "DELETE_SKIPPED"),
            ("UserPool", "AWS::Cognito::UserPool", self.pool, "DELETE_SKIPPED"),
        ]
        summaries = [
            {
                "LogicalResourceId": logical_id,
                "ResourceType": resource_type,
                "PhysicalResourceId": name,
                "ResourceStatus": self._status(logical_id) if exists else status,
            }
            for logical_id, resource_type, name, status in listed
        ]
        return SimpleNamespace(status_code=200), {"StackResourceSummaries": summaries}

    def _list_projects(self, **_: object) -> tuple[Any, dict[str, Any]]:
        arn = f"arn:aws:rekognition:{REGION}:123456789012:project"
        found = [{"ProjectArn": f"{arn}/{name}/1", "Status": "CREATED"} for name in self.projects]
        return SimpleNamespace(status_code=200), {"ProjectDescriptions": found}

    def _status(self, logical_id: str) -> str:
        return "CREATE_FAILED" if logical_id in self.failed else "CREATE_COMPLETE"

    def put_picture(self) -> None:
        self.s3.put_object(Bucket="pictures-input", Key="uploads/a", Body=b"picture")

    def pools(self) -> list[str]:
        return [pool["Id"] for pool in self.cognito.list_user_pools(MaxResults=10)["UserPools"]]

    def contents(self) -> tuple[bool, list[str], list[str], list[str]]:
        """Return whether the stack exists, and the buckets, tables and user pools that do."""
        return (
            find_stack(self.cloudformation, STACK) is not None,
            [bucket["Name"] for bucket in self.s3.list_buckets()["Buckets"]],
            self.dynamodb.list_tables()["TableNames"],
            self.pools(),
        )

    def reply(self, question: str) -> str:
        self.questions.append(question)
        return self.answer

    def protect_table(self, on: bool) -> None:
        self.dynamodb.update_table(TableName="records", DeletionProtectionEnabled=on)
