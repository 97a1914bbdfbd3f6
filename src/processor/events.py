"""The processor's events: S3 notifications, and messages of the retry queue that contain them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from catalog.records import SourceObject
from catalog.source_records import source_record
from common.object_keys import MAX_IMAGE_KEY_BYTES, UploadKey, is_owner, parse_upload_key, upload_key
from common.rejections import Rejection

if TYPE_CHECKING:
    from catalog.records import ImageRecord
    from processor.sources import SourceScope

# The retry queue's maxReceiveCount in template.yaml: then SQS moves a message to the dead-letter queue.
MAX_RECEIVE_COUNT = 21


@dataclass(frozen=True)
class ObjectCreated:
    """An object was created; `upload` is None for a direct upload.

    The output of the image is stored under `key`, which in the input bucket is that of the object. That of a
    source object has a `record` to start with, and is stored under the key that an upload would have.
    """

    bucket: str
    key: str
    created_at: datetime
    upload: UploadKey | None
    record: ImageRecord | None = None

    @property
    def object_key(self) -> str:
        """The key of the object in its bucket."""
        return self.record.source.key if self.record and self.record.source else self.key

    @property
    def log_keys(self) -> dict[str, str]:
        """What identifies the image in the log."""
        if self.upload is None:
            return {"key": self.key}
        return {"owner": self.upload.owner, "imageId": self.upload.image_id}


@dataclass(frozen=True)
class InvalidRecord:
    """A record that can't be processed, now or later; the key is empty if unknown.

    `foreign` is set if it is about an object that the stack may not read, and may have been allowed to.
    """

    key: str
    rejection: Rejection
    foreign: ObjectCreated | None = None

    @property
    def log_keys(self) -> dict[str, str]:
        """What identifies the record in the log."""
        return {"key": self.key} if self.key else {}


@dataclass(frozen=True)
class Message:
    """A message of the retry queue; `parked_since` is when its image was first parked, if it was.

    `ask_again` are operations to call again, although the earlier result has answers to the same call.
    """

    id: str
    event: Mapping[str, Any]
    is_last_receive: bool
    parked_since: datetime | None = None
    ask_again: frozenset[str] = frozenset()


@dataclass(frozen=True)
class InvalidMessage:
    """A record of a batch that isn't a message with an event; `id` is None if unknown."""

    id: str | None
    rejection: Rejection

    @property
    def log_keys(self) -> dict[str, str]:
        """What identifies the message in the log."""
        return {"messageId": self.id} if self.id else {}


def is_queue_batch(event: Mapping[str, Any]) -> bool:
    """Return whether an event is a batch of SQS messages."""
    records = event.get("Records")
    return isinstance(records, list) and any(
        isinstance(record, Mapping) and record.get("eventSource") == "aws:sqs" for record in records
    )


def is_test_event(event: Mapping[str, Any]) -> bool:
    """Return whether an event is the one that S3 sends when notifications are configured."""
    return event.get("Event") == "s3:TestEvent"


def parse_records(
    event: Mapping[str, Any], bucket: str, sources: SourceScope | None = None
) -> list[ObjectCreated | InvalidRecord]:
    """Parse the records of an S3 event, in order, or an event about a source object."""
    if "sourceObject" in event:
        return _parse_source_object(event["sourceObject"], sources, bucket)
    records = event.get("Records")
    if not isinstance(records, list) or not records:
        return [InvalidRecord("", Rejection.of("malformed-event", field="Records"))]
    return [_parse_record(record, bucket) for record in records]


def parse_messages(event: Mapping[str, Any]) -> list[Message | InvalidMessage]:
    """Parse the messages of a batch of the retry queue, in order."""
    return [_parse_message(record) for record in event["Records"]]


