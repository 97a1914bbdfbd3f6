"""The imitation refuses what AWS refuses: otherwise a rehearsal would prove nothing."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.cloud import EVENTS
from tests.deploy.imitation.imitation import Imitation
from tests.deploy.stacks import deploy, project_template
from tests.deploy.workspace import REGION

TEMPLATE = """
Parameters:
  Suffix: {Type: String, Default: one, AllowedPattern: "[a-z]+", ConstraintDescription: lowercase letters}
  Days: {Type: Number, Default: 1, MinValue: 1, MaxValue: 9}
  Keep: {Type: String, Default: "true", AllowedValues: ["true", "false"]}
Rules:
  KnownRegion:
    Assertions:
      - Assert: {"Fn::Contains": [[eu-central-1, us-east-1], {Ref: "AWS::Region"}]}
        AssertDescription: This region has no Rekognition.
Conditions:
  Keeps: {"Fn::Equals": [{Ref: Keep}, "true"]}
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Properties: {BucketName: {"Fn::Sub": "pictures-${Suffix}"}}
  Table:
    Type: AWS::DynamoDB::Table
    Condition: Keeps
    DeletionPolicy: RetainExceptOnCreate
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
  Logs:
    Type: AWS::Logs::LogGroup
    Properties: {LogGroupName: {"Fn::Sub": "/${Bucket}"}, RetentionInDays: {Ref: Days}}
Outputs:
  BucketName: {Value: {Ref: Bucket}, Description: The bucket.}
"""
NO_CHANGES = (
    "The submitted information didn't contain changes. Submit different information to create a change set."
)


def changes(description: Any) -> list[tuple[str, str, str | None]]:
    found = [change["ResourceChange"] for change in description["Changes"]]
    return [(change["Action"], change["LogicalResourceId"], change.get("Replacement")) for change in found]


def statuses(aws: Imitation) -> list[tuple[str, str]]:
    """The stack's events, first to last."""
    events = aws.client("cloudformation", REGION).describe_stack_events(StackName="stack")["StackEvents"]
    return [(event["LogicalResourceId"], event["ResourceStatus"]) for event in reversed(events)]


def status(aws: Imitation) -> str:
    (stack,) = aws.client("cloudformation", REGION).describe_stacks(StackName="stack")["Stacks"]
    return str(stack["StackStatus"])


def tables(aws: Imitation) -> int:
    return len(aws.client("dynamodb", REGION).list_tables()["TableNames"])


def buckets(aws: Imitation) -> list[str]:
    return [bucket["Name"] for bucket in aws.client("s3", REGION).list_buckets()["Buckets"]]


def test_creates_resources_after_those_they_refer_to(aws: Imitation) -> None:
    assert changes(deploy(aws, TEMPLATE)) == [
        ("Add", "Bucket", None),
        ("Add", "Table", None),
        ("Add", "Logs", None),
    ]
    assert statuses(aws) == [
        ("stack", "REVIEW_IN_PROGRESS"),
        ("stack", "CREATE_IN_PROGRESS"),
        ("Bucket", "CREATE_IN_PROGRESS"),
        ("Bucket", "CREATE_COMPLETE"),
        ("Table", "CREATE_IN_PROGRESS"),
        ("Table", "CREATE_COMPLETE"),
        ("Logs", "CREATE_IN_PROGRESS"),
        ("Logs", "CREATE_COMPLETE"),
        ("stack", "CREATE_COMPLETE"),
    ]
    (stack,) = aws.client("cloudformation", REGION).describe_stacks(StackName="stack")["Stacks"]
    assert stack["Outputs"] == [
        {"OutputKey": "BucketName", "OutputValue": "pictures-one", "Description": "The bucket."}
    ]
    assert (buckets(aws), tables(aws)) == (["pictures-one"], 1)


def test_unchanged_stack_gets_no_change_set(aws: Imitation) -> None:
    deploy(aws, TEMPLATE)
    description = deploy(aws, TEMPLATE)
    assert (description["Status"], description["StatusReason"]) == ("FAILED", NO_CHANGES)
    assert status(aws) == "CREATE_COMPLETE"


def test_replaces_what_cannot_be_changed(aws: Imitation) -> None:
    deploy(aws, TEMPLATE)
    assert changes(deploy(aws, TEMPLATE, {"Suffix": "two", "Days": "3"})) == [
        ("Modify", "Bucket", "True"),
        ("Modify", "Logs", "True"),
    ]
    assert (status(aws), buckets(aws)) == ("UPDATE_COMPLETE", ["pictures-two"])


def test_omitted_parameter_returns_to_its_default(aws: Imitation) -> None:
    deploy(aws, TEMPLATE, {"Days": "3"})
    assert changes(deploy(aws, TEMPLATE)) == [("Modify", "Logs", "False")]


