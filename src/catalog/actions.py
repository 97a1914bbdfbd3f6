"""Actions: the parts of a DynamoDB transaction, made of plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

Action = dict[str, dict[str, Any]]

_RESERVED = {"#status": "status", "#name": "name"}  # words that DynamoDB keeps to itself


def put(item: Mapping[str, Any], condition: str = "", values: Mapping[str, Any] | None = None) -> Action:
    """Write an item whole."""
    return {"Put": {"Item": item, **_expressions(values, condition=condition)}}


def update(key: Mapping[str, str], expression: str, values: Mapping[str, Any], condition: str = "") -> Action:
    """Change an item, or begin one."""
    return {"Update": {"Key": key, **_expressions(values, update=expression, condition=condition)}}


def delete(key: Mapping[str, str], condition: str = "", values: Mapping[str, Any] | None = None) -> Action:
    """Delete an item."""
    return {"Delete": {"Key": key, **_expressions(values, condition=condition)}}


def check(key: Mapping[str, str], condition: str, values: Mapping[str, Any]) -> Action:
    """Do nothing but refuse."""
    return {"ConditionCheck": {"Key": key, **_expressions(values, condition=condition)}}


def names_in(text: str) -> dict[str, Any]:
    """Return the argument that tells what the placeholders in expressions stand for, if there are any."""
    names = {short: name for short, name in _RESERVED.items() if short in text}
    return {"ExpressionAttributeNames": names} if names else {}


def _expressions(
    values: Mapping[str, Any] | None = None, *, update: str = "", condition: str = ""
) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "UpdateExpression": update,
        "ConditionExpression": condition,
        "ExpressionAttributeValues": values,
        **names_in(update + condition),
    }
    return {name: value for name, value in arguments.items() if value}
