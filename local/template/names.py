"""Names, ARNs, and attributes of resources.

They match `sam local`, so both resolve a template alike. Only the Ref of a queue differs: it is a URL here,
as on AWS, and a name there. The local SQS accepts both.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from local.template.template import Template

ACCOUNT = "123456789012"
REGION = "us-east-1"
STACK = "local"
PARTITION = "aws"

# SAM CLI's credentials for functions when no others are configured. The local stack treats them as its admin.
ADMIN_KEY = "defaultkey"
ADMIN_SECRET = "defaultsecret"  # noqa: S105 -- valid for the local stack only

PSEUDO_PARAMETERS = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": PARTITION,
    "AWS::Region": REGION,
    "AWS::StackId": f"arn:{PARTITION}:cloudformation:{REGION}:{ACCOUNT}:stack/{STACK}/0",
    "AWS::StackName": STACK,
    "AWS::URLSuffix": "amazonaws.com",
}

NAME_PROPERTIES = {
    "AWS::S3::Bucket": "BucketName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::IAM::Role": "RoleName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::CloudWatch::Alarm": "AlarmName",
}

# The value of Ref by resource type, given the resource's name; that of all other types is the name itself.
REFERENCES: dict[str, Callable[[str], str]] = {
    "AWS::SQS::Queue": lambda name: f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}",
}

# The value of Fn::GetAtt by resource type and attribute, given the resource's name.
ATTRIBUTES: dict[tuple[str, str], Callable[[str], str]] = {
    ("AWS::S3::Bucket", "Arn"): lambda name: f"arn:{PARTITION}:s3:::{name}",
    ("AWS::S3::Bucket", "RegionalDomainName"): lambda name: f"{name}.s3.{REGION}.amazonaws.com",
    ("AWS::DynamoDB::Table", "Arn"): lambda name: arn("dynamodb", f"table/{name}"),
    # On AWS, it ends with the time when the stream was created.
    ("AWS::DynamoDB::Table", "StreamArn"): lambda name: arn("dynamodb", f"table/{name}/stream/local"),
    ("AWS::SQS::Queue", "Arn"): lambda name: arn("sqs", name),
    ("AWS::SQS::Queue", "QueueName"): lambda name: name,
    ("AWS::Lambda::Function", "Arn"): lambda name: arn("lambda", f"function:{name}"),
    ("AWS::Logs::LogGroup", "Arn"): lambda name: arn("logs", f"log-group:{name}:*"),
    ("AWS::CloudWatch::Alarm", "Arn"): lambda name: arn("cloudwatch", f"alarm:{name}"),
    ("AWS::Events::Rule", "Arn"): lambda name: arn("events", f"rule/{name}"),
    ("AWS::IAM::Role", "Arn"): lambda name: f"arn:{PARTITION}:iam::{ACCOUNT}:role/{name}",
    ("AWS::CloudFront::Distribution", "DomainName"): lambda name: f"{name.lower()}.cloudfront.net",
    ("AWS::ApiGatewayV2::Api", "ApiEndpoint"): lambda name: (
        f"https://{name}.execute-api.{REGION}.amazonaws.com"
    ),
}


def arn(service: str, resource: str) -> str:
    return f"arn:{PARTITION}:{service}:{REGION}:{ACCOUNT}:{resource}"


def last_part(resource_arn: str) -> str:
    """Return the resource name at the end of the ARN of a function, queue, bucket, or table."""
    return resource_arn.split(":", 5)[-1].split(":")[-1].split("/")[-1]


def resources_by_name(template: Template, resource_type: str) -> dict[str, dict[str, Any]]:
    """Return the resolved properties of all resources of a type; the default name is the logical id."""
    key = NAME_PROPERTIES[resource_type]
    resources = template.resources(resource_type)
    return {properties.get(key, logical_id): properties for logical_id, properties in resources.items()}
