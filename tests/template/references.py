"""What a transformed template's resources refer to, and which conditions decide about that."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any


def references(value: Any) -> Iterator[str]:
    """Yield the names that a value refers to: of resources, parameters and pseudo parameters."""
    match value:
        case {"Ref": str(name)}:
            yield name
        case {"Fn::GetAtt": [str(name), *_]}:
            yield name
        case {"Fn::GetAtt": str(name)}:
            yield name.partition(".")[0]
        case {"Fn::Sub": [str(text), dict(variables)]}:
            yield from _names_in(text) - variables.keys()
            yield from references(variables)
        case {"Fn::Sub": str(text)}:
            yield from _names_in(text)
        case dict():
            for entry in value.values():
                yield from references(entry)
        case list():
            for entry in value:
                yield from references(entry)


def dependencies(document: Mapping[str, Any]) -> dict[str, set[str]]:
    """Return the resources that each resource waits for, by reference or by DependsOn."""
    return {
        name: {target for target in references(resource) if target in document["Resources"]}
        | set(_list(resource.get("DependsOn", [])))
        for name, resource in document["Resources"].items()
    }


def missing(document: Mapping[str, Any]) -> set[str]:
    """Return the names that something refers to and that don't exist."""
    known = {*document["Resources"], *document["Parameters"]}
    used = {*references(document["Resources"]), *references(document["Outputs"])}
    used |= {target for targets in dependencies(document).values() for target in targets}
    return {name for name in used - known if not name.startswith("AWS::")}


def deciding_parameters(document: Mapping[str, Any]) -> set[str]:
    """Return the parameters on which it depends what exists and what it refers to."""
    entries = [*document["Resources"].values(), *document["Outputs"].values()]
    conditions = {entry["Condition"] for entry in entries if "Condition" in entry}
    conditions |= set(_deciding_conditions(entries, document["Resources"]))
    return {name for condition in conditions for name in condition_parameters(document, condition)}


def condition_parameters(document: Mapping[str, Any], condition: str) -> set[str]:
    """Return the parameters that a condition compares, itself or by other conditions."""
    expression = document["Conditions"][condition]
    inner = {name for other in _conditions_in(expression) for name in condition_parameters(document, other)}
    return set(references(expression)) | inner


def _deciding_conditions(value: Any, resources: Mapping[str, Any]) -> Iterator[str]:
    match value:
        case {"Fn::If": [str(condition), *branches]}:
            if any(name in resources for name in references(branches)):
                yield condition
            yield from _deciding_conditions(branches, resources)
        case dict():
            yield from _deciding_conditions(list(value.values()), resources)
        case list():
            for entry in value:
                yield from _deciding_conditions(entry, resources)


def _conditions_in(expression: Any) -> Iterator[str]:
    match expression:
        case {"Condition": str(name)}:
            yield name
        case dict():
            yield from _conditions_in(list(expression.values()))
        case list():
            for entry in expression:
                yield from _conditions_in(entry)


def _names_in(text: str) -> set[str]:
    return {name.partition(".")[0] for name in re.findall(r"\$\{([^!}][^}]*)\}", text)}


def _list(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
