"""What the processor is told: S3's events, and those that come back through the retry queue."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote_plus

from common.rejections import Rejection

# equal to the retry queue's maxReceiveCount in template.yaml: after it, a message goes to the dead letters
MAX_RECEIVE_COUNT = 6


@dataclass(frozen=True)
class Arrival:
    """An object that was put into the input bucket, and when."""

    bucket: str
    key: str
    at: datetime


@dataclass(frozen=True)
class Refused:
    """A record that is about no picture of ours, with its key as far as it has one."""

    key: str
    reason: Rejection


@dataclass(frozen=True)
class Message:
    """A message of the retry queue: the event in it, and whether it will not come again."""

    id: str
    event: Mapping[str, Any] | None  # None: the message holds no event
    is_last: bool


def is_queue_batch(event: Mapping[str, Any]) -> bool:
    """Tell whether an event is a batch of the retry queue."""
    records = event.get("Records")
    return isinstance(records, list) and any(
        isinstance(record, Mapping) and record.get("eventSource") == "aws:sqs" for record in records
    )


def is_test_event(event: Mapping[str, Any]) -> bool:
    """Tell whether an event is the one that S3 sends when notifications are set up."""
    return event.get("Event") == "s3:TestEvent"


def arrivals(event: Mapping[str, Any], bucket: str) -> list[Arrival | Refused]:
    """Return what each record of an S3 event tells, in order."""
    records = event.get("Records")
    if not isinstance(records, list) or not records:
        return [Refused("", Rejection.of("malformed-event", missing="Records"))]
    return [_arrival(record, bucket) for record in records]


def messages(event: Mapping[str, Any]) -> list[Message]:
    """Return the messages of a batch of the retry queue."""
    return [_message(record) for record in event["Records"]]


def _arrival(record: Any, bucket: str) -> Arrival | Refused:
    try:
        source, name = record["eventSource"], record["eventName"]
        its_bucket, key = record["s3"]["bucket"]["name"], record["s3"]["object"]["key"]
        if not isinstance(key, str) or not key:
            raise TypeError("key")
        key = unquote_plus(key, errors="strict")  # once: a key may itself hold percent signs
        at = datetime.fromisoformat(record["eventTime"])
        if at.tzinfo is None:
            raise ValueError("eventTime")
    except KeyError as error:
        return Refused("", Rejection.of("malformed-event", missing=error.args[0]))
    except (TypeError, ValueError):
        return Refused(
            "", Rejection.of("malformed-event", missing="eventSource, eventName, eventTime, bucket or key")
        )
    if source != "aws:s3" or not str(name).startswith("ObjectCreated:") or its_bucket != bucket:
        return Refused(key, Rejection.of("foreign-event", bucket=bucket))
    return Arrival(bucket, key, at)


def _message(record: Mapping[str, Any]) -> Message:
    try:
        event = json.loads(record["body"])["requestPayload"]
    except (KeyError, TypeError, ValueError):
        event = None
    count = int(record["attributes"]["ApproximateReceiveCount"])
    return Message(
        record["messageId"], event if isinstance(event, Mapping) else None, count >= MAX_RECEIVE_COUNT
    )
