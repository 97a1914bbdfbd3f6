"""The catalog's items of one owner.

They are found by a scan of the table, because nothing else finds the index entries that an interrupted
function has left. Erasing a person is rare: a scan reads about 250,000 small items a dollar cent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.deletion_notes import erasure_note
from catalog.keys import record_key, waiting_owner_key
from common.time import now

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from mypy_boto3_dynamodb.service_resource import Table


class OwnedItems:
    """Everything that the table holds about an owner: records, lists, index, counts, totals and quota."""

    def __init__(self, table: Table, owner: str, clock: Callable[[], datetime] = now) -> None:
        self._table = table
        self._owner = owner
        self._clock = clock
        self._partition = record_key(owner, "")["pk"]
        self._waiting = waiting_owner_key(owner)

    def count(self) -> int:
        """Return the number of items."""
        return sum(1 for _ in self._keys())

    def delete(self) -> int:
        """Delete all items, and note that; return their number.

        The note comes first, so that no earlier event about a source object starts a record again. It isn't
        one of the items, and expires. The functions may add items about an image until its record is
        deleted, so the table is scanned until nothing is found.
        """
        self._table.put_item(Item=erasure_note(self._owner, self._clock()))
        deleted = 0
        while keys := list(self._keys()):
            with self._table.batch_writer() as batch:
                for key in keys:
                    batch.delete_item(Key=key)
            deleted += len(keys)
        return deleted

    def _keys(self) -> Iterator[dict[str, str]]:
        pages = self._table.meta.client.get_paginator("scan").paginate(
            TableName=self._table.name,
            FilterExpression="pk = :pk OR begins_with(pk, :prefix) OR (pk = :waiting AND sk = :owner)",
            ExpressionAttributeValues={
                ":pk": self._partition,
                ":prefix": f"{self._partition}#",
                ":waiting": self._waiting["pk"],
                ":owner": self._waiting["sk"],
            },
            ProjectionExpression="pk, sk",
            ConsistentRead=True,
        )
        for page in pages:
            for item in page["Items"]:
                yield {"pk": str(item["pk"]), "sk": str(item["sk"])}
