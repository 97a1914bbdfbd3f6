"""Check a request against botocore's service model, as the service's own front end does.

What cannot be read into the shapes at all (no JSON, a wrong type) is a SerializationException. What can
be read but breaks a constraint of the model (required, enum, length, range, pattern) is a
ValidationException that lists every breach. Rules beyond the model are the operations' own and answer
InvalidParameterException.
"""

from __future__ import annotations

import base64
import binascii
import functools
import json
import re
from typing import TYPE_CHECKING, Any

import botocore.session
from botocore.model import ListShape, StructureShape

from local.rekognition.errors import RekognitionError

if TYPE_CHECKING:
    from botocore.model import OperationModel, ServiceModel, Shape

LARGEST_INTEGER = 2**31 - 1


@functools.cache
def service_model() -> ServiceModel:
    return botocore.session.get_session().get_service_model("rekognition")


def read_request(operation: OperationModel, payload: bytes) -> dict[str, Any]:
    """Return the request with blobs decoded and nulls left out, or raise the error it deserves."""
    try:
        document = json.loads(payload or b"{}", parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise _unreadable("the body is not JSON") from None
    breaches: list[str] = []
    shape = operation.input_shape
    if shape is None:
        return {}
    request = _structure(document, shape, "", breaches)
    if breaches:
        count = f"{len(breaches)} validation error{'s' if len(breaches) > 1 else ''} detected: "
        raise RekognitionError("ValidationException", count + "; ".join(breaches))
    return request


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _unreadable(why: str) -> RekognitionError:
    return RekognitionError("SerializationException", f"The request cannot be read: {why}.")


def _read(value: Any, shape: Shape, path: str, breaches: list[str]) -> Any:
    if isinstance(shape, StructureShape):
        return _structure(value, shape, path, breaches)
    if isinstance(shape, ListShape):
        return _list(value, shape, path, breaches)
    scalar = _SCALARS[shape.type_name](value, path)
    _constrain(scalar, shape, path, breaches)
    return scalar


def _structure(value: Any, shape: StructureShape, path: str, breaches: list[str]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _unreadable(f"{path or 'the body'} must be an object")
    for name in value:
        if name not in shape.members:
            # AWS drops an unknown member in silence; here it is refused, so that no typo goes unnoticed.
            raise _unreadable(f"{_join(path, name)} is not a member of {shape.name}")
    read = {}
    for name, member in shape.members.items():
        if value.get(name) is not None:
            read[name] = _read(value[name], member, _join(path, name), breaches)
        elif name in shape.required_members:
            breaches.append(_breach("null", _join(path, name), "Member must not be null", quote=False))
    return read


def _list(value: Any, shape: ListShape, path: str, breaches: list[str]) -> list[Any]:
    if not isinstance(value, list):
        raise _unreadable(f"{path} must be a list")
    _length(len(value), "[" + ", ".join(str(item) for item in value) + "]", shape, path, breaches)
    return [
        _read(item, shape.member, f"{path}.{number}.member", breaches) for number, item in enumerate(value, 1)
    ]


def _constrain(value: Any, shape: Shape, path: str, breaches: list[str]) -> None:
    if isinstance(value, bytes):
        _length(len(value), f"blob of {len(value)} bytes", shape, path, breaches)
    elif isinstance(value, str):
        _length(len(value), value, shape, path, breaches)
        pattern = shape.metadata.get("pattern")
        if pattern and not re.fullmatch(pattern, value):
            rule = f"Member must satisfy regular expression pattern: {pattern}"
            breaches.append(_breach(value, path, rule))
        allowed = shape.metadata.get("enum")
        if allowed and value not in allowed:
            rule = f"Member must satisfy enum value set: [{', '.join(allowed)}]"
            breaches.append(_breach(value, path, rule))
    elif not isinstance(value, bool):
        _limits(value, str(value), "value", shape, path, breaches)


def _length(length: int, shown: str, shape: Shape, path: str, breaches: list[str]) -> None:
    _limits(length, shown, "length", shape, path, breaches)


def _limits(number: float, shown: str, what: str, shape: Shape, path: str, breaches: list[str]) -> None:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and number < least:
        breaches.append(_breach(shown, path, f"Member must have {what} greater than or equal to {least}"))
    if most is not None and number > most:
        breaches.append(_breach(shown, path, f"Member must have {what} less than or equal to {most}"))


def _breach(shown: str, path: str, rule: str, *, quote: bool = True) -> str:
    shown = f"'{shown[:200]}'" if quote else shown
    return f"Value {shown} at '{path}' failed to satisfy constraint: {rule}"


def _join(path: str, name: str) -> str:
    """Write paths as AWS does: image.s3Object.name."""
    name = name[:1].lower() + name[1:]
    return f"{path}.{name}" if path else name


def _text(value: Any, path: str) -> str:
    if not isinstance(value, str):
        raise _unreadable(f"{path} must be a string")
    return value


def _blob(value: Any, path: str) -> bytes:
    try:
        return base64.b64decode(_text(value, path), validate=True)
    except (binascii.Error, ValueError):
        raise _unreadable(f"{path} must be base64") from None


def _integer(value: Any, path: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > LARGEST_INTEGER:
        raise _unreadable(f"{path} must be a whole number")
    return value


def _number(value: Any, path: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _unreadable(f"{path} must be a number")
    return value


def _flag(value: Any, path: str) -> bool:
    if not isinstance(value, bool):
        raise _unreadable(f"{path} must be true or false")
    return value


_SCALARS = {"string": _text, "blob": _blob, "integer": _integer, "float": _number, "boolean": _flag}
