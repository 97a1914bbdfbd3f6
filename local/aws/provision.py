"""Creates the buckets, tables and queues of the template.

Bucket policies are left out on purpose: moto applies a Deny without its Condition, so the one that denies
connections without TLS would deny every request.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from local.template.names import ADMIN_KEY, ADMIN_SECRET, REGION, physical_name

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

    from local.template.template import Template

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
    """Create everything at the endpoint `url`, as the stack's administrator."""
    _create_buckets(_client("s3", url), template)
    _create_tables(_client("dynamodb", url), template)
    _create_queues(_client("sqs", url), template)


def _client(service: Any, url: str) -> Any:
    return boto3.client(
        service,
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id=ADMIN_KEY,
        aws_secret_access_key=ADMIN_SECRET,
        config=Config(proxies={}, retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
    )


def _named_resources(template: Template, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for logical_id, properties in template.resources(kind).items():
        yield physical_name(logical_id, kind, properties), properties


def _create_buckets(s3: S3Client, template: Template) -> None:
    for name, properties in _named_resources(template, "AWS::S3::Bucket"):
        s3.create_bucket(Bucket=name)
        if versioning := properties.get("VersioningConfiguration"):
            s3.put_bucket_versioning(Bucket=name, VersioningConfiguration=versioning)


def _create_tables(dynamodb: DynamoDBClient, template: Template) -> None:
    for name, properties in _named_resources(template, "AWS::DynamoDB::Table"):
        parameters: dict[str, Any] = {key: properties[key] for key in _TABLE_PROPERTIES if key in properties}
        # Another stack in this process may have created it.
        with contextlib.suppress(dynamodb.exceptions.ResourceInUseException):
            dynamodb.create_table(TableName=name, **parameters)
        if time_to_live := properties.get("TimeToLiveSpecification"):
            dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=time_to_live)
        if recovery := properties.get("PointInTimeRecoverySpecification"):
            dynamodb.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=recovery)


def _create_queues(sqs: SQSClient, template: Template) -> None:
    queues = list(_named_resources(template, "AWS::SQS::Queue"))
    urls = {
        name: sqs.create_queue(QueueName=name, Attributes=_queue_attributes(properties))["QueueUrl"]
        for name, properties in queues
    }
    for name, properties in queues:  # after all of them exist, because a policy refers to another queue
        if redrive := properties.get("RedrivePolicy"):
            sqs.set_queue_attributes(QueueUrl=urls[name], Attributes={"RedrivePolicy": json.dumps(redrive)})


def _queue_attributes(properties: Mapping[str, Any]) -> Any:
    """Return attributes as SQS expects them: strings."""
    attributes = {key: properties[key] for key in _QUEUE_ATTRIBUTES if key in properties}
    return {
        key: str(value).lower() if isinstance(value, bool) else str(value)
        for key, value in attributes.items()
    }
