"""Measures the units of one request to moto's DynamoDB, from its items before and after it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bench.usage.units import Index, Units, Write, get_units, query_units, write_units
from local.aws.table_changes import read_item, touched_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from moto.dynamodb.models.table import Table
    from moto.dynamodb.responses import DynamoHandler

_WRITES = ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems")


class UnknownOperation(Exception):
    """It isn't known how DynamoDB counts the units of an operation."""


def measure(handler: DynamoHandler, operation: str, call: Callable[[], Any]) -> tuple[Any, Units]:
    """Carry out a request. Return moto's response and the request's units.

    Raises UnknownOperation for an operation whose units aren't known.
    """
    request: Mapping[str, Any] = handler.params
    if operation in ("GetItem", "BatchGetItem", "Query"):
        response = call()
        return response, _read(operation, request, json.loads(response[2]))
    if operation not in _WRITES:
        raise UnknownOperation(f"The units of {operation} aren't known.")
    touched = list(touched_keys(handler))
    before = [read_item(handler, table, key) for table, key in touched]
    response = call()
    units, tables = Units(), handler.dynamodb_backend.tables
    for (table, key), old in zip(touched, before, strict=True):
        write = Write(key, old, read_item(handler, table, key))
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


def _indexes(table: Table) -> list[Index]:
    return [
        Index(
            own_keys=tuple(key["AttributeName"] for key in index.schema),
            table_keys=tuple(table.table_key_attrs),
        )
        for index in table.global_indexes
    ]
