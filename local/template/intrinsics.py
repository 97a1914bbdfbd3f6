"""CloudFormation's intrinsic functions, each a row of a table."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

NO_VALUE = object()  # what Ref AWS::NoValue gives: the entry that holds it disappears


class UnknownInTemplate(Exception):
    """The template uses something that the local stack has no answer for."""


class Scope(Protocol):
    """What a template knows while its values are resolved."""

    def ref(self, name: str) -> Any: ...
    def attribute(self, logical_id: str, name: str) -> Any: ...
    def condition(self, name: str) -> bool: ...
    def mapping(self, name: str, first: str, second: str) -> Any: ...


def resolve(value: Any, scope: Scope) -> Any:
    """Give `value` with every intrinsic function in it answered; the value itself is left alone."""
    if isinstance(value, list):
        resolved = [resolve(entry, scope) for entry in value]
        return [entry for entry in resolved if entry is not NO_VALUE]
    if not isinstance(value, Mapping):
        return value
    if len(value) == 1:
        (name, argument), *_ = value.items()
        if name in _FUNCTIONS:
            return _FUNCTIONS[name](argument, scope)
        if name.startswith("Fn::"):
            raise UnknownInTemplate(f"The local stack does not know the function {name}.")
    entries = {key: resolve(entry, scope) for key, entry in value.items()}
    return {key: entry for key, entry in entries.items() if entry is not NO_VALUE}


def _ref(argument: Any, scope: Scope) -> Any:
    return NO_VALUE if argument == "AWS::NoValue" else scope.ref(argument)


def _get_att(argument: Any, scope: Scope) -> Any:
    logical_id, name = argument.split(".", 1) if isinstance(argument, str) else argument
    return scope.attribute(logical_id, resolve(name, scope))


def _sub(argument: Any, scope: Scope) -> str:
    text, extra = (argument, {}) if isinstance(argument, str) else argument

    def fill(match: re.Match[str]) -> str:
        name = match[1].strip()
        if name.startswith("!"):
            return "${" + name[1:] + "}"
        if name in extra:
            return str(resolve(extra[name], scope))
        return str(_get_att(name, scope) if "." in name else scope.ref(name))

    return re.sub(r"\$\{([^}]*)\}", fill, text)


def _join(argument: Any, scope: Scope) -> str:
    separator, parts = argument
    return str(separator).join(str(part) for part in resolve(parts, scope))


def _select(argument: Any, scope: Scope) -> Any:
    index, entries = resolve(argument, scope)
    return entries[int(index)]


def _split(argument: Any, scope: Scope) -> list[str]:
    separator, text = resolve(argument, scope)
    return str(text).split(separator)


def _find_in_map(argument: Any, scope: Scope) -> Any:
    name, first, second = resolve(argument, scope)
    return scope.mapping(name, first, second)


def _base64(argument: Any, scope: Scope) -> str:
    return base64.b64encode(str(resolve(argument, scope)).encode()).decode()


def _if(argument: Any, scope: Scope) -> Any:
    condition, then, otherwise = argument
    return resolve(then if scope.condition(condition) else otherwise, scope)


def _equals(argument: Any, scope: Scope) -> bool:
    left, right = resolve(argument, scope)
    return str(left) == str(right)


def _condition(argument: Any, scope: Scope) -> Any:
    if isinstance(argument, str):
        return scope.condition(argument)
    return {"Condition": resolve(argument, scope)}  # an IAM statement's own word, not the function


def _truths(argument: Any, scope: Scope) -> list[bool]:
    return [bool(resolve(entry, scope)) for entry in argument]


_FUNCTIONS: dict[str, Callable[[Any, Scope], Any]] = {
    "Ref": _ref,
    "Fn::GetAtt": _get_att,
    "Fn::Sub": _sub,
    "Fn::Join": _join,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::FindInMap": _find_in_map,
    "Fn::Base64": _base64,
    "Fn::If": _if,
    "Fn::Equals": _equals,
    "Fn::And": lambda argument, scope: all(_truths(argument, scope)),
    "Fn::Or": lambda argument, scope: any(_truths(argument, scope)),
    "Fn::Not": lambda argument, scope: not _truths(argument, scope)[0],
    "Condition": _condition,
}
