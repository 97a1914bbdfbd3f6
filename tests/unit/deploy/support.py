"""A deployed stack in moto's CloudFormation, and the target that works on it."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Literal

import boto3

from deploy.environments import Environment
from deploy.target import Target

if TYPE_CHECKING:
    from collections.abc import Mapping

REGION: Literal["eu-central-1"] = "eu-central-1"
SESSION = boto3.Session(region_name=REGION)  # shared, because each one reads the services' models again
_EVENTS: Any = SESSION.events
_EVENTS.register_last(
    "before-call.rekognition",  # whose projects moto doesn't know
    lambda **_: (SimpleNamespace(status_code=200), {"ProjectDescriptions": []}),
)
STACK = "pictures"
OUTPUTS = {
    "ApiUrl": "https://api.example.com",
    "OutputBucketName": "pictures-output",
    "SignInIssuer": "https://id.example.com",
    "SignInClientId": "page",
    "CommandLineClientId": "cli",
    "SiteUrl": "https://pictures.example.com",
}
QUEUE = {"Queue": {"Type": "AWS::SQS::Queue"}}


def make_target(name: str = "default", session: boto3.Session = SESSION, **settings: Any) -> Target:
    return Target(Environment(name, STACK, {}, **settings), session, REGION, "the test")


def create_stack(
    outputs: Mapping[str, str],
    resources: Mapping[str, Any] = QUEUE,
    parameters: Mapping[str, str] | None = None,
) -> None:
    """Create the stack, or replace it, in moto."""
    parameters = parameters or {}
    client = SESSION.client("cloudformation")
    template = {
        "Parameters": {name: {"Type": "String"} for name in parameters},
        "Resources": resources,
        "Outputs": {name: {"Value": value} for name, value in outputs.items()},
    }
    client.create_stack(
        StackName=STACK,
        TemplateBody=json.dumps(template),
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()],
    )
