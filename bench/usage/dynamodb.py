"""Measures the units of one request to moto's DynamoDB, from its items before and after it."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

from moto.dynamodb.models.dynamo_type import DynamoType

from bench.usage.units import Index, Units, Write, get_units, query_units, write_units

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from moto.dynamodb.models.table import Table
    from moto.dynamodb.responses import DynamoHandler

    from bench.usage.units import Item

_SINGLE_WRITES = ("PutItem", "UpdateItem", "DeleteItem")


def measure(handler: DynamoHandler, operation: str, call: Callable[[], Any]) -> tuple[Any, Units]:
    """Carry out a request. Return moto's response and the request's units.

    Raises NotImplementedError for an operation whose units aren't known.
    """
    request: Mapping[str, Any] = handler.params
    if operation in ("GetItem", "BatchGetItem", "Query"):
        response = call()
        return response, _read(operation, request, json.loads(response[2]))
    keys = list(_written_keys(operation, request))
    tables = handler.dynamodb_backend.tables
    before = [_find(tables[table], key) for table, key in keys]
    response = call()
    writes = [
        Write(_key(tables[table], key), old, _find(tables[table], key))
        for (table, key), old in zip(keys, before, strict=True)
    ]
    units = Units()
    for (table, _), write in zip(keys, writes, strict=True):
        units += write_units([write], _indexes(tables[table]), transaction=operation == "TransactWriteItems")
    return response, units


def _read(operation: str, request: Mapping[str, Any], response: Mapping[str, Any]) -> Units:
    if operation == "Query":
        return query_units(response["Items"], consistent=request.get("ConsistentRead", False))
    if operation == "GetItem":
        return get_units([response.get("Item")], consistent=request.get("ConsistentRead", False))
    units = Units()
    for table, asked in request["RequestItems"].items():
        found = response["Responses"].get(table, [])
        missing = [None] * (len(asked["Keys"]) - len(found))
        units += get_units([*found, *missing], consistent=asked.get("ConsistentRead", False))
    return units


def _written_keys(operation: str, request: Mapping[str, Any]) -> Iterator[tuple[str, Item]]:
    """Yield the table and the key, perhaps with more attributes, of each item that a request names."""
    if operation in _SINGLE_WRITES:
        yield request["TableName"], request.get("Key") or request["Item"]
    elif operation == "TransactWriteItems":
        for action in request["TransactItems"]:
            for parameters in action.values():
                yield parameters["TableName"], parameters.get("Key") or parameters["Item"]
    else:
        raise NotImplementedError(f"The units of {operation} aren't known.")


def _key(table: Table, attributes: Item) -> Item:
    names = [table.hash_key_attr, *([table.range_key_attr] if table.range_key_attr else [])]
    return {name: attributes[name] for name in names}


def _find(table: Table, attributes: Item) -> Item | None:
    hash_key, *others = (DynamoType(value) for value in _key(table, attributes).values())
    item = table.get_item(hash_key, others[0] if others else None)
    return copy.deepcopy(item.to_json()["Attributes"]) if item else None


def _indexes(table: Table) -> list[Index]:
    return [
        Index(
            own_keys=tuple(key["AttributeName"] for key in index.schema),
            table_keys=tuple(table.table_key_attrs),
        )
        for index in table.global_indexes
    ]
