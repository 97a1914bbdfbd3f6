"""The template for given parameters, and what its rules say about them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from samtranslator.yaml_helper import yaml_parse

from local.template.intrinsics import resolve
from local.template.parameters import parameter_values
from local.template.template import Template

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "template.yaml"
ISSUER = "https://id.example.com/realms/pictures"
OTHER_PROVIDER = {"SignInIssuer": ISSUER, "SignInClientId": "page"}


def load(**parameters: str) -> Template:
    """Return the template with every value resolved. Raises ParameterError."""
    return Template.load(TEMPLATE, parameters)


def broken_rules(**parameters: str) -> list[str]:
    """Return what CloudFormation says about the parameters' values; empty if it accepts them."""
    source = yaml_parse(TEMPLATE.read_text(encoding="utf-8"))
    template = Template(source, parameter_values(source["Parameters"], parameters), {})
    applied = [rule for rule in source["Rules"].values() if _holds(rule.get("RuleCondition", True), template)]
    assertions = [assertion for rule in applied for assertion in rule["Assertions"]]
    return [entry["AssertDescription"] for entry in assertions if not _holds(entry["Assert"], template)]


def _holds(expression: Any, template: Template) -> bool:
    match expression:
        case {"Fn::Contains": [values, value]}:  # exists in rules only
            return resolve(value, template) in resolve(values, template)
        case _:
            return bool(resolve(expression, template))
