"""What CloudFormation knows about a type of resource: its schema, identifiers and attributes."""

from __future__ import annotations

import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cfnlint.schema import ResourceNotFoundError
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from tests.deploy.imitation.documents import ACCOUNT, PARTITION
from tests.deploy.imitation.errors import InvalidRequest
from tests.deploy.imitation.services import Services

_ATTRIBUTES = {
    "AWS::IAM::Role": {"Arn": f"arn:{PARTITION}:iam::{ACCOUNT}:role/{{id}}"},
    "AWS::Lambda::Function": {"Arn": f"arn:{PARTITION}:lambda:{{region}}:{ACCOUNT}:function:{{id}}"},
    "AWS::Logs::LogGroup": {"Arn": f"arn:{PARTITION}:logs:{{region}}:{ACCOUNT}:log-group:{{id}}:*"},
    "AWS::Events::Rule": {"Arn": f"arn:{PARTITION}:events:{{region}}:{ACCOUNT}:rule/{{id}}"},
    "AWS::CloudWatch::Alarm": {"Arn": f"arn:{PARTITION}:cloudwatch:{{region}}:{ACCOUNT}:alarm:{{id}}"},
    "AWS::ApiGatewayV2::Api": {"ApiEndpoint": "https://{id}.execute-api.{region}.amazonaws.com"},
}
_SHORT_IDS = ("AWS::ApiGatewayV2::Api",)  # the others consist of the stack's name, their own, and letters
_ID_LETTERS = string.ascii_uppercase + string.digits


class ResourceFailure(Exception):
    """A resource can't be created, updated or deleted; the message is the reason in the stack's events."""


@dataclass(frozen=True)
class Place:
    """The stack that a resource belongs to, and its name there."""

    services: Services
    region: str
    stack_name: str
    logical_id: str
    type: str

    def client(self, service: str) -> Any:
        return self.services.client(service, self.region)


class ResourceType:
    """A type of which nothing but an identifier exists. Others derive from it and call a service."""

    def create(self, place: Place, properties: Mapping[str, Any]) -> str:
        """Create the resource and return its physical id."""
        return new_name(place, properties)

    def update(self, place: Place, physical_id: str, properties: Mapping[str, Any]) -> None:
        """Change the resource to have these properties."""

    def delete(self, place: Place, physical_id: str, properties: Mapping[str, Any]) -> None:
        """Delete the resource."""

    def attributes(self, place: Place, physical_id: str) -> dict[str, str]:
        """Return what Fn::GetAtt can get."""
        templates = _ATTRIBUTES.get(place.type, {})
        return {name: text.format(region=place.region, id=physical_id) for name, text in templates.items()}


def new_name(place: Place, properties: Mapping[str, Any]) -> str:
    """Return the name that the template gives to a resource, or a unique one."""
    identifier = _schema(place.type, place.region).get("primaryIdentifier", [])
    if len(identifier) == 1 and (name := properties.get(_property(identifier[0]))):
        return str(name)
    unique = "".join(secrets.choice(_ID_LETTERS) for _ in range(12))
    if place.type in _SHORT_IDS:
        return unique[:10].lower()
    return f"{place.stack_name}-{place.logical_id}-{unique}"


def require_type(name: str, region: str) -> None:
    """Raises InvalidRequest if the region doesn't have this type of resource."""
    _schema(name, region)


def replaced_by(name: str, region: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether a change of properties makes CloudFormation create a new resource."""
    fixed = {_property(pointer) for pointer in _schema(name, region).get("createOnlyProperties", [])}
    return any(before.get(key) != after.get(key) for key in fixed)


def api_arguments(client: Any, operation: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return the properties that a service's operation takes, in the types that it expects."""
    shape = client.meta.service_model.operation_model(operation).input_shape
    arguments: dict[str, Any] = _coerce(properties, shape)
    return arguments


def _coerce(value: Any, shape: Any) -> Any:
    """CloudFormation accepts text for numbers and booleans; the services don't."""
    match shape.type_name:
        case "structure":
            members = shape.members
            return {name: _coerce(entry, members[name]) for name, entry in value.items() if name in members}
        case "list":
            return [_coerce(entry, shape.member) for entry in value]
        case "boolean":
            return str(value).lower() == "true"
        case "integer" | "long":
            return int(value)
    return value


def _schema(name: str, region: str) -> Mapping[str, Any]:
    try:
        schema: Mapping[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, name).schema
    except ResourceNotFoundError as error:
        raise InvalidRequest(f"Template format error: Unrecognized resource types: [{name}]") from error
    return schema


def _property(pointer: str) -> str:
    """Return the top-level property of a JSON pointer such as /properties/Name/Part."""
    return pointer.split("/")[2]
