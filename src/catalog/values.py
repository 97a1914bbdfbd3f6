"""Conversion between Python's values and DynamoDB's attribute values, as boto3's resource does it.

Importing boto3 takes longer than building all clients of a function, so the functions use botocore alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from decimal import Clamped, Context, Decimal, Inexact, Overflow, Rounded, Underflow
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.model import OperationModel, Shape
    from mypy_boto3_dynamodb import DynamoDBClient

# DynamoDB's numbers have 38 digits; one that would be rounded is an error.
_NUMBERS = Context(prec=38, Emin=-128, Emax=126, traps=[Clamped, Inexact, Overflow, Rounded, Underflow])
_ATTRIBUTE_VALUE = "AttributeValue"  # botocore's name of the shape


def to_attribute(value: Any) -> dict[str, Any]:
    """Return the attribute value of a Python value. Raises TypeError if there is none, as for a float."""
    if isinstance(value, Mapping):
        return {"M": {name: to_attribute(each) for name, each in value.items()}}
    if isinstance(value, list | tuple):
        return {"L": [to_attribute(each) for each in value]}
    if isinstance(value, Set):
        return _to_set(value)
    kind, converted = _to_scalar(value)
    return {kind: converted}


def from_attribute(attribute: Mapping[str, Any]) -> Any:
    """Return the Python value of an attribute value: numbers are decimals."""
    ((kind, value),) = attribute.items()
    match kind:
        case "S" | "BOOL" | "B":
            return value
        case "N":
            return _NUMBERS.create_decimal(value)
        case "M":
            return {name: from_attribute(each) for name, each in value.items()}
        case "L":
            return [from_attribute(each) for each in value]
        case "NULL":
            return None
        case "NS":
            return {_NUMBERS.create_decimal(each) for each in value}
        case "SS" | "BS":
            return set(value)
    raise TypeError(f"The attribute type {kind} isn't known.")


def from_attributes(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return an item of attribute values with Python values."""
    return {name: from_attribute(value) for name, value in item.items()}


def convert_values(client: DynamoDBClient) -> None:
    """Make a client take and return Python values where DynamoDB has attribute values."""
    client.meta.events.register("provide-client-params.dynamodb", _convert_request)
    client.meta.events.register("after-call.dynamodb", _convert_response)


def _convert_request(params: dict[str, Any], model: OperationModel, **_: Any) -> Any:
    return _convert(model.input_shape, params, to_attribute)


def _convert_response(parsed: dict[str, Any], model: OperationModel, **_: Any) -> None:
    if "Error" not in parsed:
        parsed |= _convert(model.output_shape, parsed, from_attribute)


def _convert(shape: Shape | None, value: Any, convert: Callable[[Any], Any]) -> Any:
    """Return a value of a shape with the attribute values in it converted."""
    described: Any = shape
    match described and described.type_name:
        case "structure":
            if described.name == _ATTRIBUTE_VALUE:
                return convert(value)
            members = described.members
            return {
                name: _convert(members[name], each, convert) if name in members else each
                for name, each in value.items()
            }
        case "map":
            return {name: _convert(described.value, each, convert) for name, each in value.items()}
        case "list":
            return [_convert(described.member, each, convert) for each in value]
    return value


def _to_scalar(value: Any) -> tuple[str, Any]:
    match value:
        case None:
            return "NULL", True
        case bool():
            return "BOOL", value
        case str():
            return "S", value
        case int() | Decimal():
            number = _NUMBERS.create_decimal(value)
            if number.is_finite():
                return "N", str(number)
        case bytes() | bytearray():
            return "B", bytes(value)
    raise TypeError(f"DynamoDB has no type for {value!r}.")


def _to_set(values: Set[Any]) -> dict[str, Any]:
    kinds, converted = zip(*map(_to_scalar, values), strict=True) if values else ((), ())
    if len(set(kinds)) != 1 or kinds[0] not in ("S", "N", "B"):
        raise TypeError(f"DynamoDB has no type for {values!r}.")
    return {f"{kinds[0]}S": list(converted)}
