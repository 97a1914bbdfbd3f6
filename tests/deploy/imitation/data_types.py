"""Buckets, the table, queues, and code: resources that hold data, created in moto."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from tests.deploy.imitation.documents import ACCOUNT, PARTITION
from tests.deploy.imitation.resource_types import (
    Place,
    ResourceFailure,
    ResourceType,
    api_arguments,
    new_name,
)


class Bucket(ResourceType):
    def create(self, place: Place, properties: Mapping[str, Any]) -> str:
        client, name = place.client("s3"), properties.get("BucketName") or new_name(place, properties).lower()
        arguments = {}
        if place.region != "us-east-1":  # S3's default, which must not be named
            arguments["CreateBucketConfiguration"] = {"LocationConstraint": place.region}
        client.create_bucket(Bucket=name, **arguments)
        if versioning := properties.get("VersioningConfiguration"):
            client.put_bucket_versioning(Bucket=name, VersioningConfiguration=versioning)
        return str(name)

    def delete(self, place: Place, physical_id: str, properties: Mapping[str, Any]) -> None:
        place.client("s3").delete_bucket(Bucket=physical_id)

    def attributes(self, place: Place, physical_id: str) -> dict[str, str]:
        host = f"{physical_id}.s3.{place.region}.amazonaws.com"
        return {"Arn": f"arn:{PARTITION}:s3:::{physical_id}", "RegionalDomainName": host}


class Table(ResourceType):
    def create(self, place: Place, properties: Mapping[str, Any]) -> str:
        client, name = place.client("dynamodb"), new_name(place, properties)
        arguments = {**properties, **_stream(properties), "TableName": name}
        client.create_table(**api_arguments(client, "CreateTable", arguments))
        return name

    def update(self, place: Place, physical_id: str, properties: Mapping[str, Any]) -> None:
        client = place.client("dynamodb")
        changes = {"DeletionProtectionEnabled": properties.get("DeletionProtectionEnabled", False)}
        current = client.describe_table(TableName=physical_id)["Table"].get("StreamSpecification", {})
        if bool(_stream(properties)) != current.get("StreamEnabled", False):
            changes |= _stream(properties) or {"StreamSpecification": {"StreamEnabled": False}}
        client.update_table(TableName=physical_id, **api_arguments(client, "UpdateTable", changes))

    def delete(self, place: Place, physical_id: str, properties: Mapping[str, Any]) -> None:
        place.client("dynamodb").delete_table(TableName=physical_id)

    def attributes(self, place: Place, physical_id: str) -> dict[str, str]:
        arn = f"arn:{PARTITION}:dynamodb:{place.region}:{ACCOUNT}:table/{physical_id}"
        return {"Arn": arn, "StreamArn": f"{arn}/stream/1"}  # on AWS, only of a table that has a stream


class Queue(ResourceType):
    def create(self, place: Place, properties: Mapping[str, Any]) -> str:
        created = place.client("sqs").create_queue(
            QueueName=new_name(place, properties), Attributes=_settings(properties)
        )
        return str(created["QueueUrl"])

    def update(self, place: Place, physical_id: str, properties: Mapping[str, Any]) -> None:
        place.client("sqs").set_queue_attributes(QueueUrl=physical_id, Attributes=_settings(properties))

    def delete(self, place: Place, physical_id: str, properties: Mapping[str, Any]) -> None:
        place.client("sqs").delete_queue(QueueUrl=physical_id)

    def attributes(self, place: Place, physical_id: str) -> dict[str, str]:
        name = physical_id.rsplit("/", 1)[1]
        return {"Arn": f"arn:{PARTITION}:sqs:{place.region}:{ACCOUNT}:{name}", "QueueName": name}


class Code(ResourceType):
    """A function or a layer. Its code must be in a bucket of the stack's region."""

    def __init__(self, key: str) -> None:
        self._key = key

    def create(self, place: Place, properties: Mapping[str, Any]) -> str:
        self._require_code(place, properties)
        name = new_name(place, properties)
        if place.type == "AWS::Lambda::LayerVersion":
            return (
                f"arn:{PARTITION}:lambda:{place.region}:{ACCOUNT}:layer:{properties.get('LayerName', name)}:1"
            )
        return name

    def update(self, place: Place, physical_id: str, properties: Mapping[str, Any]) -> None:
        self._require_code(place, properties)

    def _require_code(self, place: Place, properties: Mapping[str, Any]) -> None:
        code = properties[self._key]
        try:
            place.client("s3").head_object(Bucket=code["S3Bucket"], Key=code["S3Key"])
        except ClientError as error:
            details = error.response["Error"]
            raise ResourceFailure(
                f"Error occurred while GetObject. S3 Error Code: {details['Code']}."
            ) from error


def _stream(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table's stream as DynamoDB expects it; CloudFormation takes only its view type."""
    if "StreamSpecification" not in properties:
        return {}
    return {"StreamSpecification": {"StreamEnabled": True, **properties["StreamSpecification"]}}


def _settings(properties: Mapping[str, Any]) -> dict[str, str]:
    """Return a queue's attributes, whose values are text in SQS."""
    settings = {
        name: str(properties[name])
        for name in ("VisibilityTimeout", "MessageRetentionPeriod")
        if name in properties
    }
    if policy := properties.get("RedrivePolicy"):
        settings["RedrivePolicy"] = json.dumps(policy)
    return settings
