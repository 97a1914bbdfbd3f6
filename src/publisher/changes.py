"""Changes of images' records, read from records of the table's stream."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from catalog.keys import from_record_key, is_record_key
from catalog.values import from_attributes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalog.table import Item

# How a stream tells that DynamoDB itself deleted an item, because it had expired.
_TIME_TO_LIVE = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}


@dataclass(frozen=True)
class RecordChange:
    """An image's record before and after a write; None where it didn't exist.

    Of two changes of a record, the later one has the larger `sequence`, compared as an integer.
    """

    owner: str
    id: str
    old: Item | None
    new: Item | None
    sequence: str
    time: datetime
    is_expiry: bool


def parse_change(record: Mapping[str, Any]) -> RecordChange | None:
    """Parse a record of the stream. Return None if it is about another item than an image's record."""
    change = record["dynamodb"]
    if not is_record_key(from_attributes(change["Keys"])):
        return None
    owner, image_id = record_owner_and_id(record)
    return RecordChange(
        owner=owner,
        id=image_id,
        old=from_attributes(change["OldImage"]) if "OldImage" in change else None,
        new=from_attributes(change["NewImage"]) if "NewImage" in change else None,
        sequence=change["SequenceNumber"],
        time=datetime.fromtimestamp(change["ApproximateCreationDateTime"], UTC),
        is_expiry=(record.get("userIdentity") or {}).items() >= _TIME_TO_LIVE.items(),
    )


def record_owner_and_id(record: Mapping[str, Any]) -> tuple[str, str]:
    """Return whose image a record of the stream is about, and which one."""
    return from_record_key(from_attributes(record["dynamodb"]["Keys"]))
