"""Actions of a DynamoDB transaction, built from plain Python values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

Action = dict[str, dict[str, Any]]  # one element of TransactItems

_RESERVED_WORDS = {"#status": "status", "#name": "name"}  # attribute names that expressions must alias


def put(item: Mapping[str, Any], condition: str = "", values: Mapping[str, Any] | None = None) -> Action:
    """Return the action that writes a whole item."""
    return {"Put": {"Item": item, **_expressions(values, condition=condition)}}


def update(key: Mapping[str, str], expression: str, values: Mapping[str, Any], condition: str = "") -> Action:
    """Return the action that updates an item, or creates it."""
    return {"Update": {"Key": key, **_expressions(values, update=expression, condition=condition)}}


def delete(key: Mapping[str, str], condition: str = "", values: Mapping[str, Any] | None = None) -> Action:
    """Return the action that deletes an item."""
    return {"Delete": {"Key": key, **_expressions(values, condition=condition)}}


def check(key: Mapping[str, str], condition: str, values: Mapping[str, Any]) -> Action:
    """Return a condition-only action."""
    return {"ConditionCheck": {"Key": key, **_expressions(values, condition=condition)}}


def attribute_names(expressions: str) -> dict[str, Any]:
    """Return the ExpressionAttributeNames argument for the aliases used, if any."""
    names = {alias: name for alias, name in _RESERVED_WORDS.items() if alias in expressions}
    return {"ExpressionAttributeNames": names} if names else {}


def _expressions(
    values: Mapping[str, Any] | None = None, *, update: str = "", condition: str = ""
) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "UpdateExpression": update,
        "ConditionExpression": condition,
        "ExpressionAttributeValues": values,
        **attribute_names(update + condition),
    }
    return {name: value for name, value in arguments.items() if value}
