"""Rows: reading and writing the catalog's table, patiently where somebody else is at the same row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer
from botocore.exceptions import ClientError

from catalog.actions import names_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from mypy_boto3_dynamodb.service_resource import Table

    from catalog.actions import Action

Item = dict[str, Any]
Key = dict[str, str]

_TRIES = 10  # with the pauses below: about two seconds, far below any function's timeout
_PAUSE, _LONGEST_PAUSE = 0.03, 0.4  # seconds; the first doubles from try to try
_PASSING = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
_BATCH = 100  # the most that BatchGetItem takes


class TableBusy(Exception):
    """Others were at the same rows all the time; the same call succeeds later."""


class Rows:
    """The items of one table; times are in epoch seconds, as DynamoDB's own expiry takes them."""

    def __init__(
        self,
        table: Table,
        clock: Callable[[], datetime],
        sleep: Callable[[float], None],
        chance: Callable[[], float],
    ) -> None:
        self._table = table
        self._clock = clock
        self._sleep = sleep
        self._chance = chance

    def now(self) -> int:
        """Return the present time."""
        return int(self._clock().timestamp())

    def is_live(self, item: Mapping[str, Any]) -> bool:
        """Tell whether an item has not expired: DynamoDB deletes what has days later."""
        return bool(item["expiresAt"] > self.now())

    def pause(self, tries: int) -> None:
        """Wait before another try, longer after more of them, and never in step with others."""
        self.wait(min(_LONGEST_PAUSE, _PAUSE * 2.0**tries) * (0.5 + self._chance() / 2))

    def wait(self, seconds: float) -> None:
        """Wait for somebody else to be done."""
        self._sleep(seconds)

    def get(self, key: Key) -> Item | None:
        """Read an item, also one that has expired."""
        # consistent, since the page asks for a record the moment after it was made
        return self._table.get_item(Key=key, ConsistentRead=True).get("Item")

    def get_many(self, keys: Sequence[Key]) -> list[Item]:
        """Read items, also expired ones, in no particular order."""
        found: list[Item] = []
        for first in range(0, len(keys), _BATCH):
            found += self._get_batch(keys[first : first + _BATCH])
        return found

    def query(
        self, partition: str, *, before: str | None = None, limit: int | None = None
    ) -> tuple[list[Item], bool]:
        """Read a partition from its end, or from before a sort key; and tell whether there is more."""
        request: dict[str, Any] = {"Limit": limit} if limit else {}
        answer = self._table.query(
            KeyConditionExpression="pk = :pk" if before is None else "pk = :pk AND sk < :before",
            ExpressionAttributeValues={":pk": partition} | ({":before": before} if before else {}),
            ScanIndexForward=False,
            ConsistentRead=True,
            **request,
        )
        return list(answer["Items"]), "LastEvaluatedKey" in answer

    def update(self, key: Key, expression: str, values: Item, *, condition: str) -> tuple[bool, Item]:
        """Change one item; return whether the condition let it, and the item that stands, if any."""
        for tries in range(_TRIES):
            try:
                answer = self._table.update_item(
                    Key=key,
                    UpdateExpression=expression,
                    ConditionExpression=condition,
                    ExpressionAttributeValues=values,
                    ReturnValues="ALL_NEW",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                    **names_in(expression + condition),
                )
            except ClientError as error:
                code = error.response["Error"]["Code"]
                if code == "ConditionalCheckFailedException":
                    return False, _standing(error.response)
                if code != "TransactionConflictException":
                    raise
                self.pause(tries)
            else:
                return True, answer["Attributes"]
        raise TableBusy(key["pk"])

    def write(self, *actions: Action) -> set[int]:
        """Do all of up to 100 actions; or none, and return those whose conditions refused."""
        items: list[Any] = [
            {kind: {"TableName": self._table.name, **arguments}}
            for action in actions
            for kind, arguments in action.items()
        ]
        client = self._table.meta.client
        for tries in range(_TRIES):
            try:
                client.transact_write_items(TransactItems=items)
            except client.exceptions.TransactionCanceledException as error:
                codes = [reason["Code"] for reason in error.response.get("CancellationReasons", ())]
                refused = {index for index, code in enumerate(codes) if code == "ConditionalCheckFailed"}
                if refused:
                    return refused
                if not _PASSING.intersection(codes):
                    raise
                self.pause(tries)
            else:
                return set()
        raise TableBusy(self._table.name)

    def _get_batch(self, keys: Sequence[Key]) -> list[Item]:
        found: list[Item] = []
        request: Any = {self._table.name: {"Keys": list(keys), "ConsistentRead": True}}
        for tries in range(_TRIES):
            answer = self._table.meta.client.batch_get_item(RequestItems=request)
            found += answer["Responses"].get(self._table.name, [])
            request = answer["UnprocessedKeys"]
            if not request:
                return found
            self.pause(tries)
        raise TableBusy(self._table.name)


def _standing(response: Mapping[str, Any]) -> Item:
    # the resource turns only answers into Python values, not errors
    deserialize = TypeDeserializer().deserialize
    return {name: deserialize(value) for name, value in response.get("Item", {}).items()}
