"""Creates what the template describes: buckets, tables and queues.

Bucket policies are left out on purpose: moto applies a Deny without its Condition, so that one
against connections without TLS would refuse everything.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from local.aws.resources import Template, resources
from local.template.names import ADMIN_KEY, ADMIN_SECRET, REGION

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

_TABLE_PROPERTIES = (
    "AttributeDefinitions",
    "KeySchema",
    "BillingMode",
    "ProvisionedThroughput",
    "GlobalSecondaryIndexes",
    "LocalSecondaryIndexes",
    "StreamSpecification",
)
_QUEUE_ATTRIBUTES = (
    "VisibilityTimeout",
    "MessageRetentionPeriod",
    "DelaySeconds",
    "MaximumMessageSize",
    "ReceiveMessageWaitTimeSeconds",
    "SqsManagedSseEnabled",
    "FifoQueue",
    "ContentBasedDeduplication",
)


def provision(template: Template, url: str) -> None:
    """Create everything at the endpoint, as the stack's owner."""
    _buckets(_client("s3", url), template)
    _tables(_client("dynamodb", url), template)
    _queues(_client("sqs", url), template)


def _client(service: Any, url: str) -> Any:
    return boto3.client(
        service,
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id=ADMIN_KEY,
        aws_secret_access_key=ADMIN_SECRET,
        config=Config(proxies={}, retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
    )


def _buckets(s3: S3Client, template: Template) -> None:
    for _, name, properties in resources(template, "AWS::S3::Bucket"):
        s3.create_bucket(Bucket=name)
        if versioning := properties.get("VersioningConfiguration"):
            s3.put_bucket_versioning(Bucket=name, VersioningConfiguration=versioning)


def _tables(dynamodb: DynamoDBClient, template: Template) -> None:
    for _, name, properties in resources(template, "AWS::DynamoDB::Table"):
        described: dict[str, Any] = {key: properties[key] for key in _TABLE_PROPERTIES if key in properties}
        with contextlib.suppress(dynamodb.exceptions.ResourceInUseException):  # another stack of this process
            dynamodb.create_table(TableName=name, **described)
        if expiry := properties.get("TimeToLiveSpecification"):
            dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=expiry)
        if recovery := properties.get("PointInTimeRecoverySpecification"):
            dynamodb.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=recovery)


def _queues(sqs: SQSClient, template: Template) -> None:
    queues = list(resources(template, "AWS::SQS::Queue"))
    urls = {
        name: sqs.create_queue(QueueName=name, Attributes=_attributes(properties))["QueueUrl"]
        for _, name, properties in queues
    }
    for _, name, properties in queues:  # now that the queues they point at exist
        if redrive := properties.get("RedrivePolicy"):
            sqs.set_queue_attributes(QueueUrl=urls[name], Attributes={"RedrivePolicy": json.dumps(redrive)})


def _attributes(properties: Mapping[str, Any]) -> Any:
    chosen = {key: properties[key] for key in _QUEUE_ATTRIBUTES if key in properties}
    return {
        key: str(value).lower() if isinstance(value, bool) else str(value) for key, value in chosen.items()
    }
