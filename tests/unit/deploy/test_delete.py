"""The deletion of a stack with everything that it stores."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from deploy import delete
from deploy.buckets import delete_objects
from deploy.errors import DeploymentError
from deploy.stack import find_stack
from tests.unit.deploy.support import REGION, SESSION, STACK, create_stack, make_target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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
        self.answer = "yes"
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
                "ResourceStatus": "CREATE_COMPLETE" if exists else status,
            }
            for logical_id, resource_type, name, status in listed
        ]
        return SimpleNamespace(status_code=200), {"StackResourceSummaries": summaries}

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


NOTHING: tuple[bool, list[str], list[str], list[str]] = (False, [], [], [])


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    with mock_aws():
        account = Account()
        monkeypatch.setattr("builtins.input", account.reply)
        monkeypatch.setattr("deploy.polling.POLL_SECONDS", 0.001)
        yield account


def test_deletes_everything_after_a_question_that_names_it(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    assert account.delete() == 0
    assert account.contents() == NOTHING
    assert account.questions == ["Delete all of this? (yes/no) "]
    assert capsys.readouterr().out == (
        "This deletes:\n"
        f"- the stack {STACK} in {REGION}\n"
        "- everything in the bucket pictures-input\n"
        "- the records of all pictures in the table records\n"
        f"- all accounts in the user pool {account.pool}\n"
        "pictures-input: 1 objects deleted\n"
        f"Deleting the stack {STACK}. This takes some minutes.\n"
        f"Deleted the stack {STACK}.\n"
        "Deleted the table records.\n"
        f"Deleted the user pool {account.pool}.\n"
    )


@pytest.mark.parametrize("answer", ["no", "y", ""])
def test_deletes_nothing_without_a_clear_yes(
    account: Account, answer: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = account.contents()
    account.answer = answer
    assert account.delete() == 1
    assert account.contents() == before
    assert account.s3.list_objects_v2(Bucket="pictures-input")["KeyCount"] == 1
    assert capsys.readouterr().err == "Nothing was deleted.\n"


def test_a_closed_standard_input_means_no(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    def end(question: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", end)
    assert account.delete() == 1
    assert account.contents()[0]


def test_refuses_to_delete_a_protected_stack(account: Account) -> None:
    account.cloudformation.update_stack(
        StackName=STACK,
        UsePreviousTemplate=True,
        Parameters=[{"ParameterKey": "Protect", "ParameterValue": "true"}],
    )
    before = account.contents()
    with pytest.raises(DeploymentError) as caught:
        account.delete("prod")
    assert str(caught.value) == (
        "The stack pictures is protected. Its protection keeps the records of all pictures in the table "
        f"records and all accounts in the user pool {account.pool}. To delete them, lift it with "
        'make deploy ENV=prod SET="Protect=false", then run make delete ENV=prod again.'
    )
    assert (account.contents(), account.questions) == (before, [])


def test_refuses_if_the_table_is_protected_whatever_the_stack_says(account: Account) -> None:
    account.protect_table(True)
    before = account.contents()
    with pytest.raises(DeploymentError) as caught:
        account.delete()
    assert str(caught.value) == (
        "Deletion protection keeps the records of all pictures in the table records. To delete it, turn the "
        "protection off in the AWS console, then run make delete again."
    )
    assert (account.contents(), account.questions) == (before, [])


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("s3", "DeleteObjects"),
        ("cloudformation", "DeleteStack"),
        ("dynamodb", "DeleteTable"),
        ("cognito", "DeleteUserPool"),
    ],
)
def test_a_repetition_finishes_an_interrupted_deletion(
    account: Account, service: str, operation: str
) -> None:
    client = getattr(account, service)
    interruptions = [KeyboardInterrupt]

    def interrupt(**_: object) -> None:
        if interruptions:
            raise interruptions.pop()

    event = f"before-call.{client.meta.service_model.service_id.hyphenize()}.{operation}"
    account.on(event, interrupt)
    with pytest.raises(KeyboardInterrupt):
        account.delete()
    assert account.contents() != NOTHING
    assert account.delete() == 0
    assert account.contents() == NOTHING


def test_deletes_a_picture_that_arrives_before_its_bucket_is_gone(account: Account) -> None:
    statuses = ["DELETE_FAILED"]

    def fail_once(parsed: dict[str, Any], **_: object) -> None:
        if parsed["Stacks"] and deletions and statuses:
            parsed["Stacks"][0]["StackStatus"] = statuses.pop()

    def arrive(**_: object) -> tuple[Any, dict[str, Any]] | None:
        deletions.append("DeleteStack")
        if len(deletions) > 1:
            return None
        account.put_picture()
        return SimpleNamespace(status_code=200), {}

    deletions: list[str] = []
    account.on("before-call.cloudformation.DeleteStack", arrive)
    account.on("after-call.cloudformation.DescribeStacks", fail_once)
    assert account.delete() == 0
    assert (len(deletions), account.contents()) == (2, NOTHING)


def test_says_that_there_is_nothing_to_delete(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    account.delete()
    capsys.readouterr()
    assert account.delete() == 0
    assert capsys.readouterr().out == (
        f"There is no stack {STACK} in {REGION}, and nothing is left of one.\n"
    )
    assert len(account.questions) == 1


@mock_aws
def test_empties_a_bucket_with_more_than_one_page_of_objects() -> None:
    client = SESSION.client("s3")
    client.create_bucket(Bucket="images", CreateBucketConfiguration={"LocationConstraint": REGION})
    client.meta.events.register(
        "provide-client-params.s3.ListObjectsV2", lambda params, **_: params.update(MaxKeys=2)
    )
    for number in range(5):
        client.put_object(Bucket="images", Key=f"uploads/{number}", Body=b"x")
    assert delete_objects(client, "images") == 5
    assert client.list_objects_v2(Bucket="images")["KeyCount"] == 0


@mock_aws
def test_a_bucket_that_does_not_exist_is_empty() -> None:
    assert delete_objects(SESSION.client("s3"), "missing") == 0


@mock_aws
def test_reports_objects_that_can_not_be_deleted() -> None:
    client = SESSION.client("s3")
    client.create_bucket(Bucket="images", CreateBucketConfiguration={"LocationConstraint": REGION})
    client.put_object(Bucket="images", Key="a", Body=b"x")
    errors = [{"Key": key, "Code": "AccessDenied", "Message": "Access Denied"} for key in "abcd"]
    client.meta.events.register(
        "after-call.s3.DeleteObjects", lambda parsed, **_: parsed.update(Errors=errors)
    )
    with pytest.raises(DeploymentError) as caught:
        delete_objects(client, "images")
    assert str(caught.value) == (
        "4 objects of images can't be deleted: a: Access Denied; b: Access Denied; c: Access Denied."
    )
