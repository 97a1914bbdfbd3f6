"""The processor's events: S3 notifications, and messages of the retry queue that contain them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote_plus

from common.object_keys import UploadKey, parse_upload_key
from common.rejections import Rejection

# The retry queue's maxReceiveCount in template.yaml: then SQS moves a message to the dead-letter queue.
MAX_RECEIVE_COUNT = 6


@dataclass(frozen=True)
class ObjectCreated:
    """An object was created in the input bucket; `upload` is None for a direct upload."""

    bucket: str
    key: str
    created_at: datetime
    upload: UploadKey | None


@dataclass(frozen=True)
class InvalidRecord:
    """A record that isn't about an object created in the input bucket; the key is empty if unknown."""

    key: str
    rejection: Rejection


@dataclass(frozen=True)
class Message:
    """A message of the retry queue; `event` is None if it contains none."""

    id: str
    event: Mapping[str, Any] | None
    is_last_receive: bool


def is_queue_batch(event: Mapping[str, Any]) -> bool:
    """Return whether an event is a batch of SQS messages."""
    records = event.get("Records")
    return isinstance(records, list) and any(
        isinstance(record, Mapping) and record.get("eventSource") == "aws:sqs" for record in records
    )


def is_test_event(event: Mapping[str, Any]) -> bool:
    """Return whether an event is the one that S3 sends when notifications are configured."""
    return event.get("Event") == "s3:TestEvent"


def parse_records(event: Mapping[str, Any], bucket: str) -> list[ObjectCreated | InvalidRecord]:
    """Parse the records of an S3 event, in order."""
    records = event.get("Records")
    if not isinstance(records, list) or not records:
        return [InvalidRecord("", Rejection.of("malformed-event", field="Records"))]
    return [_parse_record(record, bucket) for record in records]


def parse_messages(event: Mapping[str, Any]) -> list[Message]:
    """Parse the messages of a batch of the retry queue."""
    return [_parse_message(record) for record in event["Records"]]


def _parse_record(record: Any, bucket: str) -> ObjectCreated | InvalidRecord:
    try:
        source, name = record["eventSource"], record["eventName"]
        record_bucket, key = record["s3"]["bucket"]["name"], record["s3"]["object"]["key"]
        if not isinstance(key, str) or not key:
            raise TypeError("key")
        key = unquote_plus(key, errors="strict")  # exactly once: a key may itself contain percent signs
        created_at = datetime.fromisoformat(record["eventTime"])
        if created_at.tzinfo is None:
            raise ValueError("eventTime")
    except KeyError as error:
        return InvalidRecord("", Rejection.of("malformed-event", field=error.args[0]))
    except (TypeError, ValueError):
        fields = "eventSource, eventName, eventTime, bucket or key"
        return InvalidRecord("", Rejection.of("malformed-event", field=fields))
    if source != "aws:s3" or not str(name).startswith("ObjectCreated:") or record_bucket != bucket:
        return InvalidRecord(key, Rejection.of("foreign-event", bucket=bucket))
    return ObjectCreated(bucket, key, created_at, parse_upload_key(key))


def _parse_message(record: Mapping[str, Any]) -> Message:
    try:
        event = json.loads(record["body"])["requestPayload"]
    except (KeyError, TypeError, ValueError):
        event = None
    receive_count = int(record["attributes"]["ApproximateReceiveCount"])
    return Message(
        id=record["messageId"],
        event=event if isinstance(event, Mapping) else None,
        is_last_receive=receive_count >= MAX_RECEIVE_COUNT,
    )
