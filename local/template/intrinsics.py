"""CloudFormation's intrinsic functions, as far as the template uses them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

NO_VALUE = object()  # Ref AWS::NoValue: the property or list entry that holds it is removed


class Template(Protocol):
    """What the functions look up: references, attributes, conditions, and mappings."""

    def ref(self, name: str) -> Any: ...

    def attribute(self, logical_id: str, name: str) -> Any: ...

    def condition(self, name: str) -> bool: ...

    def mapped(self, name: str, key: str, subkey: str) -> Any: ...


class ResolutionError(Exception):
    """The template refers to something that it doesn't define or that the local stack doesn't support."""


def resolve(value: Any, template: Template) -> Any:
    """Return a copy of `value` with all intrinsic functions resolved.

    Raises ResolutionError if a function, reference, or attribute is unknown.
    """
    if isinstance(value, list):
        resolved = [resolve(entry, template) for entry in value]
        return [entry for entry in resolved if entry is not NO_VALUE]
    if not isinstance(value, Mapping):
        return value
    if len(value) == 1:
        (name, argument), *_ = value.items()
        if name in _FUNCTIONS:
            return _FUNCTIONS[name](argument, template)
        if name.startswith("Fn::"):
            raise ResolutionError(f"The local stack doesn't support the function {name}.")
    entries = {key: resolve(entry, template) for key, entry in value.items()}
    return {key: entry for key, entry in entries.items() if entry is not NO_VALUE}


def _ref(argument: Any, template: Template) -> Any:
    return NO_VALUE if argument == "AWS::NoValue" else template.ref(argument)


def _get_att(argument: Any, template: Template) -> Any:
    logical_id, name = argument.split(".", 1) if isinstance(argument, str) else argument
    return template.attribute(logical_id, resolve(name, template))


def _sub(argument: Any, template: Template) -> str:
    text, variables = (argument, {}) if isinstance(argument, str) else argument

    def replacement(match: re.Match[str]) -> str:
        name = match[1].strip()
        if name.startswith("!"):
            return "${" + name[1:] + "}"
        if name in variables:
            return str(resolve(variables[name], template))
        return str(_get_att(name, template) if "." in name else template.ref(name))

    return re.sub(r"\$\{([^}]*)\}", replacement, text)


def _join(argument: Any, template: Template) -> str:
    separator, parts = argument
    return str(separator).join(str(part) for part in resolve(parts, template))


def _split(argument: Any, template: Template) -> list[str]:
    separator, text = resolve(argument, template)
    return str(text).split(str(separator))


def _if(argument: Any, template: Template) -> Any:
    condition, if_true, if_false = argument
    return resolve(if_true if template.condition(condition) else if_false, template)


def _find_in_map(argument: Any, template: Template) -> Any:
    name, key, subkey = resolve(argument, template)
    return template.mapped(name, str(key), subkey)


def _equals(argument: Any, template: Template) -> bool:
    left, right = resolve(argument, template)
    return str(left) == str(right)


def _contains(argument: Any, template: Template) -> bool:
    values, value = resolve(argument, template)
    return str(value) in [str(entry) for entry in values]


def _condition(argument: Any, template: Template) -> Any:
    if isinstance(argument, str):
        return template.condition(argument)
    return {"Condition": resolve(argument, template)}  # the Condition block of an IAM statement


def _booleans(argument: Any, template: Template) -> list[bool]:
    return [bool(resolve(entry, template)) for entry in argument]


_FUNCTIONS: dict[str, Callable[[Any, Template], Any]] = {
    "Ref": _ref,
    "Fn::GetAtt": _get_att,
    "Fn::Sub": _sub,
    "Fn::Join": _join,
    "Fn::Split": _split,
    "Fn::If": _if,
    "Fn::FindInMap": _find_in_map,
    "Fn::Equals": _equals,
    "Fn::Contains": _contains,
    "Fn::And": lambda argument, template: all(_booleans(argument, template)),
    "Fn::Or": lambda argument, template: any(_booleans(argument, template)),
    "Fn::Not": lambda argument, template: not _booleans(argument, template)[0],
    "Condition": _condition,
}
