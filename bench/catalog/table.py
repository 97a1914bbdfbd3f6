"""A DynamoDB table that makes the items of a collection when they are read, and counts what that costs."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from bench.catalog.collection import OWNER, encoded
from bench.usage.units import get_units, item_bytes
from catalog.keys import from_record_key, is_record_key, taken_partition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.catalog.collection import Collection

_READ_BYTES, _MAX_BYTES = 4096, 1024 * 1024  # of a read unit, and of one response


class MeteredTable:
    """Takes the place of boto3's resource of a table, and of its client. All reads are consistent."""

    name = "catalog"

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._items: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for item in sorted(collection.count_items(), key=lambda item: item["sk"]):
            self._items[item["pk"]].append(item)
        self.reset()

    @property
    def meta(self) -> MeteredTable:
        return self

    @property
    def client(self) -> MeteredTable:
        return self

    def reset(self) -> None:
        """Start to count again."""
        self.calls, self.units, self.seconds = 0, 0.0, 0.0

    def get_item(self, Key: Mapping[str, str], **_: object) -> dict[str, Any]:  # noqa: N803
        started = time.thread_time()
        items = [item for item in self._items[Key["pk"]] if item["sk"] == Key["sk"]]
        self._count(get_units([encoded(item) for item in items] or [None], consistent=True).read, started)
        return {"Item": items[0]} if items else {}

    def batch_get_item(self, RequestItems: Mapping[str, Any], **_: object) -> dict[str, Any]:  # noqa: N803
        started = time.thread_time()
        keys = RequestItems[self.name]["Keys"]
        assert all(is_record_key(key) for key in keys)
        items = [self._collection.record_item(from_record_key(key)[1]) for key in keys]
        self._count(get_units(map(encoded, items), consistent=True).read, started)
        return {"Responses": {self.name: items}, "UnprocessedKeys": {}}

    def query(
        self,
        ExpressionAttributeValues: Mapping[str, str],  # noqa: N803
        Limit: int | None = None,  # noqa: N803
        **_: object,
    ) -> dict[str, Any]:
        started = time.thread_time()
        partition = ExpressionAttributeValues[":pk"]
        if (
            partition in self._items
            or "#LOG" in partition
            or "#COUNTS" in partition
            or "#EXPIRING" in partition
        ):
            items, has_more = self._items.get(partition, []), False
            size = sum(item_bytes(encoded(item)) for item in items)
        else:
            items, has_more, size = self._entries(partition, ExpressionAttributeValues.get(":before"), Limit)
        self._count(max(1, -(-size // _READ_BYTES)), started)
        return {"Items": items, **({"LastEvaluatedKey": {}} if has_more else {})}

    def _entries(
        self, partition: str, before: str | None, limit: int | None
    ) -> tuple[list[dict[str, Any]], bool, int]:
        """Return entries of a list, whether there are more, and the bytes of these."""
        numbers, made = self._collection.list_of(partition), self._collection
        position = made.taken_position if partition == taken_partition(OWNER) else made.position
        end = len(numbers) if before is None else bisect_left(numbers, before, key=position)
        one = item_bytes(encoded(made.entry_item(partition, numbers[0]))) if numbers else 0
        count = min(end, limit or end, _MAX_BYTES // max(1, one))
        items = [made.entry_item(partition, numbers[index]) for index in range(end - 1, end - count - 1, -1)]
        return items, count < end or count == limit, count * one

    def _count(self, units: float, started: float) -> None:
        self.calls += 1
        self.units += units
        self.seconds += time.thread_time() - started
