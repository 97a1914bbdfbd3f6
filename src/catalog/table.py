"""The DynamoDB adapter: reads, batches, conditional updates and transactions, with retries on contention."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from catalog import actions
from catalog.actions import attribute_names
from catalog.batches import Batches
from catalog.contention import MAX_ATTEMPTS, TableBusy, delay
from catalog.values import from_attributes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from mypy_boto3_dynamodb.service_resource import Table as TableResource

    from catalog.actions import Action
    from catalog.client import TableHandle

Item = dict[str, Any]
Key = dict[str, str]

_RETRYABLE = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}


class Table:
    """One table; all times are in epoch seconds, as in DynamoDB's own TTL."""

    def __init__(
        self,
        resource: TableHandle | TableResource,
        clock: Callable[[], datetime],
        sleep: Callable[[float], None],
        random: Callable[[], float],
    ) -> None:
        # The client, because a resource isn't safe to share between threads. It converts values likewise.
        self._client = resource.meta.client
        self._name = resource.name
        self._clock = clock
        self._sleep = sleep
        self._random = random
        self._batches = Batches(self._client, self._name, self.back_off)

    def time(self) -> datetime:
        """Return the current time."""
        return self._clock()

    def now(self) -> int:
        """Return the current time in epoch seconds."""
        return int(self._clock().timestamp())

    def random(self) -> float:
        """Return a random number from 0 to 1."""
        return self._random()

    def is_live(self, item: Mapping[str, Any]) -> bool:
        """Return whether an item has not expired: DynamoDB deletes expired items up to days later."""
        return bool(item["expiresAt"] > self.now())

    def is_active(self, item: Mapping[str, Any]) -> bool:
        """Return whether a record's item exists, has not expired and isn't being deleted."""
        return bool(item) and self.is_live(item) and "deletingSince" not in item

    def back_off(self, attempt: int) -> None:
        """Sleep before the next attempt: exponential backoff with jitter."""
        self.sleep(delay(attempt, self._random()))

    def sleep(self, seconds: float) -> None:
        """Wait for another process to finish its work."""
        self._sleep(seconds)

    def get(self, key: Key) -> Item | None:
        """Return an item, even if it has expired."""
        # Consistent, because the page requests a record immediately after it was created.
        return self._client.get_item(TableName=self._name, Key=key, ConsistentRead=True).get("Item")

    def get_active(self, key: Key) -> Item | None:
        """Return a record's item. Return None if it is missing, expired or being deleted."""
        item = self.get(key)
        return item if item and self.is_active(item) else None

    def get_many(self, keys: Sequence[Key], *, consistent: bool = True) -> list[Item]:
        """Return items in no particular order, including expired ones. Raises TableBusy."""
        return self._batches.get(keys, consistent=consistent)

    def query(
        self, partition: str, *, before: str | None = None, limit: int | None = None
    ) -> tuple[list[Item], bool]:
        """Query a partition in descending order, optionally below a sort key.

        Return the items and whether there are more.
        """
        request: dict[str, Any] = {"Limit": limit} if limit else {}
        response = self._client.query(
            TableName=self._name,
            KeyConditionExpression="pk = :pk" if before is None else "pk = :pk AND sk < :before",
            ExpressionAttributeValues={":pk": partition} | ({":before": before} if before else {}),
            ScanIndexForward=False,
            ConsistentRead=True,
            **request,
        )
        return list(response["Items"]), "LastEvaluatedKey" in response

    def query_all(self, partition: str, *, between: tuple[str, str] | None = None) -> list[Item]:
        """Return all items of a partition in ascending order, optionally of a range of sort keys."""
        items: list[Item] = []
        request: dict[str, Any] = {}
        low_high = dict(zip((":low", ":high"), between, strict=True)) if between else {}
        while True:
            response = self._client.query(
                TableName=self._name,
                KeyConditionExpression="pk = :pk" + (" AND sk BETWEEN :low AND :high" if between else ""),
                ExpressionAttributeValues={":pk": partition, **low_high},
                ConsistentRead=True,
                **request,
            )
            items += response["Items"]
            if "LastEvaluatedKey" not in response:
                return items
            request["ExclusiveStartKey"] = response["LastEvaluatedKey"]

    def query_index(self, index: str, condition: str, values: Item) -> Iterator[list[Item]]:
        """Query an index in ascending order. Yield the items of each response; they may be seconds old."""
        request: dict[str, Any] = {}
        while True:
            response = self._client.query(
                TableName=self._name,
                IndexName=index,
                KeyConditionExpression=condition,
                ExpressionAttributeValues=values,
                **request,
            )
            yield list(response["Items"])
            if "LastEvaluatedKey" not in response:
                return
            request["ExclusiveStartKey"] = response["LastEvaluatedKey"]

    def update(
        self, key: Mapping[str, str], expression: str, values: Mapping[str, Any], *, condition: str = ""
    ) -> tuple[bool, Item]:
        """Update one item, or create it, if a condition holds. Without a condition, it always does.

        Return whether it held, and the item as it is now; empty if it doesn't exist. Raises TableBusy.
        """
        conditional: dict[str, Any] = {}
        if condition:
            conditional["ConditionExpression"] = condition
            conditional["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        response, item = self._send(
            lambda: self._client.update_item(
                TableName=self._name,
                Key=key,
                UpdateExpression=expression,
                ExpressionAttributeValues=values,
                ReturnValues="ALL_NEW",
                **conditional,
                **attribute_names(f"{expression} {condition}"),
            ),
            key["pk"],
        )
        return (False, item) if response is None else (True, response["Attributes"])

    def write(self, *actions: Action) -> set[int]:
        """Write up to 100 actions as one transaction, all or none.

        Return the indexes of the actions whose conditions failed; empty on success. Raises TableBusy.
        """
        items: list[Any] = [
            {kind: {"TableName": self._name, **arguments}}
            for action in actions
            for kind, arguments in action.items()
        ]
        client = self._client
        for attempt in range(MAX_ATTEMPTS):
            try:
                client.transact_write_items(TransactItems=items)
            except client.exceptions.TransactionCanceledException as error:
                codes = [reason["Code"] for reason in error.response.get("CancellationReasons", ())]
                failed = {index for index, code in enumerate(codes) if code == "ConditionalCheckFailed"}
                if failed:
                    return failed
                if not _RETRYABLE.intersection(codes):
                    raise
                self.back_off(attempt)
            else:
                return set()
        raise TableBusy(self._name)

    def put(
        self, item: Mapping[str, Any], condition: str = "", values: Mapping[str, Any] | None = None
    ) -> tuple[bool, Item]:
        """Write a whole item if a condition holds.

        Return whether it held, and if not, the present item; otherwise an empty one. Raises TableBusy.
        """
        ((_, arguments),) = actions.put(item, condition, values).items()
        if condition:
            arguments["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        response, present = self._send(
            lambda: self._client.put_item(TableName=self._name, **arguments), item["pk"]
        )
        return response is not None, present

    def _send(self, request: Callable[[], Any], partition: str) -> tuple[Any, Item]:
        """Send the write of one item, again on contention.

        Return the response and an empty item, or None and the present item if its condition failed.
        """
        for attempt in range(MAX_ATTEMPTS):
            try:
                return request(), {}
            except ClientError as error:
                response: Mapping[str, Any] = error.response
                code = response["Error"]["Code"]
                if code == "ConditionalCheckFailedException":
                    return None, from_attributes(response.get("Item", {}))
                if code != "TransactionConflictException":
                    raise
            self.back_off(attempt)
        raise TableBusy(partition)

    def delete(self, key: Key, condition: str, values: Mapping[str, Any]) -> None:
        """Delete an item if a condition holds."""
        with suppress(self._client.exceptions.ConditionalCheckFailedException):
            self._client.delete_item(
                TableName=self._name,
                Key=key,
                ConditionExpression=condition,
                ExpressionAttributeValues=values,
            )

    def batch_write(
        self, *, put: Iterable[Mapping[str, Any]] = (), delete: Iterable[Mapping[str, str]] = ()
    ) -> None:
        """Write and delete items with different keys, without conditions and not all or none.

        Raises TableBusy.
        """
        self._batches.write(put, delete)
