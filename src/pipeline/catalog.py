"""The catalog: the DynamoDB adapter for records."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Any

import boto3
from boto3.dynamodb.types import TypeDeserializer
from botocore.config import Config

from pipeline import times
from pipeline.records import from_item, item_key, label_items, reason_item, to_item

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from mypy_boto3_dynamodb.service_resource import Table

    from pipeline.records import ImageRecord, LabelSummary, Reason

PENDING_SECONDS = 24 * 60 * 60  # an upload may be late, and so may its event, by hours
_CONFIG = Config(connect_timeout=2, read_timeout=4, retries={"mode": "standard", "total_max_attempts": 3})
_ABSENT = "(attribute_not_exists(pk) OR expiresAt <= :now)"  # DynamoDB deletes what has expired days later
_UNCLAIMED = "(attribute_not_exists(claimedUntil) OR claimedUntil <= :now)"


class Claim(Enum):
    """What came of asking for an image to work on."""

    TAKEN = auto()  # it is the claimant's, for the time asked
    DONE = auto()  # it is answered already, with a result or a rejection
    BUSY = auto()  # another claimant has it
    MISSING = auto()  # there is no record


class Catalog:
    """Records of images, each written only in the states that allow it."""

    def __init__(self, table: Table, clock: Callable[[], datetime] = times.now) -> None:
        self._table = table
        self._clock = clock

    @classmethod
    def from_env(cls, table_name: str) -> Catalog:
        """Build the table's client from the function's environment."""
        return cls(boto3.resource("dynamodb", config=_CONFIG).Table(table_name))

    def get(self, owner: str, image_id: str) -> ImageRecord | None:
        """Return an image's record; None where there is none, or none any more."""
        # consistent, since the page asks for a record the moment after it was made
        item = self._table.get_item(Key=item_key(owner, image_id), ConsistentRead=True).get("Item")
        return from_item(item) if item and not self._expired(item) else None

    def start(self, record: ImageRecord, *, after_failure: bool = True) -> ImageRecord:
        """Write a pending record, new or anew, for a day; return the record that stands then.

        That is the given one, unless the image is done or being worked on, which nothing may undo.
        Unless told `after_failure`, a failed record is left standing as well.
        """
        statuses = {":pending": "pending"} | ({":failed": "failed"} if after_failure else {})
        try:
            self._table.put_item(
                Item=to_item(record, self._now() + PENDING_SECONDS),
                ConditionExpression=f"{_ABSENT} OR (#status IN ({', '.join(statuses)}) AND {_UNCLAIMED})",
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues={":now": self._now(), **statuses},
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._refused as error:
            return from_item(_standing(error.response))
        return record

    def claim(self, owner: str, image_id: str, claimant: str, seconds: int) -> Claim:
        """Take a pending image to work on, so that no other claimant does; a claim may be renewed."""
        try:
            self._table.update_item(
                Key=item_key(owner, image_id),
                UpdateExpression="SET claimant = :claimant, claimedUntil = :until",
                ConditionExpression=(
                    f"NOT {_ABSENT} AND #status = :pending AND ({_UNCLAIMED} OR claimant = :claimant)"
                ),
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues={
                    ":claimant": claimant,
                    ":until": self._now() + seconds,
                    ":now": self._now(),
                    ":pending": "pending",
                },
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._refused as error:
            item = _standing(error.response)
            if not item or self._expired(item):
                return Claim.MISSING
            return Claim.BUSY if item["status"] == "pending" else Claim.DONE
        return Claim.TAKEN

    def release(self, owner: str, image_id: str, claimant: str) -> None:
        """Give a claim back, if it is still the claimant's."""
        self._update(
            owner,
            image_id,
            "REMOVE claimant, claimedUntil",
            condition="claimant = :claimant AND #status = :pending",
            values={":claimant": claimant, ":pending": "pending"},
        )

    def complete(
        self,
        owner: str,
        image_id: str,
        *,
        width: int,
        height: int,
        labels: Iterable[LabelSummary],
        processed_at: datetime,
        expires_at: int,
    ) -> bool:
        """Record a result; False where the record is gone. Labels are listed as given."""
        return self._update(
            owner,
            image_id,
            "SET #status = :done, width = :width, height = :height, labels = :labels, "
            "processedAt = :at, expiresAt = :expires REMOVE reason, claimant, claimedUntil",
            condition="attribute_exists(pk)",
            values={
                ":done": "done",
                ":width": width,
                ":height": height,
                ":labels": label_items(labels),
                ":at": times.rfc3339(processed_at),
                ":expires": expires_at,
            },
        )

    def fail(
        self, owner: str, image_id: str, reason: Reason, *, processed_at: datetime, expires_at: int
    ) -> bool:
        """Record a rejection; False where the record is gone or, meanwhile, done."""
        return self._update(
            owner,
            image_id,
            "SET #status = :failed, reason = :reason, processedAt = :at, expiresAt = :expires "
            "REMOVE claimant, claimedUntil",
            condition="attribute_exists(pk) AND #status <> :done",
            values={
                ":failed": "failed",
                ":done": "done",
                ":reason": reason_item(reason),
                ":at": times.rfc3339(processed_at),
                ":expires": expires_at,
            },
        )

    def _update(
        self, owner: str, image_id: str, update: str, *, condition: str, values: Mapping[str, Any]
    ) -> bool:
        try:
            self._table.update_item(
                Key=item_key(owner, image_id),
                UpdateExpression=update,
                ConditionExpression=condition,
                ExpressionAttributeNames={"#status": "status"},  # a word that DynamoDB keeps to itself
                ExpressionAttributeValues=values,
            )
        except self._refused:
            return False
        return True

    @property
    def _refused(self) -> Any:
        return self._table.meta.client.exceptions.ConditionalCheckFailedException

    def _now(self) -> int:
        return int(self._clock().timestamp())

    def _expired(self, item: Mapping[str, Any]) -> bool:
        return bool(item["expiresAt"] <= self._now())


def _standing(response: Mapping[str, Any]) -> dict[str, Any]:
    # the resource turns only answers into Python values, not errors
    deserialize = TypeDeserializer().deserialize
    return {name: deserialize(value) for name, value in response.get("Item", {}).items()}
