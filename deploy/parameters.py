"""The template's parameters for one deployment, and the regions that it can use."""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING, Any

from deploy.environments import ROOT
from deploy.errors import DeploymentError
from local.template.documents import read_yaml_template
from local.template.parameters import ParameterError, parameter_values, parse_overrides
from local.template.template import Template

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from deploy.environments import Environment

TEMPLATE = ROOT / "template.yaml"
AUDIENCES = "ProgramAudiences"


def deployment_parameters(
    environment: Environment, overrides: str = "", template: Path = TEMPLATE
) -> dict[str, str]:
    """Return the value of every parameter: from `overrides`, else samconfig.toml, else the default.

    SAM CLI and CloudFormation must get all of them, but for those that `leave_audiences` leaves out. One that
    is left out keeps the value of the last deployment in the stack, but gets its default in the build.
    Raises DocumentError or ParameterError.
    """
    declared = _read(template).get("Parameters", {})
    for name in declared:
        if name in os.environ:  # make passes its variables on as environment variables
            raise ParameterError(f'{name} is a parameter of the template. Put it in SET="{name}=…".')
    given = {**environment.parameters, **parse_overrides(overrides, "SET")}
    return parameter_values(declared, given)


def leave_audiences(
    environment: Environment, overrides: str, values: Mapping[str, str], kept: str
) -> dict[str, str]:
    """Return the values without the audiences of programs, unless they are given; `kept` are the stack's.

    So the stack keeps those that it has when it is updated: `make client` may have added or revoked a program
    since `kept` was read. With the stack's own user pool, nothing else changes them. Raises ParameterError.
    """
    if AUDIENCES not in {**environment.parameters, **parse_overrides(overrides, "SET")}:
        return {name: value for name, value in values.items() if name != AUDIENCES}
    if not values["SignInIssuer"] and values[AUDIENCES] != kept:
        raise ParameterError(
            f"{AUDIENCES} can't be set while people sign in with the stack's own user pool: "
            f"{environment.command('client')} adds and removes programs. Leave it out of SET and "
            "samconfig.toml."
        )
    return dict(values)


def changed_parameters(values: Mapping[str, str], template: Path = TEMPLATE) -> dict[str, str]:
    """Return the parameters whose value isn't the template's default."""
    declared = _read(template).get("Parameters", {})
    return {name: value for name, value in values.items() if value != str(declared[name].get("Default"))}


def is_valid(name: str, value: str, template: Path = TEMPLATE) -> bool:
    """Return whether a parameter can have a value by itself: rules may still forbid it beside others."""
    try:
        parameter_values({name: _read(template)["Parameters"][name]}, {name: value})
    except ParameterError:
        return False
    return True


def require_supported_region(region: str, template: Path = TEMPLATE) -> None:
    """Raise DeploymentError if the template's rule doesn't list the region."""
    supported = _supported_regions(_read(template))
    if supported and region not in supported:
        raise DeploymentError(
            f"The stack can't be deployed to {region}, which doesn't have every service that it needs. "
            f"Use one of {', '.join(supported)}."
        )


def require_rules(values: Mapping[str, str], region: str, template: Path = TEMPLATE) -> None:
    """Raise ParameterError if the parameters violate one of the template's rules.

    A rule can't split the audiences, so each is checked as if it were the only one.
    """
    for audience in values[AUDIENCES].split(","):
        Template(_read(template), {**values, AUDIENCES: audience}, {}, region).check_rules()


@functools.cache  # it takes a third of a second
def _read(template: Path) -> Mapping[str, Any]:
    return read_yaml_template(template)


def _supported_regions(document: Mapping[str, Any]) -> list[str]:
    rule = document.get("Rules", {}).get("SupportedRegion", {"Assertions": []})
    lists = [assertion["Assert"].get("Fn::Contains", [[]])[0] for assertion in rule["Assertions"]]
    return [region for regions in lists for region in regions]
