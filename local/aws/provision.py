"""Creates the buckets, tables and queues of the template.

The policies of buckets and queues are left out on purpose: moto applies a Deny without its Condition, so the
one that denies connections without TLS would deny every request.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from local.aws.administrator import admin_client
from local.aws.endpoint import AwsRequestHandler
from local.server import Server
from local.template.names import resources_by_name

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

    from local.template.template import Template

_ENCRYPTION = {"SSESpecification", "SqsManagedSseEnabled", "KmsMasterKeyId"}  # everything is kept in memory
# Properties that boto3 sets in separate calls, or under another name. All others are passed on.
_SEPARATE_TABLE_PROPERTIES = {
    "TableName",
    "TimeToLiveSpecification",
    "PointInTimeRecoverySpecification",
    "StreamSpecification",  # the stack has streams of its own: `local.lambda_.streams`
}
_SEPARATE_QUEUE_PROPERTIES = {"QueueName", "RedrivePolicy"}


def provision_unseen(endpoint: WSGIApplication, template: Template) -> None:
    """Create everything through an address that nobody else knows, and that is gone afterward.

    Clients of the previous run, such as an open page, have to wait until its data is there.
    """
    server = Server("127.0.0.1", 0, "AWS_PORT", AwsRequestHandler)
    try:
        server.serve(endpoint)
        provision(template, partial(admin_client, url=server.url))
    finally:
        server.stop()


def provision(template: Template, client: Callable[[str], Any]) -> None:
    """Create everything; `client(service)` returns a boto3 client of the stack's administrator."""
    _create_buckets(client("s3"), template)
    _create_tables(client("dynamodb"), template)
    _create_queues(client("sqs"), template)


def _create_buckets(s3: S3Client, template: Template) -> None:
    for name, properties in resources_by_name(template, "AWS::S3::Bucket").items():
        s3.create_bucket(Bucket=name)
        if versioning := properties.get("VersioningConfiguration"):
            s3.put_bucket_versioning(Bucket=name, VersioningConfiguration=versioning)
    if source := template.parameters.get("SourceBucket"):  # exists before the stack, on AWS
        s3.create_bucket(Bucket=source)


def _create_tables(dynamodb: DynamoDBClient, template: Template) -> None:
    for name, properties in resources_by_name(template, "AWS::DynamoDB::Table").items():
        passed_on = properties.keys() - _SEPARATE_TABLE_PROPERTIES - _ENCRYPTION
        parameters: Any = {key: properties[key] for key in passed_on}
        dynamodb.create_table(TableName=name, **parameters)
        if time_to_live := properties.get("TimeToLiveSpecification"):
            dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=time_to_live)
        if recovery := properties.get("PointInTimeRecoverySpecification"):
            dynamodb.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=recovery)


def _create_queues(sqs: SQSClient, template: Template) -> None:
    queues = resources_by_name(template, "AWS::SQS::Queue")
    urls = {
        name: sqs.create_queue(QueueName=name, Attributes=_queue_attributes(properties))["QueueUrl"]
        for name, properties in queues.items()
    }
    # After all queues exist, because a redrive policy refers to another queue
    for name, properties in queues.items():
        if redrive := properties.get("RedrivePolicy"):
            sqs.set_queue_attributes(QueueUrl=urls[name], Attributes={"RedrivePolicy": json.dumps(redrive)})


def _queue_attributes(properties: Mapping[str, Any]) -> Any:
    """Return attributes as SQS expects them: strings."""
    return {
        key: str(value).lower() if isinstance(value, bool) else str(value)
        for key, value in properties.items()
        if key not in _SEPARATE_QUEUE_PROPERTIES | _ENCRYPTION
    }
