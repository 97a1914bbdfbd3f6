"""S3, DynamoDB and SQS as Python objects, for tests with thousands of images: moto takes 50 ms for each.

They have what the catalog, the storage and the retry queue call. tests/unit/deploy/backfill runs the same
tests with them and with moto.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import json
from collections import deque
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tests.memory_table import MemoryTable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class MemorySession:
    """Takes the place of a boto3 session."""

    def __init__(self) -> None:
        self._clients: dict[str, Any] = {"s3": MemoryS3(), "sqs": MemoryQueue(), "dynamodb": MemoryTable()}

    def client(self, name: str, **_: object) -> Any:
        return self._clients[name]

    def resource(self, name: str, **_: object) -> Any:
        client = self._clients[name]
        return SimpleNamespace(
            Table=lambda table: SimpleNamespace(name=table, meta=SimpleNamespace(client=client))
        )


class MemoryS3:
    """Buckets."""

    def __init__(self) -> None:
        self._buckets: dict[str, dict[str, dict[str, Any]]] = {}

    def create_bucket(self, Bucket: str) -> None:  # noqa: N803
        self._buckets[Bucket] = {}

    def put_object(self, Bucket: str, Key: str, Body: bytes, **headers: Any) -> dict[str, str]:  # noqa: N803
        etag = f'"{hashlib.md5(Body, usedforsecurity=False).hexdigest()}"'
        self._buckets[Bucket][Key] = {
            "ETag": etag,
            "Data": Body,
            "ContentLength": len(Body),
            "ContentType": headers.get("ContentType", "binary/octet-stream"),
            "Metadata": headers.get("Metadata", {}),
            "StorageClass": headers.get("StorageClass", "STANDARD"),
            "LastModified": datetime.now(UTC).replace(microsecond=0),
        }
        return {"ETag": etag}

    def head_object(self, Bucket: str, Key: str, **_: object) -> dict[str, Any]:  # noqa: N803
        if Key not in self._buckets[Bucket]:
            raise ClientError({"Error": {"Code": "404"}}, "HeadObject")
        return self._buckets[Bucket][Key]

    def get_object(self, Bucket: str, Key: str, **_: object) -> dict[str, Any]:  # noqa: N803
        found = self.head_object(Bucket, Key)
        return {**found, "Body": io.BytesIO(found["Data"])}

    def delete_object(self, Bucket: str, Key: str) -> None:  # noqa: N803
        self._buckets[Bucket].pop(Key, None)

    def get_paginator(self, operation: str) -> Any:
        assert operation == "list_objects_v2"
        return SimpleNamespace(paginate=self._pages)

    def _pages(self, Bucket: str, Prefix: str, Delimiter: str = "") -> Iterator[dict[str, Any]]:  # noqa: N803
        keys = sorted(key for key in self._buckets[Bucket] if key.startswith(Prefix))
        if Delimiter:
            found = {key[: key.index(Delimiter, len(Prefix)) + 1] for key in keys}
            yield {"CommonPrefixes": [{"Prefix": prefix} for prefix in sorted(found)]}
            return
        for start in range(0, len(keys) or 1, 1000):
            listed = [(key, self._buckets[Bucket][key]) for key in keys[start : start + 1000]]
            yield {"Contents": [_listed(key, each) for key, each in listed]}


def _listed(key: str, stored: Mapping[str, Any]) -> dict[str, Any]:
    named = {name: stored[name] for name in ("ETag", "StorageClass", "LastModified")}
    return {"Key": key, "Size": stored["ContentLength"], **named}


class MemoryQueue:
    """A queue. A message that was received isn't received again."""

    def __init__(self) -> None:
        self._messages: deque[dict[str, str]] = deque()
        self._numbers = itertools.count()

    def create_queue(self, QueueName: str) -> dict[str, str]:  # noqa: N803
        return {"QueueUrl": QueueName}

    def send_message(self, MessageBody: str, **_: object) -> None:  # noqa: N803
        json.loads(MessageBody)
        number = str(next(self._numbers))
        self._messages.append({"MessageId": number, "ReceiptHandle": number, "Body": MessageBody})

    def receive_message(self, MaxNumberOfMessages: int, **_: object) -> dict[str, Any]:  # noqa: N803
        count = min(MaxNumberOfMessages, len(self._messages))
        return {"Messages": [self._messages.popleft() for _ in range(count)]} if count else {}

    def delete_message(self, **_: object) -> None:
        """It is gone already."""

    def get_queue_attributes(self, **_: object) -> dict[str, Any]:
        return {"Attributes": {"ApproximateNumberOfMessages": str(len(self._messages))}}
