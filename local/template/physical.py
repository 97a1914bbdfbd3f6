"""What a resource is called, and what Fn::GetAtt gives of it, on this machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from local.template.intrinsics import UnknownInTemplate
from local.template.names import ACCOUNT, PARTITION, REGION, arn

# The property that names a resource of a kind; without it, or where it is not set, the logical id does.
_NAME_PROPERTIES = {
    "AWS::S3::Bucket": "BucketName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Logs::LogGroup": "LogGroupName",
}

_ATTRIBUTES: dict[tuple[str, str], Callable[[str], str]] = {
    ("AWS::S3::Bucket", "Arn"): lambda name: f"arn:{PARTITION}:s3:::{name}",
    ("AWS::S3::Bucket", "DomainName"): lambda name: f"{name}.s3.amazonaws.com",
    ("AWS::S3::Bucket", "RegionalDomainName"): lambda name: f"{name}.s3.{REGION}.amazonaws.com",
    ("AWS::DynamoDB::Table", "Arn"): lambda name: arn("dynamodb", f"table/{name}"),
    ("AWS::SQS::Queue", "Arn"): lambda name: arn("sqs", name),
    ("AWS::SQS::Queue", "QueueName"): lambda name: name,
    ("AWS::Lambda::Function", "Arn"): lambda name: arn("lambda", f"function:{name}"),
    ("AWS::Logs::LogGroup", "Arn"): lambda name: arn("logs", f"log-group:{name}:*"),
    ("AWS::IAM::Role", "Arn"): lambda name: f"arn:{PARTITION}:iam::{ACCOUNT}:role/{name}",
    ("AWS::CloudFront::Distribution", "DomainName"): lambda name: f"{name.lower()}.cloudfront.net",
    ("AWS::ApiGatewayV2::Api", "ApiId"): lambda name: name,
    ("AWS::ApiGatewayV2::Api", "ApiEndpoint"): lambda name: (
        f"https://{name}.execute-api.{REGION}.amazonaws.com"
    ),
}


def name_property(kind: str) -> str:
    """Give the property that names a resource of this kind, or "" if none does."""
    return _NAME_PROPERTIES.get(kind, "")


def physical_name(logical_id: str, kind: str, properties: Mapping[str, Any]) -> str:
    """Name a resource from its resolved properties."""
    return str(properties.get(name_property(kind), logical_id))


def attribute(kind: str, name: str, attribute_name: str) -> str:
    """Answer Fn::GetAtt for the resource called `name`."""
    if (kind, attribute_name) not in _ATTRIBUTES:
        raise UnknownInTemplate(f"The local stack does not know the attribute {attribute_name} of {kind}.")
    return _ATTRIBUTES[kind, attribute_name](name)
