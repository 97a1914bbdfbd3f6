"""Actions of a DynamoDB transaction, built from plain Python values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

Action = dict[str, dict[str, Any]]  # one element of TransactItems

_ALIAS = re.compile("#([A-Za-z]+)")  # of an attribute whose name may be a reserved word


@dataclass(frozen=True)
class Update:
    """A conditional update of an item: the arguments of `Table.update`, and of an action."""

    key: Mapping[str, str]
    expression: str
    values: Mapping[str, Any]
    condition: str

    def action(self) -> Action:
        """Return the action of a transaction."""
        return update(self.key, self.expression, self.values, self.condition)


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
    names = {f"#{name}": name for name in _ALIAS.findall(expressions)}
    return {"ExpressionAttributeNames": names} if names else {}


def _expressions(
    values: Mapping[str, Any] | None = None, *, update: str = "", condition: str = ""
) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "UpdateExpression": update,
        "ConditionExpression": condition,
        "ExpressionAttributeValues": values,
        **attribute_names(f"{update} {condition}"),
    }
    return {name: value for name, value in arguments.items() if value}
