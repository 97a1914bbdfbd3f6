"""Patches moto's DynamoDB transactions to be isolated, idempotent, and to roll back only what they touched.

moto copies the whole table for each action of a transaction and restores the copy if it is canceled. That
takes seconds for a table of thousands of items, and undoes concurrent writes. It also ignores the client
request token, with which an SDK repeats a transaction whose answer was lost.
"""

from __future__ import annotations

import copy
import functools
import threading
import time
from contextlib import ExitStack
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from moto.dynamodb import models
from moto.dynamodb.exceptions import DynamodbException
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler

from local.aws.table_changes import reporting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    _Keys = tuple[DynamoType, DynamoType]
    _Snapshot = tuple[Any, _Keys, Any]  # table, keys, item or None

_lock = threading.RLock()
_TOKEN_SECONDS = 600  # that DynamoDB remembers a client request token


def make_transactions_isolated() -> None:
    """Patch moto for the whole process. Calling it again has no effect."""
    backend = models.DynamoDBBackend
    if hasattr(backend.transact_write_items, "__wrapped__"):
        return
    patches: list[tuple[Any, str, Any]] = [
        (models, "copy", SimpleNamespace(deepcopy=_copy_except_tables)),
        (backend, "transact_write_items", _with_rollback(backend.transact_write_items)),
        (DynamoHandler, "transact_write_items", _idempotent(DynamoHandler.transact_write_items)),
        (DynamoHandler, "call_action", _serialized(DynamoHandler.call_action)),
    ]
    for owner, name, value in patches:
        setattr(owner, name, value)


def _copy_except_tables(value: Any) -> Any:
    return value if isinstance(value, Table) else copy.deepcopy(value)


def _serialized(call: Callable[[Any], Any]) -> Callable[[Any], Any]:
    @functools.wraps(call)
    def call_action(handler: Any) -> Any:
        with _lock, reporting(handler):
            return call(handler)

    return call_action


def _idempotent(write: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Carry out a transaction once for each client request token. Runs within `_serialized`."""
    done: dict[str, tuple[float, Any, Any]] = {}  # time, items and result by token, the oldest first

    @functools.wraps(write)
    def transact_write_items(handler: Any) -> Any:
        token, items, now = handler.body.get("ClientRequestToken"), handler.body["TransactItems"], time.time()
        while done and next(iter(done.values()))[0] < now - _TOKEN_SECONDS:
            del done[next(iter(done))]
        if token in done:
            _, first_items, result = done[token]
            if items != first_items:
                raise _ParameterMismatch
            return result
        result = write(handler)  # a canceled transaction isn't remembered
        if token:
            done[token] = (now, copy.deepcopy(items), result)
        return result

    return transact_write_items


class _ParameterMismatch(DynamodbException):
    error_type = "com.amazonaws.dynamodb.v20120810#IdempotentParameterMismatchException"

    def __init__(self) -> None:
        message = "The request uses the same client token as a previous, but non-identical request."
        super().__init__(self.error_type, message)


def _with_rollback(write: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(write)
    def transact_write_items(backend: Any, transact_items: list[dict[str, Any]]) -> None:
        snapshots = [
            (table, keys, copy.deepcopy(table.get_item(*keys)))
            for table, keys in _items_of(backend, transact_items)
        ]
        with ExitStack() as undo:
            undo.callback(_restore, snapshots)
            write(backend, transact_items)
            undo.pop_all()

    return transact_write_items


def _restore(snapshots: list[_Snapshot]) -> None:
    for table, (hash_key, range_key), item in snapshots:
        if item is None:
            table.delete_item(hash_key, range_key)
        else:
            table.items[hash_key][range_key] = item


def _items_of(backend: Any, transact_items: list[dict[str, Any]]) -> Iterator[tuple[Any, _Keys]]:
    for action in transact_items:
        for parameters in action.values():
            table = backend.get_table(parameters["TableName"])
            attributes = parameters.get("Key") or parameters["Item"]
            hash_value, range_value = attributes[table.hash_key_attr], attributes[table.range_key_attr]
            yield table, (DynamoType(hash_value), DynamoType(range_value))
