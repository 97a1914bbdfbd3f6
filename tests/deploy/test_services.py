"""The imitation's services behave like AWS's where moto doesn't."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.deploy.imitation.errors import AwsError
from tests.deploy.imitation.imitation import ACCESS_KEY, EXPIRED_KEY, Imitation
from tests.deploy.workspace import REGION


def client(aws: Imitation, service: str, access_key: str = ACCESS_KEY) -> Any:
    session: Any = boto3.Session(access_key, "secret", region_name=REGION)
    return session.client(service, endpoint_url=aws.url)


@pytest.fixture
def pool(aws: Imitation) -> str:
    created = client(aws, "cognito-idp").create_user_pool(
        PoolName="people",
        UsernameAttributes=["email"],
        UsernameConfiguration={"CaseSensitive": False},
        DeletionProtection="ACTIVE",
    )
    return str(created["UserPool"]["Id"])


def test_invitation_is_sent_again_to_the_same_account(aws: Imitation, pool: str) -> None:
    cognito = client(aws, "cognito-idp")
    created = cognito.admin_create_user(UserPoolId=pool, Username="ada@example.com")
    again = cognito.admin_create_user(UserPoolId=pool, Username="Ada@example.com", MessageAction="RESEND")
    assert again["User"]["Username"] == created["User"]["Username"]
    with pytest.raises(ClientError, match="UsernameExistsException"):
        cognito.admin_create_user(UserPoolId=pool, Username="Ada@example.com")
    cognito.admin_set_user_password(
        UserPoolId=pool, Username="ada@example.com", Password="Correct-Horse-1", Permanent=True
    )
    with pytest.raises(ClientError, match="status is not FORCE_CHANGE_PASSWORD"):
        cognito.admin_create_user(UserPoolId=pool, Username="ada@example.com", MessageAction="RESEND")
    with pytest.raises(ClientError, match="UserNotFoundException"):
        cognito.admin_create_user(UserPoolId=pool, Username="bob@example.com", MessageAction="RESEND")


def test_user_pool_is_deleted_without_protection_and_domain(aws: Imitation, pool: str) -> None:
    cognito = client(aws, "cognito-idp")
    cognito.create_user_pool_domain(UserPoolId=pool, Domain="people")
    with pytest.raises(ClientError, match="deletion protection is activated"):
        cognito.delete_user_pool(UserPoolId=pool)
    cognito.update_user_pool(UserPoolId=pool, DeletionProtection="INACTIVE")
    with pytest.raises(ClientError, match="It has a domain configured that should be deleted first"):
        cognito.delete_user_pool(UserPoolId=pool)
    cognito.delete_user_pool_domain(UserPoolId=pool, Domain="people")
    cognito.delete_user_pool(UserPoolId=pool)
    assert cognito.list_user_pools(MaxResults=10)["UserPools"] == []


def test_redrive_moves_the_messages_in_the_background(aws: Imitation) -> None:
    sqs = client(aws, "sqs")
    dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    with pytest.raises(ClientError, match="must be configured as a Dead Letter Queue"):
        sqs.start_message_move_task(SourceArn=arn)
    policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 6})
    source = sqs.create_queue(QueueName="source", Attributes={"RedrivePolicy": policy})["QueueUrl"]
    sqs.send_message(QueueUrl=dead, MessageBody="one")

    sqs.start_message_move_task(SourceArn=arn)
    with pytest.raises(ClientError, match="Only one active task is allowed"):
        sqs.start_message_move_task(SourceArn=arn)
    tasks = [sqs.list_message_move_tasks(SourceArn=arn)["Results"][0] for _ in range(2)]
    shown = [
        (task["Status"], task["ApproximateNumberOfMessagesMoved"], task["ApproximateNumberOfMessagesToMove"])
        for task in tasks
    ]
    assert shown == [("RUNNING", 0, 1), ("COMPLETED", 1, 1)]
    (message,) = sqs.receive_message(QueueUrl=source)["Messages"]
    assert message["Body"] == "one"


@pytest.mark.parametrize(
    ("access_key", "codes"),
    [
        (EXPIRED_KEY, ["ExpiredToken", "ExpiredTokenException", "ExpiredToken"]),
        (
            "AKIAUNKNOWN000000000",
            ["InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId"],
        ),
    ],
)
def test_refuses_other_credentials(aws: Imitation, access_key: str, codes: list[str]) -> None:
    calls = [
        client(aws, "cloudformation", access_key).describe_stacks,
        client(aws, "dynamodb", access_key).list_tables,
        client(aws, "s3", access_key).list_buckets,
    ]
    found = []
    for call in calls:
        with pytest.raises(ClientError) as caught:
            call()
        found.append(caught.value.response["Error"]["Code"])
    assert found == codes


def test_logs_the_calls_except_its_own(aws: Imitation) -> None:
    aws.client("s3", REGION).list_buckets()
    client(aws, "sqs").create_queue(QueueName="queue", Attributes={"VisibilityTimeout": "30"})
    client(aws, "s3").create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": REGION})
    client(aws, "s3").put_object(Bucket="bucket", Key="a b/ü", Body=b"text", ContentType="text/plain")
    aws.refuse_once("cloudformation", "DescribeStacks", AwsError("AccessDenied", "No."))
    with pytest.raises(ClientError, match=r"\(AccessDenied\).*: No\."):
        client(aws, "cloudformation").describe_stacks(StackName="stack")
    logged = [(call.service, call.operation, call.region) for call in aws.calls]
    assert logged == [
        ("sqs", "CreateQueue", REGION),
        ("s3", "CreateBucket", REGION),
        ("s3", "PutObject", REGION),
        ("cloudformation", "DescribeStacks", REGION),
    ]
    assert aws.calls[0].parameters == {"QueueName": "queue", "Attributes": {"VisibilityTimeout": "30"}}
    assert {"Bucket": "bucket", "Key": "a b/ü", "ContentType": "text/plain"}.items() <= aws.calls[
        2
    ].parameters.items()
