"""What DynamoDB requests change: the items of moto's tables before and after each request.

A change is reported before the request is answered, in the order in which the requests were carried out. moto
has streams, but they report the writes of a canceled transaction, too.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moto.dynamodb.models.dynamo_type import DynamoType

if TYPE_CHECKING:
    from moto.dynamodb.responses import DynamoHandler

Item = dict[str, Any]  # an item in DynamoDB's JSON, such as {"pk": {"S": "…"}}
Touched = tuple[str, Item]  # a table and a key


@dataclass(frozen=True)
class TableChange:
    """One item before and after a request; None if it didn't or doesn't exist."""

    table: str
    key: Item
    old: Item | None
    new: Item | None


Listener = Callable[[Sequence[TableChange]], None]
_listeners: list[Listener] = []  # of the process, as moto's state is


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Report changes to a listener within a `with` block. The request fails if the listener raises."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


@contextmanager
def reporting(handler: DynamoHandler) -> Iterator[None]:
    """Report what the request of a handler changes within a `with` block, even if it fails in between."""
    touched = list(touched_keys(handler)) if _listeners else []
    before = [read_item(handler, table, key) for table, key in touched]
    try:
        yield
    finally:
        after = [read_item(handler, table, key) for table, key in touched]
        changes = [
            TableChange(table, key, old, new)
            for (table, key), old, new in zip(touched, before, after, strict=True)
            if old != new
        ]
        if changes:
            for listener in tuple(_listeners):
                listener(changes)


def touched_keys(handler: DynamoHandler) -> Iterator[Touched]:
    """Yield the table and the key of each item that a request may change, each once."""
    seen = []
    for table, attributes in _written(getattr(handler, "params", {})):
        key = {name: attributes[name] for name in _key_names(handler, table) if name in attributes}
        if key and (table, key) not in seen:
            seen.append((table, key))
            yield table, key


def _written(body: Mapping[str, Any]) -> Iterator[Touched]:
    """Yield the table and the key, perhaps with more attributes, of each item that a request's body names."""
    for action in body.get("TransactItems", ()):
        for parameters in action.values():
            yield parameters["TableName"], parameters.get("Key") or parameters.get("Item", {})
    for table, requests in body.get("RequestItems", {}).items():
        for request in requests if isinstance(requests, list) else ():  # a mapping in BatchGetItem
            for parameters in request.values():
                yield table, parameters.get("Key") or parameters.get("Item", {})
    if "TableName" in body and ("Key" in body or "Item" in body):
        yield body["TableName"], body.get("Key") or body["Item"]


def _key_names(handler: DynamoHandler, table_name: str) -> list[str]:
    table = handler.dynamodb_backend.tables.get(table_name)
    return [table.hash_key_attr, *([table.range_key_attr] if table.range_key_attr else [])] if table else []


def read_item(handler: DynamoHandler, table_name: str, key: Item) -> Item | None:
    """Return a copy of the item with a key, or None if there is none."""
    table = handler.dynamodb_backend.tables[table_name]
    range_name = table.range_key_attr
    if table.hash_key_attr not in key or (range_name and range_name not in key):
        return None  # an invalid request
    range_key = DynamoType(key[range_name]) if range_name else None
    item = table.get_item(DynamoType(key[table.hash_key_attr]), range_key)
    return copy.deepcopy(item.to_json()["Attributes"]) if item else None
