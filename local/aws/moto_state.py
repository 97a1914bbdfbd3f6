"""Reads and restores the state of moto: objects, items and messages as plain values.

moto has no interface for it. Everything that knows its models is in this module and in those that patch them:
`transactions`, `queries`, `table_changes` and `queue_changes`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.s3.models import FakeKey, s3_backends
from moto.sqs.models import Message, sqs_backends

from local.template.names import ACCOUNT, PARTITION, REGION

# What an object consists of, apart from its key, body, metadata, tags and time.
OBJECT_ATTRIBUTES = (
    *("_etag", "_storage_class", "_version_id", "_is_versioned", "website_redirect_location"),
    *("checksum_algorithm", "checksum_value", "checksum_type", "checksum_parts"),
    *("encryption", "kms_key_id", "bucket_key_enabled", "lock_mode", "lock_legal_status", "lock_until"),
)
MESSAGE_ATTRIBUTES = (
    *("body", "message_attributes", "system_attributes", "sender_id", "sent_timestamp", "delayed_until"),
    *("deduplication_id", "group_id", "sequence_number"),
)


class LazyBody:
    """A body that is read when it is needed, in place of the temporary file in which moto keeps it."""

    def __init__(self, read: Callable[[], bytes]) -> None:
        self._read = read
        self._position = 0

    def seek(self, position: int) -> None:
        self._position = position

    def read(self, size: int = -1) -> bytes:
        rest = self._read()[self._position :]
        part = rest if size < 0 else rest[:size]
        self._position += len(part)
        return part

    def close(self) -> None:
        """Do nothing: there is no file."""


class MotoObject:
    """The current version of an object in moto."""

    def __init__(self, key: FakeKey) -> None:
        self._key = key

    @property
    def has_lazy_body(self) -> bool:
        return isinstance(self._key._value_buffer, LazyBody)

    @property
    def body(self) -> bytes:
        value: bytes = self._key.value
        return value

    def attributes(self) -> dict[str, Any]:
        """Return everything but the body, as JSON."""
        key = self._key
        _ = key.etag  # computes it
        return {
            **{name: getattr(key, name, None) for name in OBJECT_ATTRIBUTES},
            "metadata": dict(key.metadata),
            "tags": _s3().tagger.get_tag_dict_for_resource(key.arn),
            "last_modified": key.last_modified.isoformat(),
            "size": key.size,
        }

    def replace_body(self, read: Callable[[], bytes]) -> None:
        """Read the same body from elsewhere from now on."""
        key: Any = self._key
        with key.lock:
            previous, key._value_buffer = key._value_buffer, LazyBody(read)
        previous.close()


def find_object(bucket: str, key: str) -> MotoObject | None:
    """Return the object, or None if missing. The bucket may be missing, too."""
    holder = _s3().buckets.get(bucket)
    found = holder.keys.get(key) if holder else None
    return MotoObject(found) if isinstance(found, FakeKey) else None  # not a delete marker


def restore_object(
    bucket: str, name: str, attributes: Mapping[str, Any], read_body: Callable[[], bytes]
) -> None:
    key = FakeKey(name, b"", account_id=ACCOUNT, region_name=PARTITION, bucket_name=bucket)
    for attribute in OBJECT_ATTRIBUTES:
        setattr(key, attribute, attributes[attribute])
    key.last_modified = datetime.fromisoformat(attributes["last_modified"])
    key.metadata.clear()
    key.metadata.update(attributes["metadata"])
    key.contentsize = attributes["size"]
    MotoObject(key).replace_body(read_body)
    backend = _s3()
    tags = [{"Key": tag, "Value": value} for tag, value in attributes["tags"].items()]
    backend.tagger.tag_resource(key.arn, tags or None)
    backend.buckets[bucket].keys.setlist(name, [key])


def bucket_names() -> set[str]:
    return set(_s3().buckets)


def versioned_buckets() -> set[str]:
    return {name for name, bucket in _s3().buckets.items() if bucket.is_versioned}


def table_keys() -> dict[str, set[str]]:
    """Return the names of the key attributes by table."""
    return {name: set(table.table_key_attrs) for name, table in _tables().items()}


def expiry_attributes() -> dict[str, str]:
    """Return the name of the TTL attribute by table, for the tables whose items expire."""
    return {
        name: table.ttl["AttributeName"]
        for name, table in _tables().items()
        if table.ttl.get("TimeToLiveStatus") == "ENABLED"
    }


def restore_item(table_name: str, attributes: Mapping[str, Any]) -> None:
    table = _tables()[table_name]
    values = {name: DynamoType(value) for name, value in attributes.items()}
    item = Item(values[table.hash_key_attr], None, {})
    item.attrs = _unchecked(values)
    if table.range_key_attr is None:
        table.items[item.hash_key] = item
        return
    item.range_key = values[table.range_key_attr]
    table.items[item.hash_key][item.range_key] = item


def retention_seconds() -> dict[str, int]:
    """Return how long each queue keeps a message."""
    return {name: queue.message_retention_period for name, queue in _queues().items()}


def message_document(message: Message) -> dict[str, Any]:
    return {name: getattr(message, name) for name in MESSAGE_ATTRIBUTES}


def restore_message(
    queue: str,
    message_id: str,
    document: Mapping[str, Any],
    receive_count: int,
    first_received_at: int | None,
) -> None:
    """Append a message to its queue. It is visible unless it was sent with a delay that hasn't passed."""
    message = Message(message_id, document["body"])
    for name in MESSAGE_ATTRIBUTES:
        setattr(message, name, document[name])
    message.approximate_receive_count = receive_count
    message.approximate_first_receive_timestamp = first_received_at
    _queues()[queue].add_message(message)


def _unchecked(values: Mapping[str, DynamoType]) -> LimitedSizeDict:
    """Return an item's attributes. Their size was checked before, and for each it costs time."""
    attributes = LimitedSizeDict()
    for name, value in values.items():
        dict.__setitem__(attributes, name, value)
    return attributes


def _s3() -> Any:
    return s3_backends[ACCOUNT][PARTITION]


def _tables() -> Mapping[str, Any]:
    tables: Mapping[str, Any] = dynamodb_backends[ACCOUNT][REGION].tables
    return tables


def _queues() -> Mapping[str, Any]:
    queues: Mapping[str, Any] = sqs_backends[ACCOUNT][REGION].queues
    return queues
