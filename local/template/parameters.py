"""Template parameters: given values or defaults, validated against the template's constraints."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.template.documents import read_toml


class ParameterError(Exception):
    """A parameter is unknown, missing, or has an invalid value."""


def parameter_values(declared: Mapping[str, Mapping[str, Any]], given: Mapping[str, str]) -> dict[str, str]:
    """Return the value of every declared parameter as text.

    Raises ParameterError if a parameter is unknown, missing, or invalid; the message says what is valid.
    """
    for name in given:
        if name not in declared:
            raise ParameterError(f"The template has no parameter {name}. It has: {', '.join(declared)}.")
    values = {}
    for name, declaration in declared.items():
        if name not in given and "Default" not in declaration:
            description = declaration.get("Description", "it has no default.")
            raise ParameterError(f"The parameter {name} needs a value: {description}")
        values[name] = str(given.get(name, declaration.get("Default")))
        if required := _violated_constraint(values[name], declaration):
            required = declaration.get("ConstraintDescription") or required
            raise ParameterError(f"The parameter {name} can't be {values[name]!r}: it must be {required}.")
    return values


def samconfig_parameters(path: Path, environment: str) -> dict[str, str]:
    """Read one environment's `parameter_overrides`, as `sam --config-env` does.

    Raises DocumentError, or ParameterError if the file doesn't have the environment.
    """
    document = read_toml(path)
    if environment not in document:
        known = ", ".join(name for name, entry in document.items() if isinstance(entry, dict))
        raise ParameterError(f"{path.name} has no environment {environment}. It has: {known}.")
    settings = command_settings(document, environment, "global", path.name)
    return parse_overrides(settings.get("parameter_overrides", []), path.name)


def command_settings(
    document: Mapping[str, Any], environment: str, command: str, source: str
) -> Mapping[str, Any]:
    """Return the settings of one command in an environment of samconfig.toml.

    Raises ParameterError, which names the source, if a part of their path isn't a table.
    """
    table: Mapping[str, Any] = document
    path = [environment, command, "parameters"]
    for depth, name in enumerate(path, start=1):
        found = table.get(name, {})
        if not isinstance(found, Mapping):
            raise ParameterError(f"{source} must have a table at [{'.'.join(path[:depth])}], not {found!r}.")
        table = found
    return table


def parse_overrides(overrides: str | list[str], source: str) -> dict[str, str]:
    """Parse `Name=value` pairs, as a list or as a text with spaces in between; a value can be quoted.

    Raises ParameterError, which names the source.
    """
    if not isinstance(overrides, str) and not (
        isinstance(overrides, list) and all(isinstance(text, str) for text in overrides)
    ):
        raise ParameterError(
            f"{source} has parameter_overrides = {overrides!r}, but a list such as "
            '["Name=value"] is expected.'
        )
    values = {}
    for text in [overrides] if isinstance(overrides, str) else overrides:
        try:
            pairs = shlex.split(text)
        except ValueError as error:
            raise ParameterError(f"{source} has {text!r}, in which a quotation mark isn't closed.") from error
        for pair in pairs:
            name, equals, value = pair.partition("=")
            if not equals or name == "ParameterKey":  # an older form of SAM CLI
                raise ParameterError(f"{source} has {pair!r}, but Name=value is expected.")
            values[name] = value
    return values


def _violated_constraint(value: str, declaration: Mapping[str, Any]) -> str | None:
    """Return the constraint that a value violates, as the end of "it must be …"."""
    allowed = [str(entry) for entry in declaration.get("AllowedValues", [])]
    if allowed and value not in allowed:
        return f"one of {', '.join(allowed)}"
    if "AllowedPattern" in declaration and not re.fullmatch(declaration["AllowedPattern"], value, re.ASCII):
        return f"of the form {declaration['AllowedPattern']}"
    if declaration.get("Type") != "Number":
        return None
    is_whole = isinstance(declaration.get("Default"), int)  # the default of a number with a fraction has one
    if not re.fullmatch(r"-?\d+" if is_whole else r"-?\d+(\.\d+)?", value, re.ASCII):
        return "a whole number" if is_whole else "a number"
    number = float(value)
    if number < float(declaration.get("MinValue", number)):
        return f"{declaration['MinValue']} or more"
    if number > float(declaration.get("MaxValue", number)):
        return f"{declaration['MaxValue']} or less"
    return None
