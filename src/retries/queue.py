"""The SQS adapter: sends events to the retry queue, from which the processor retries them slowly."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

from botocore.config import Config

from common.aws import build_client
from common.time import format_rfc3339

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from mypy_boto3_sqs import SQSClient

    from catalog.records import ImageRecord

_CONFIG = Config(
    connect_timeout=2,
    read_timeout=4,
    retries={"mode": "standard", "total_max_attempts": 3},
    max_pool_connections=16,  # the recovery's threads
)
QUEUED_SECONDS = 4 * 24 * 60 * 60  # an image waits less in the queue: a million take 2.3 days at 5 a second
_DIRECT_UPLOADS = "direct"  # the group of images without an owner


class RetryQueue:
    """The retry queue. Its messages have the form in which Lambda sends an event that failed."""

    def __init__(self, client: SQSClient, url: str) -> None:
        self._client = client
        self._url = url

    @classmethod
    def from_env(cls, url: str) -> RetryQueue:
        """Build the client from the function's environment."""
        return cls(build_client("sqs", _CONFIG), url)

    def send(
        self,
        bucket: str,
        key: str,
        time: datetime,
        owner: str | None = None,
        *,
        parked_since: datetime | None = None,
        ask_again: Collection[str] = (),
    ) -> None:
        """Send the event that an object was created at a time; `owner` is None for a direct upload.

        The owner is the message's group, so that SQS serves all owners in turn (fair queues): a person's
        thousand images don't delay another person's one. `parked_since` is when its image was first parked.
        `ask_again` are operations to call again, although the earlier result has answers to the same call.
        """
        self._send(_object_created(bucket, key, time), owner or _DIRECT_UPLOADS, parked_since, ask_again)

    def send_source(
        self,
        record: ImageRecord,
        time: datetime,
        *,
        parked_since: datetime | None = None,
        ask_again: Collection[str] = (),
    ) -> None:
        """Send the event that the source object of a record was created at a time.

        See `send` for `parked_since` and `ask_again`.
        """
        source = record.source
        if source is None:
            raise ValueError("the record has no source object")
        event = {
            "owner": record.owner,
            "bucket": source.bucket,
            "key": source.key,
            "size": record.size,
            "etag": source.etag,
            "time": format_rfc3339(time),
        }
        self._send({"sourceObject": event}, record.owner, parked_since, ask_again)

    def _send(
        self,
        event: Mapping[str, Any],
        group: str,
        parked_since: datetime | None,
        ask_again: Collection[str],
    ) -> None:
        body: dict[str, Any] = {"requestPayload": event}
        if parked_since:
            body["parkedSince"] = format_rfc3339(parked_since)
        if ask_again:
            body["askAgain"] = sorted(ask_again)
        self._client.send_message(QueueUrl=self._url, MessageBody=json.dumps(body), MessageGroupId=group)


def _object_created(bucket: str, key: str, time: datetime) -> dict[str, Any]:
    """Return an S3 event with the members that the processor reads."""
    record = {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "eventTime": format_rfc3339(time),
        "eventName": "ObjectCreated:Put",
        "s3": {"bucket": {"name": bucket}, "object": {"key": quote_plus(key, safe="/")}},  # as S3 does
    }
    return {"Records": [record]}