def test_failed_creation_is_rolled_back_and_cannot_be_updated(aws: Imitation) -> None:
    aws.cloudformation(REGION).failures["Logs"] = "No more log groups."
    deploy(aws, TEMPLATE)
    assert statuses(aws)[6:] == [
        ("Logs", "CREATE_IN_PROGRESS"),
        ("Logs", "CREATE_FAILED"),
        ("stack", "ROLLBACK_IN_PROGRESS"),
        ("Table", "DELETE_IN_PROGRESS"),
        ("Table", "DELETE_COMPLETE"),
        ("Bucket", "DELETE_IN_PROGRESS"),
        ("Bucket", "DELETE_COMPLETE"),
        ("stack", "ROLLBACK_COMPLETE"),
    ]
    assert (buckets(aws), tables(aws)) == ([], 0)
    with pytest.raises(ClientError, match="is in ROLLBACK_COMPLETE state and can not be updated"):
        deploy(aws, TEMPLATE)
    aws.client("cloudformation", REGION).delete_stack(StackName="stack")
    deploy(aws, TEMPLATE)
    assert status(aws) == "CREATE_COMPLETE"


def test_failed_update_is_rolled_back_and_can_be_repeated(aws: Imitation) -> None:
    deploy(aws, TEMPLATE)
    aws.cloudformation(REGION).failures["Logs"] = "No more log groups."
    deploy(aws, TEMPLATE, {"Suffix": "two"})
    assert (status(aws), buckets(aws)) == ("UPDATE_ROLLBACK_COMPLETE", ["pictures-one"])
    deploy(aws, TEMPLATE, {"Suffix": "two"})
    assert (status(aws), buckets(aws)) == ("UPDATE_COMPLETE", ["pictures-two"])


def test_keeps_what_the_deletion_policy_keeps(aws: Imitation) -> None:
    deploy(aws, TEMPLATE)
    assert changes(deploy(aws, TEMPLATE, {"Keep": "false"})) == [("Remove", "Table", None)]
    assert (statuses(aws)[-2:], tables(aws)) == (
        [("Table", "DELETE_SKIPPED"), ("stack", "UPDATE_COMPLETE")],
        1,
    )
    deploy(aws, TEMPLATE)
    aws.client("cloudformation", REGION).delete_stack(StackName="stack")
    assert tables(aws) == 2


def test_does_not_delete_a_bucket_with_objects(aws: Imitation) -> None:
    deploy(aws, TEMPLATE)
    client, s3 = aws.client("cloudformation", REGION), aws.client("s3", REGION)
    s3.put_object(Bucket="pictures-one", Key="cat.jpg", Body=b"")
    client.delete_stack(StackName="stack")
    assert (status(aws), buckets(aws)) == ("DELETE_FAILED", ["pictures-one"])
    s3.delete_object(Bucket="pictures-one", Key="cat.jpg")
    client.delete_stack(StackName="stack")
    with pytest.raises(ClientError, match="Stack with id stack does not exist"):
        status(aws)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"Suffix": "2"}, "Parameter Suffix failed to satisfy constraint: lowercase letters"),
        ({"Days": "ten"}, "Parameter 'Days' must be a number."),
        ({"Days": "10"}, "Parameter 'Days' must be a number not greater than 9"),
        ({"Keep": "no"}, "Parameter 'Keep' must be one of AllowedValues"),
        ({"Color": "red"}, r"Parameters: \[Color\] do not exist in the template"),
    ],
)
def test_refuses_invalid_parameters(aws: Imitation, parameters: dict[str, str], message: str) -> None:
    with pytest.raises(ClientError, match=message):
        deploy(aws, TEMPLATE, parameters)
    assert aws.cloudformation(REGION).stack("stack") is None


def test_refuses_a_stack_whose_rules_are_violated(aws: Imitation) -> None:
    with pytest.raises(ClientError, match=r"This region has no Rekognition\."):
        deploy(aws, TEMPLATE, region="eu-north-1")


def test_regions_have_their_own_stacks_and_buckets(aws: Imitation) -> None:
    deploy(aws, TEMPLATE)
    client = aws.client("cloudformation", "us-east-1")
    with pytest.raises(ClientError, match="Stack with id stack does not exist"):
        client.describe_stacks(StackName="stack")
    with pytest.raises(ClientError, match="the region 'us-east-1' is wrong; expecting 'eu-central-1'"):
        aws.client("s3", "us-east-1").list_objects_v2(Bucket="pictures-one")


def test_deploys_this_project(aws: Imitation) -> None:
    deploy(aws, project_template())
    assert status(aws) == "CREATE_COMPLETE"
    description = deploy(aws, project_template())
    assert description["StatusReason"] == NO_CHANGES


def test_a_stream_exists_as_long_as_events_are_published(aws: Imitation) -> None:
    def streams() -> list[str | None]:
        dynamodb = aws.client("dynamodb", REGION)
        tables = [dynamodb.describe_table(TableName=name) for name in dynamodb.list_tables()["TableNames"]]
        return [table["Table"].get("StreamSpecification", {}).get("StreamViewType") for table in tables]

    deploy(aws, project_template())
    assert streams() == [None]
    added = changes(deploy(aws, project_template(), EVENTS))
    assert {name for action, name, _ in added if action == "Add"} == {
        "PublisherFunction",
        "PublisherFunctionRole",
        "PublisherMapping",
        "PublisherLogGroup",
    }
    assert [entry for entry in added if entry[0] != "Add"] == [("Modify", "CatalogTable", "False")]
    assert streams() == ["NEW_AND_OLD_IMAGES"]
    deploy(aws, project_template())
    assert (status(aws), streams()) == ("UPDATE_COMPLETE", [None])
    deploy(aws, project_template(), EVENTS, name="other")
    (stack,) = aws.client("cloudformation", REGION).describe_stacks(StackName="other")["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
