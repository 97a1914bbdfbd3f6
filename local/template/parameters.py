"""A template's parameters: what was given, else the defaults, held against the template's own rules."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any


class ParameterError(Exception):
    """A parameter that the template does not have, or a value that it does not take."""


def parameter_values(declared: Mapping[str, Mapping[str, Any]], given: Mapping[str, str]) -> dict[str, str]:
    """Give every declared parameter its value as text.

    Raises ParameterError, which names the parameter and what would be right.
    """
    for name in given:
        if name not in declared:
            raise ParameterError(f"The template has no parameter {name}. It has: {', '.join(declared)}.")
    values = {}
    for name, rules in declared.items():
        if name not in given and "Default" not in rules:
            raise ParameterError(
                f"The parameter {name} needs a value: {rules.get('Description', 'it has no default.')}"
            )
        values[name] = str(given.get(name, rules.get("Default")))
        _check(name, values[name], rules)
    return values


def samconfig_parameters(path: Path, environment: str) -> dict[str, str]:
    """Read one environment's `parameter_overrides`, as `sam --config-env` would."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ParameterError(f"{path.name} is not valid TOML: {error}.") from error
    if environment not in document:
        known = ", ".join(name for name, entry in document.items() if isinstance(entry, dict))
        raise ParameterError(f"{path.name} has no environment {environment}. It has: {known}.")
    overrides = document[environment].get("global", {}).get("parameters", {}).get("parameter_overrides", [])
    pairs = overrides.split() if isinstance(overrides, str) else overrides
    values = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise ParameterError(f"{path.name} has {pair!r} where Name=value is expected.")
        values[name] = value.strip('"')
    return values


def _check(name: str, value: str, rules: Mapping[str, Any]) -> None:
    wrong = _what_is_wrong(value, rules)
    if wrong:
        reason = rules.get("ConstraintDescription") or wrong
        raise ParameterError(f"The parameter {name} cannot be {value!r}: it must be {reason}.")


def _what_is_wrong(value: str, rules: Mapping[str, Any]) -> str | None:
    allowed = [str(entry) for entry in rules.get("AllowedValues", [])]
    if allowed and value not in allowed:
        return f"one of {', '.join(allowed)}"
    if "AllowedPattern" in rules and not re.fullmatch(rules["AllowedPattern"], value):
        return f"of the form {rules['AllowedPattern']}"
    return _what_is_wrong_with_number(value, rules) if rules.get("Type") == "Number" else None


def _what_is_wrong_with_number(value: str, rules: Mapping[str, Any]) -> str | None:
    try:
        number = float(value)
    except ValueError:
        return "a number"
    if number < float(rules.get("MinValue", number)):
        return f"{rules['MinValue']} or more"
    if number > float(rules.get("MaxValue", number)):
        return f"{rules['MaxValue']} or less"
    return None
