"""What AWS would refuse only after the build, checked before it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from deploy.errors import DeploymentError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deploy.target import Target

_BUCKET_NAME_LENGTH = 63
OWN_BUCKET = "The bucket {} is one of the stack's own, so it can't be the source bucket. Name another."
_RESERVED = ("aws", "amazon", "cognito")  # in the domain of a user pool


def require_stack_name(target: Target, parameters: Mapping[str, str]) -> None:
    """Raise DeploymentError if the names of the buckets or of the sign-in page's domain would be invalid."""
    name = target.stack_name
    length = _BUCKET_NAME_LENGTH - len(f"-output-123456789012-{target.region}")
    if not re.fullmatch("[a-z][a-z0-9-]*", name) or len(name) > length:
        raise DeploymentError(
            f"The stack can't be named {name}: in {target.region}, a name has at most {length} lowercase "
            "letters, digits and hyphens, and starts with a letter."
        )
    reserved = [word for word in _RESERVED if word in name]
    if reserved and not parameters["SignInIssuer"]:
        raise DeploymentError(
            f"The stack can't be named {name}: Cognito doesn't accept {reserved[0]} in the address of the "
            "sign-in page."
        )


def require_https_issuer(parameters: Mapping[str, str]) -> None:
    """Raise DeploymentError for an issuer over http, which only the local stack accepts."""
    issuer = parameters["SignInIssuer"]
    if issuer.startswith("http://"):
        raise DeploymentError(f"SignInIssuer can't be {issuer} on AWS, where API Gateway requires https.")


def require_foreign_source(target: Target, parameters: Mapping[str, str]) -> None:
    """Raise DeploymentError for a bucket of the stack, whose events and objects have another meaning."""
    bucket, name, region = parameters["SourceBucket"], re.escape(target.stack_name), re.escape(target.region)
    if re.fullmatch(rf"{name}-(input|output|site)-\d{{12}}-{region}", bucket):
        raise DeploymentError(OWN_BUCKET.format(bucket))


def require_event_bus(target: Target, parameters: Mapping[str, str]) -> None:
    """Raise DeploymentError for a bus that doesn't exist: EventBridge would drop all events silently."""
    name = parameters["EventBusName"]
    if name in ("", "default"):
        return
    try:
        target.session.client("events").describe_event_bus(Name=name)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        raise DeploymentError(
            f"There is no event bus {name} in {target.region}. Create it, or correct EventBusName."
        ) from error
