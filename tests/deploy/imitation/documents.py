"""Templates as CloudFormation reads them: size, parameters, rules, and the SAM transform."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml
from samtranslator.yaml_helper import yaml_parse

from local.template.template import TemplateError, transform_document
from tests.deploy.imitation.errors import AwsError, InvalidRequest

ACCOUNT = "123456789012"
PARTITION = "aws"
MAX_BODY_BYTES = 51_200  # a larger template has to be in S3
MAX_OBJECT_BYTES = 1 << 20


@dataclass(frozen=True)
class Blueprint:
    """A template with all its inputs: what a stack is or is to become."""

    body: str
    document: Mapping[str, Any]  # transformed
    parameters: Mapping[str, str]
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def resources(self) -> Mapping[str, Mapping[str, Any]]:
        resources: Mapping[str, Mapping[str, Any]] = self.document["Resources"]
        return resources


def read_document(body: str) -> dict[str, Any]:
    """Parse a template. Raises InvalidRequest."""
    if len(body.encode()) > MAX_OBJECT_BYTES:
        raise InvalidRequest(f"Template may not exceed {MAX_OBJECT_BYTES} bytes in size.")
    try:
        document = yaml_parse(body)
    except yaml.YAMLError as error:
        raise InvalidRequest(f"Template format error: YAML not well-formed. {error}") from error
    if not isinstance(document, dict) or not document.get("Resources"):
        raise InvalidRequest("Template format error: At least one Resources member must be defined.")
    return document


def parameter_values(
    document: Mapping[str, Any], given: Sequence[Mapping[str, Any]], previous: Mapping[str, str]
) -> dict[str, str]:
    """Return the value of every parameter: as given, the stack's present one, or the default.

    A parameter that isn't given gets its default, even if the stack has another value. Raises InvalidRequest.
    """
    declared: Mapping[str, Mapping[str, Any]] = document.get("Parameters", {})
    values = {name: str(entry["Default"]) for name, entry in declared.items() if "Default" in entry}
    for parameter in given:
        name = parameter["ParameterKey"]
        if not parameter.get("UsePreviousValue"):
            values[name] = parameter["ParameterValue"]
        elif name in previous:
            values[name] = previous[name]
        else:
            raise InvalidRequest(
                f"Invalid input for parameter key {name}. Cannot specify usePreviousValue as true "
                "for a parameter key not in the previous template"
            )
    if unknown := [name for name in values if name not in declared]:
        raise InvalidRequest(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    if missing := [name for name in declared if name not in values]:
        raise InvalidRequest(f"Parameters: [{', '.join(missing)}] must have values")
    for name, value in values.items():
        _check_value(name, value, declared[name])
    return values


def process_document(
    document: dict[str, Any], values: Mapping[str, str], region: str, capabilities: Sequence[str]
) -> dict[str, Any]:
    """Apply the SAM transform. Raises AwsError."""
    if document.get("Transform") == "AWS::Serverless-2016-10-31":
        known = {"AWS::Region": region, "AWS::Partition": PARTITION}
        try:
            document = transform_document(document, {**values, **known}, "")
        except TemplateError as error:
            raise InvalidRequest(f"Transform AWS::Serverless-2016-10-31 failed with: {error}") from error
    types = {resource["Type"] for resource in document["Resources"].values()}
    if any(name.startswith("AWS::IAM::") for name in types) and "CAPABILITY_IAM" not in capabilities:
        raise AwsError("InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_IAM]")
    return document


def _check_value(name: str, value: str, declaration: Mapping[str, Any]) -> None:
    allowed = [str(entry) for entry in declaration.get("AllowedValues", [])]
    if allowed and value not in allowed:
        raise InvalidRequest(f"Parameter '{name}' must be one of AllowedValues")
    pattern = declaration.get("AllowedPattern")
    if pattern is not None and not re.fullmatch(pattern, value):
        constraint = declaration.get(
            "ConstraintDescription",
            f"Parameter {name} failed to satisfy constraint: must match pattern {pattern}",
        )
        raise InvalidRequest(f"Parameter {name} failed to satisfy constraint: {constraint}")
    if declaration["Type"] == "Number":
        _check_number(name, value, declaration)


def _check_number(name: str, value: str, declaration: Mapping[str, Any]) -> None:
    try:
        number = float(value)
    except ValueError:
        raise InvalidRequest(f"Parameter '{name}' must be a number.") from None
    if number < float(declaration.get("MinValue", number)):
        raise InvalidRequest(f"Parameter '{name}' must be a number not less than {declaration['MinValue']}")
    if number > float(declaration.get("MaxValue", number)):
        raise InvalidRequest(
            f"Parameter '{name}' must be a number not greater than {declaration['MaxValue']}"
        )
