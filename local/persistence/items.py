"""The items of DynamoDB tables."""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from local.aws import moto_state
from local.aws.table_changes import TableChange
from local.persistence.database import Database, DataError
from local.persistence.documents import dump, load


class StoredItems:
    """Stores each change; `save` is a listener of `local.aws.table_changes`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, changes: Sequence[TableChange]) -> None:
        """Store the changes of one request, all or none."""
        with self._database.transaction() as connection:
            for change in changes:
                key = _key_text(change.key)
                if change.new is None:
                    query = "DELETE FROM items WHERE table_name = ? AND key = ?"
                    connection.execute(query, (change.table, key))
                else:
                    query = "REPLACE INTO items VALUES (?, ?, ?)"
                    connection.execute(query, (change.table, key, dump(change.new)))

    def restore(self) -> Counter[str]:
        """Put the items into moto's tables, without those that have expired.

        Return the number of items of each table that moto doesn't have. Raises DataError if a table has
        another key.
        """
        keys, expiry = moto_state.table_keys(), moto_state.expiry_attributes()
        left, checked, now = Counter[str](), set[str](), time.time()
        with self._database.transaction() as connection:
            expired = []
            for table, key, text in connection.execute("SELECT table_name, key, item FROM items"):
                if table not in keys:
                    left[table] += 1
                    continue
                if table not in checked:  # a table's items have one key, because others are refused here
                    self._check_key(table, load(key), keys[table])
                    checked.add(table)
                item = load(text)
                if _has_expired(item, expiry.get(table), now):
                    expired.append((table, key))
                else:
                    moto_state.restore_item(table, item)
            _delete(connection, expired)
        return left

    def _check_key(self, table: str, stored: Mapping[str, Any], key: set[str]) -> None:
        if stored.keys() != key:
            raise DataError(
                f"{self._database.file} has items of {table} with the key {', '.join(sorted(stored))}, but "
                f"its key in template.yaml is {', '.join(sorted(key))}. Set DATA to another folder, or "
                "delete this one to start over."
            )


def _key_text(key: Mapping[str, Any]) -> str:
    return dump(dict(sorted(key.items())))


def _has_expired(item: Mapping[str, Any], attribute: str | None, now: float) -> bool:
    """Return whether DynamoDB's TTL would have deleted an item by now; it does so within a few days."""
    expires_at = item.get(attribute, {}).get("N") if attribute else None
    return expires_at is not None and float(expires_at) < now


def _delete(connection: sqlite3.Connection, expired: Sequence[tuple[str, str]]) -> None:
    connection.executemany("DELETE FROM items WHERE table_name = ? AND key = ?", expired)
