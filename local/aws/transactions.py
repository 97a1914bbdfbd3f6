"""DynamoDB's transactions as AWS has them: nothing comes in between, and only what they touched is undone.

moto copies the whole table for each action of a transaction, and puts the copy back when it is cancelled,
which takes seconds in a table of thousands of items and undoes what others wrote meanwhile.
"""

from __future__ import annotations

import copy
import functools
import threading
from contextlib import ExitStack
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from moto.dynamodb import models
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    _Before = tuple[Any, tuple[DynamoType, DynamoType], Any]  # table, keys, item

_one_at_a_time = threading.RLock()


def make_transactions_isolated() -> None:
    """Change moto, for all of this process; doing it again changes nothing."""
    backend = models.DynamoDBBackend
    if hasattr(backend.transact_write_items, "__wrapped__"):
        return
    changes: list[tuple[Any, str, Any]] = [
        (models, "copy", SimpleNamespace(deepcopy=_copy_but_tables)),
        (backend, "transact_write_items", _undoing(backend.transact_write_items)),
        (DynamoHandler, "call_action", _alone(DynamoHandler.call_action)),
    ]
    for owner, name, value in changes:
        setattr(owner, name, value)


def _copy_but_tables(value: Any) -> Any:
    return value if isinstance(value, Table) else copy.deepcopy(value)


def _alone(call: Callable[[Any], Any]) -> Callable[[Any], Any]:
    @functools.wraps(call)
    def answer(handler: Any) -> Any:
        with _one_at_a_time:
            return call(handler)

    return answer


def _undoing(write: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(write)
    def answer(backend: Any, transact_items: list[dict[str, Any]]) -> None:
        before = [
            (table, keys, copy.deepcopy(table.get_item(*keys)))
            for table, keys in _touched(backend, transact_items)
        ]
        with ExitStack() as undo:
            undo.callback(_put_back, before)
            write(backend, transact_items)
            undo.pop_all()  # it was not cancelled

    return answer


def _put_back(before: list[_Before]) -> None:
    for table, (hash_key, range_key), item in before:
        if item is None:
            table.delete_item(hash_key, range_key)
        else:
            table.items[hash_key][range_key] = item


def _touched(
    backend: Any, transact_items: list[dict[str, Any]]
) -> Iterator[tuple[Any, tuple[DynamoType, DynamoType]]]:
    for action in transact_items:
        for details in action.values():
            table = backend.get_table(details["TableName"])
            attributes = details.get("Key") or details["Item"]
            hash_value, range_value = attributes[table.hash_key_attr], attributes[table.range_key_attr]
            yield table, (DynamoType(hash_value), DynamoType(range_value))
