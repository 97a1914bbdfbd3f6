"""Event patterns: the filter criteria of event source mappings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from local.template.template import TemplateError

Pattern = Mapping[str, Any]  # field → a pattern, or a list of values and operators of which one must match

_ABSENT = object()
_OPERATORS = ("prefix", "exists", "anything-but")


def parse_pattern(text: str) -> Pattern:
    """Parse a pattern. Raises TemplateError if it isn't one or has operators that aren't supported here."""
    try:
        pattern = json.loads(text)
    except ValueError as error:
        raise TemplateError(f"The filter {text!r} isn't JSON: {error}.") from error
    _check(pattern, text)
    return dict(pattern)


def matches(pattern: Pattern, event: Any) -> bool:
    """Return whether every field of a pattern matches an event."""
    return all(_field_matches(expected, _get(event, name)) for name, expected in pattern.items())


def _get(event: Any, name: str) -> Any:
    return event.get(name, _ABSENT) if isinstance(event, Mapping) else _ABSENT


def _field_matches(expected: Any, value: Any) -> bool:
    if isinstance(expected, Mapping):
        return matches(expected, value)
    values = value if isinstance(value, list) else [value]  # of an array, one element has to match
    return any(_value_matches(alternative, each) for alternative in expected for each in values)


def _value_matches(expected: Any, value: Any) -> bool:
    match expected:
        case {"exists": bool(is_expected)}:  # of a leaf: a field with fields of its own isn't one
            return is_expected == (value is not _ABSENT and not isinstance(value, Mapping))
        case {"prefix": str(prefix)}:
            return isinstance(value, str) and value.startswith(prefix)
        case {"anything-but": list(excluded)}:
            return value is not _ABSENT and value not in excluded
    return type(value) is type(expected) and bool(value == expected)


def _check(pattern: Any, text: str) -> None:
    if not isinstance(pattern, Mapping) or not pattern:
        raise TemplateError(f"The filter {text!r} must have objects, and lists of values in them.")
    for expected in pattern.values():
        if not isinstance(expected, list):
            _check(expected, text)
            continue
        for alternative in expected:
            if isinstance(alternative, Mapping) and not _is_supported(alternative):
                raise TemplateError(
                    f"The local stack doesn't support {json.dumps(alternative)}, in the filter {text!r}. "
                    f"It supports values, and the operators {', '.join(_OPERATORS)}."
                )


def _is_supported(operator: Mapping[str, Any]) -> bool:
    match operator:
        case {"exists": bool()} | {"prefix": str()} | {"anything-but": list()}:
            return len(operator) == 1
    return False
