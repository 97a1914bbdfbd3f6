"""Batches of items that are read or written in one call, and what DynamoDB leaves unprocessed again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from catalog.contention import MAX_ATTEMPTS, TableBusy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

_READ_SIZE = 100  # maximum of BatchGetItem
_WRITE_SIZE = 25  # maximum of BatchWriteItem
_MAX_SIDE_BY_SIDE = 4  # batches


class Batches:
    """The batches of one table. `back_off` sleeps after an attempt. Both methods raise TableBusy."""

    def __init__(self, client: DynamoDBClient, table_name: str, back_off: Callable[[int], None]) -> None:
        self._client = client
        self._name = table_name
        self._back_off = back_off

    def get(self, keys: Sequence[Mapping[str, str]], *, consistent: bool) -> list[dict[str, Any]]:
        """Return items in no particular order, reading one batch after the other."""
        items: list[dict[str, Any]] = []
        for start in range(0, len(keys), _READ_SIZE):
            items += self._get_batch(keys[start : start + _READ_SIZE], consistent)
        return items

    def write(self, put: Iterable[Mapping[str, Any]], delete: Iterable[Mapping[str, str]]) -> None:
        """Write and delete items with different keys, the batches side by side."""
        requests: list[dict[str, Any]] = [
            *({"PutRequest": {"Item": item}} for item in put),
            *({"DeleteRequest": {"Key": key}} for key in delete),
        ]
        batches = [requests[i : i + _WRITE_SIZE] for i in range(0, len(requests), _WRITE_SIZE)]
        if len(batches) == 1:
            self._write_batch(batches[0])
        elif batches:
            with ThreadPoolExecutor(min(len(batches), _MAX_SIDE_BY_SIDE)) as pool:
                for written in [pool.submit(self._write_batch, batch) for batch in batches]:
                    written.result()

    def _get_batch(self, keys: Sequence[Mapping[str, str]], consistent: bool) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = []
        request: Any = {self._name: {"Keys": list(keys), "ConsistentRead": consistent}}
        for attempt in range(MAX_ATTEMPTS):
            response = self._client.batch_get_item(RequestItems=request)
            items += response["Responses"].get(self._name, [])
            request = response["UnprocessedKeys"]
            if not request:
                return items
            self._back_off(attempt)
        raise TableBusy(self._name)

    def _write_batch(self, requests: list[dict[str, Any]]) -> None:
        remaining: Any = {self._name: requests}
        for attempt in range(MAX_ATTEMPTS):
            remaining = self._client.batch_write_item(RequestItems=remaining)["UnprocessedItems"]
            if not remaining:
                return
            self._back_off(attempt)
        raise TableBusy(self._name)
