"""Validate requests against botocore's service model, as the service's front end does.

A request that doesn't fit the shapes (invalid JSON, a wrong type) is a SerializationException. One that
violates constraints of the model (required, enum, length, range, pattern) is a ValidationException that lists
all violations. Rules beyond the model are checked by the operations: InvalidParameterException.
"""

from __future__ import annotations

import base64
import functools
import json
import re
from typing import Any

import botocore.session
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StructureShape

from local.rekognition.errors import RekognitionError

MAX_INTEGER = 2**31 - 1


# The JSON types of each scalar shape, and their description in error messages.
SCALARS: dict[str, tuple[tuple[type, ...], str]] = {
    "string": ((str,), "a string"),
    "blob": ((str,), "a string"),
    "integer": ((int,), "a whole number"),
    "float": ((int, float), "a number"),
    "boolean": ((bool,), "true or false"),
}


@functools.cache
def _load_service_model() -> ServiceModel:
    return botocore.session.get_session().get_service_model("rekognition")


def parse_request(operation: str, payload: bytes) -> dict[str, Any]:
    """Return the request's members, with blobs decoded and nulls left out.

    Raises RekognitionError (SerializationException or ValidationException) if it doesn't fit the model.
    """
    try:
        document = json.loads(payload.decode() or "{}", parse_constant=_reject_constant)
    except (ValueError, RecursionError):
        raise _serialization_error("the body is not JSON") from None
    shape = _load_service_model().shape_for(f"{operation}Request")
    parser = _Parser()
    request: dict[str, Any] = parser.parse(document, shape, "")
    count = len(parser.violations)
    if count:
        summary = f"{count} validation error{'s' if count > 1 else ''} detected: "
        raise RekognitionError("ValidationException", summary + "; ".join(parser.violations))
    return request


class _Parser:
    """Parses values by their shapes and collects the violated constraints."""

    def __init__(self) -> None:
        self.violations: list[str] = []

    def parse(self, value: Any, shape: Shape, path: str) -> Any:
        if isinstance(shape, StructureShape):
            return self._parse_structure(value, shape, path)
        if isinstance(shape, ListShape):
            return self._parse_list(value, shape, path)
        if isinstance(shape, MapShape):
            return self._parse_map(value, shape, path)
        return self._parse_scalar(value, shape, path)

    def _parse_structure(self, value: Any, shape: StructureShape, path: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise _serialization_error(f"{path or 'the body'} must be an object")
        for name in value:
            if name not in shape.members:
                # AWS ignores unknown members. The emulator rejects them so that typos are noticed.
                raise _serialization_error(f"{_join(path, name)} is not a member of {shape.name}")
        parsed = {}
        for name, member in shape.members.items():
            if value.get(name) is not None:
                parsed[name] = self.parse(value[name], member, _join(path, name))
            elif name in shape.required_members:
                self._add("null", _join(path, name), "Member must not be null")
        return parsed

    def _parse_list(self, value: Any, shape: ListShape, path: str) -> list[Any]:
        if not isinstance(value, list):
            raise _serialization_error(f"{path} must be a list")
        shown = "[" + ", ".join(str(item) for item in value) + "]"
        self._check_range(len(value), shown, "length", shape, path)
        return [
            self.parse(item, shape.member, f"{path}.{number}.member") for number, item in enumerate(value, 1)
        ]

    def _parse_map(self, value: Any, shape: MapShape, path: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise _serialization_error(f"{path} must be an object")
        self._check_range(len(value), str(value), "length", shape, path)
        for name in value:
            self._check_string(name, shape.key, f"{path}.key")
        return {name: self.parse(item, shape.value, f"{path}.{name}.member") for name, item in value.items()}

    def _parse_scalar(self, value: Any, shape: Shape, path: str) -> Any:
        types, expected = SCALARS[shape.type_name]
        if type(value) not in types or (shape.type_name == "integer" and abs(value) > MAX_INTEGER):
            raise _serialization_error(f"{path} must be {expected}")
        if shape.type_name == "blob":
            try:
                value = base64.b64decode(value, validate=True)
            except ValueError:
                raise _serialization_error(f"{path} must be base64") from None
            self._check_range(len(value), f"blob of {len(value)} bytes", "length", shape, path)
        elif shape.type_name == "string":
            self._check_string(value, shape, path)
        elif shape.type_name != "boolean":
            self._check_range(value, str(value), "value", shape, path)
        return value

    def _check_string(self, value: str, shape: Shape, path: str) -> None:
        self._check_range(len(value), value, "length", shape, path)
        pattern, allowed = shape.metadata.get("pattern"), shape.metadata.get("enum")
        if pattern and not _compile(pattern).fullmatch(value):
            self._add(_quote(value), path, f"Member must satisfy regular expression pattern: {pattern}")
        if allowed and value not in allowed:
            self._add(_quote(value), path, f"Member must satisfy enum value set: [{', '.join(allowed)}]")

    def _check_range(self, number: float, shown: str, what: str, shape: Shape, path: str) -> None:
        low, high = shape.metadata.get("min"), shape.metadata.get("max")
        if low is not None and number < low:
            self._add(_quote(shown), path, f"Member must have {what} greater than or equal to {low}")
        if high is not None and number > high:
            self._add(_quote(shown), path, f"Member must have {what} less than or equal to {high}")

    def _add(self, shown: str, path: str, rule: str) -> None:
        self.violations.append(f"Value {shown} at '{path}' failed to satisfy constraint: {rule}")


@functools.cache
def _compile(pattern: str) -> re.Pattern[str]:
    """Compile a pattern of the service model. Python has no Unicode categories such as letters or spaces."""
    for category, replacement in (("L", r"\w"), ("N", r"\w"), ("Z", r"\s")):
        pattern = pattern.replace(rf"\p{{{category}}}", replacement)
    return re.compile(pattern)


def _reject_constant(name: str) -> None:
    """Reject NaN and Infinity, which Python's parser accepts."""
    raise ValueError(name)


def _serialization_error(reason: str) -> RekognitionError:
    return RekognitionError("SerializationException", f"The request cannot be read: {reason}.")


def _quote(text: str) -> str:
    return f"'{text[:200]}'"


def _join(path: str, name: str) -> str:
    """Format a path as AWS does: image.s3Object.name."""
    name = name[:1].lower() + name[1:]
    return f"{path}.{name}" if path else name
