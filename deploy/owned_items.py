"""The catalog's items of one owner, found without scanning the table.

The label counts and the records name the labels' lists, so the lists are deleted before them. Until a record
is deleted, the functions may add items about its image, so everything is looked up once more after that.
Expired list entries whose record and count are gone already are left to DynamoDB, which deletes them itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalog.keys import count_key, counts_partition, list_partition, record_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mypy_boto3_dynamodb.service_resource import Table

_LABEL_PREFIX = count_key("", "")["sk"]


class OwnedItems:
    """An owner's records, monthly totals, upload quota, list entries and label counts."""

    def __init__(self, table: Table, owner: str) -> None:
        self._table = table
        self._records = record_key(owner, "")["pk"]  # the partition also holds the totals and the quota
        self._counts = counts_partition(owner)
        self._owner = owner

    def count(self) -> int:
        """Return the number of items."""
        partitions = [*self._lists(self._label_names()), self._records, self._counts]
        return sum(sum(1 for _ in self._query(partition)) for partition in partitions)

    def delete(self) -> int:
        """Delete all items; return their number."""
        names = self._label_names()
        deleted = self._delete([*self._lists(names), self._records])
        names |= self._label_names()
        return deleted + self._delete([*self._lists(names), self._records, self._counts])

    def _lists(self, label_names: set[str]) -> list[str]:
        labels = [list_partition(self._owner, name) for name in sorted(label_names)]
        return [*labels, list_partition(self._owner)]

    def _label_names(self) -> set[str]:
        """Return the folded names of the labels that have a count, or that a record is listed under."""
        names = {item["sk"].removeprefix(_LABEL_PREFIX) for item in self._query(self._counts)}
        for record in self._query(self._records):
            names |= record.get("indexNames", set())
        return names

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
            ProjectionExpression="pk, sk, indexNames",
            ConsistentRead=True,
        )
        for page in pages:
            yield from page["Items"]
