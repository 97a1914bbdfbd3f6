"""The template for given parameters, and what its rules say about them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from samtranslator.yaml_helper import yaml_parse

from local.template.intrinsics import resolve
from local.template.parameters import parameter_values
from local.template.template import Template

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "template.yaml"
ISSUER = "https://id.example.com/realms/pictures"
OWN_ISSUER = "https://cognito-idp.us-east-1.amazonaws.com/UserPool"  # in the local region
OTHER_PROVIDER = {"SignInIssuer": ISSUER, "SignInClientId": "page"}
FUNCTIONS = ("PresignFunction", "ProcessorFunction", "ImagesFunction", "RecoveryFunction")
MODEL_FUNCTIONS = ("ModelsFunction", "TrainerFunction")  # with MODELS
ALL_FUNCTIONS = (*FUNCTIONS, "PublisherFunction", *MODEL_FUNCTIONS)  # with EVENTS and MODELS


@cache
def read_source() -> dict[str, Any]:
    """Return the template as it is written. Don't change it: every caller receives the same object."""
    parsed: dict[str, Any] = yaml_parse(TEMPLATE.read_text(encoding="utf-8"))
    return parsed


def load(**parameters: str) -> Template:
    """Return the template with every value resolved. Raises ParameterError."""
    return Template.load(TEMPLATE, parameters)


def statements(template: Template, function: str) -> list[dict[str, Any]]:
    """Return the policy statements of a function's role."""
    role = template.resources("AWS::IAM::Role")[f"{function}Role"]
    return [statement for policy in role["Policies"] for statement in policy["PolicyDocument"]["Statement"]]


def allowed(template: Template, function: str) -> set[tuple[str, str]]:
    """Return the actions and resources that a function's role allows."""
    return {(statement["Action"], statement["Resource"]) for statement in statements(template, function)}


def broken_rules(**parameters: str) -> list[str]:
    """Return what CloudFormation says about the parameters' values; empty if it accepts them."""
    source = read_source()
    template = Template(source, parameter_values(source["Parameters"], parameters), {})
    rules = source["Rules"].values()
    applied = [rule for rule in rules if resolve(rule.get("RuleCondition", True), template)]
    assertions = [assertion for rule in applied for assertion in rule["Assertions"]]
    return [entry["AssertDescription"] for entry in assertions if not resolve(entry["Assert"], template)]
