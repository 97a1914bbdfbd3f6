"""The catalog's items of one owner, found without scanning the table.

The records, the log and the snapshot of the counts name the terms' lists, so the lists are deleted before
them. Until a record is deleted, the functions may add items about its image, so everything is looked up once
more after that. What a try left that was interrupted before it wrote to the log is left to DynamoDB, which
deletes it when it expires.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalog.index.log import LogEntry
from catalog.index.snapshot import term_keys
from catalog.items import from_item
from catalog.keys import (
    expiring_partition,
    is_record_key,
    list_partition,
    log_partition,
    record_key,
    snapshot_partition,
    taken_partition,
    term_partition,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mypy_boto3_dynamodb.service_resource import Table


class OwnedItems:
    """An owner's records, upload quota, lists, log, and snapshot of the counts."""

    def __init__(self, table: Table, owner: str) -> None:
        self._table = table
        self._records = record_key(owner, "")["pk"]  # the partition also holds the quota
        self._log = log_partition(owner)
        self._snapshot = [snapshot_partition(owner), expiring_partition(owner)]
        self._owner = owner

    def count(self) -> int:
        """Return the number of items."""
        partitions = [*self._lists(self._terms()), self._records, self._log, *self._snapshot]
        return sum(sum(1 for _ in self._query(partition)) for partition in partitions)

    def delete(self) -> int:
        """Delete all items; return their number."""
        terms = self._terms()
        deleted = self._delete([*self._lists(terms), self._records])
        terms |= self._terms()
        return deleted + self._delete([*self._lists(terms), self._records, self._log, *self._snapshot])

    def _lists(self, terms: set[str]) -> list[str]:
        lists = [term_partition(self._owner, term) for term in sorted(terms)]
        return [*lists, list_partition(self._owner), taken_partition(self._owner)]

    def _terms(self) -> set[str]:
        """Return the keys of the terms that an image has, had, or is about to have."""
        terms = set[str]()
        for item in self._query(self._records):
            if is_record_key(item):
                terms |= {term.key for term in from_item(item).all_terms}
        for item in self._query(self._log):
            entry = LogEntry.from_item(item)
            terms |= {term.key for term in (*entry.added, *entry.removed)}
        for partition in self._snapshot:
            for item in self._query(partition):
                terms |= set(term_keys(item))
        return terms

    def _delete(self, partitions: Iterable[str]) -> int:
        deleted = 0
        for partition in partitions:
            with self._table.batch_writer() as batch:
                for item in self._query(partition):
                    batch.delete_item(Key={"pk": item["pk"], "sk": item["sk"]})
                    deleted += 1
        return deleted

    def _query(self, partition: str) -> Iterator[dict[str, Any]]:
        pages = self._table.meta.client.get_paginator("query").paginate(
            TableName=self._table.name,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": partition},
            ConsistentRead=True,
        )
        for page in pages:
            yield from page["Items"]
