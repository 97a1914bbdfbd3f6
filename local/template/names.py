"""Names and addresses as `sam local` would make them up, so that both resolve a template alike."""

from __future__ import annotations

ACCOUNT = "123456789012"
REGION = "us-east-1"
STACK = "local"
PARTITION = "aws"

# What SAM CLI gives a function when the person has no credentials; the local stack's owner.
ADMIN_KEY = "defaultkey"
ADMIN_SECRET = "defaultsecret"  # noqa: S105 -- opens nothing but this machine's stand-in

PSEUDO_PARAMETERS = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": PARTITION,
    "AWS::Region": REGION,
    "AWS::StackId": f"arn:{PARTITION}:cloudformation:{REGION}:{ACCOUNT}:stack/{STACK}/0",
    "AWS::StackName": STACK,
    "AWS::URLSuffix": "amazonaws.com",
}


def arn(service: str, resource: str) -> str:
    return f"arn:{PARTITION}:{service}:{REGION}:{ACCOUNT}:{resource}"


def last_part(any_arn: str) -> str:
    """The name at the end of an ARN of a function, a queue, a bucket or a table."""
    return any_arn.split(":", 5)[-1].split(":")[-1].split("/")[-1]