def _parse_record(record: Any, bucket: str) -> ObjectCreated | InvalidRecord:
    try:
        source, name = record["eventSource"], record["eventName"]
        record_bucket, key = record["s3"]["bucket"]["name"], record["s3"]["object"]["key"]
        if not isinstance(key, str) or not key:
            raise TypeError("key")
        key = unquote_plus(key, errors="strict")  # exactly once: a key may itself contain percent signs
        key_bytes = len(key.encode())  # strict as well: a lone surrogate is in no key
        created_at = datetime.fromisoformat(record["eventTime"])
        if created_at.tzinfo is None:
            raise ValueError("eventTime")
        created_at = created_at.astimezone(UTC)
    except KeyError as error:
        return InvalidRecord("", Rejection.of("malformed-event", field=error.args[0]))
    except (TypeError, ValueError, OverflowError):  # OverflowError: the year 0 in UTC
        fields = "eventSource, eventName, eventTime, bucket or key"
        return InvalidRecord("", Rejection.of("malformed-event", field=fields))
    if source != "aws:s3" or not str(name).startswith("ObjectCreated:") or record_bucket != bucket:
        return InvalidRecord(key, Rejection.of("foreign-event", bucket=bucket))
    if key_bytes > MAX_IMAGE_KEY_BYTES:
        rejection = Rejection.of("key-too-long", bytes=key_bytes, max_bytes=MAX_IMAGE_KEY_BYTES)
        return InvalidRecord(key, rejection)
    return ObjectCreated(bucket, key, created_at, parse_upload_key(key))


def _parse_source_object(
    found: Any, sources: SourceScope | None, input_bucket: str
) -> list[ObjectCreated | InvalidRecord]:
    try:
        owner, bucket, key, etag = (found[name] for name in ("owner", "bucket", "key", "etag"))
        size, created_at = found["size"], datetime.fromisoformat(found["time"])
        if not all(isinstance(text, str) and text for text in (owner, bucket, key, etag)):
            raise TypeError("owner, bucket, key or etag")
        if not isinstance(size, int) or not is_owner(owner) or created_at.tzinfo is None:
            raise ValueError("size, owner or time")
        record = source_record(owner, SourceObject(bucket, key, etag), size, created_at.astimezone(UTC))
    except KeyError as error:
        return [InvalidRecord("", Rejection.of("malformed-event", field=error.args[0]))]
    except (TypeError, ValueError, OverflowError):
        fields = "owner, bucket, key, size, etag or time"
        return [InvalidRecord("", Rejection.of("malformed-event", field=fields))]
    upload = UploadKey(owner, record.id)
    created = ObjectCreated(bucket, upload_key(owner, record.id), record.uploaded_at, upload, record)
    if sources is None or bucket != sources.bucket or not key.startswith(sources.prefix):
        return [InvalidRecord(key, Rejection.of("foreign-event", bucket=sources or input_bucket), created)]
    if key.endswith("/"):
        return []  # a folder, as the console of S3 makes them
    return [created]


def _parse_message(record: Any) -> Message | InvalidMessage:
    fields = record if isinstance(record, Mapping) else {}
    message_id, attributes = fields.get("messageId"), fields.get("attributes")
    if not isinstance(message_id, str) or not re.fullmatch(r"[\x21-\x7e]+", message_id):
        return _invalid_message(None, "messageId")
    if fields.get("eventSource") != "aws:sqs":
        return _invalid_message(message_id, "eventSource")
    count = attributes.get("ApproximateReceiveCount") if isinstance(attributes, Mapping) else None
    if not isinstance(count, str) or not re.fullmatch("[0-9]{1,9}", count):
        return _invalid_message(message_id, "attributes.ApproximateReceiveCount")
    try:
        body = json.loads(fields["body"])
        event = body["requestPayload"]
        parked_since = datetime.fromisoformat(body["parkedSince"]) if "parkedSince" in body else None
        ask_again = body.get("askAgain", [])
    except (KeyError, TypeError, ValueError, RecursionError):  # RecursionError: deeply nested brackets
        return _invalid_message(message_id, "body")
    if not isinstance(event, Mapping):
        return _invalid_message(message_id, "body")
    if not isinstance(ask_again, list) or not all(isinstance(name, str) for name in ask_again):
        return _invalid_message(message_id, "body")
    if parked_since and parked_since.tzinfo is None:
        return _invalid_message(message_id, "body")
    return Message(message_id, event, int(count) >= MAX_RECEIVE_COUNT, parked_since, frozenset(ask_again))


def _invalid_message(message_id: str | None, field: str) -> InvalidMessage:
    return InvalidMessage(message_id, Rejection.of("malformed-event", field=field))
