"""Constants and helpers that the processor's tests share."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.image_files import encode, marked
from tests.unit.support import INPUT_BUCKET, SOURCE_BUCKET, UPLOAD_KEY

DIRECT_KEY = "samples/image"  # of a direct upload
BOTH_KEYS = pytest.mark.parametrize("key", [DIRECT_KEY, UPLOAD_KEY])
MESSAGE_FAILED = {"batchItemFailures": [{"itemIdentifier": "m0"}]}  # the answer to a batch of one message
ALL_SETTLED: dict[str, Any] = {"batchItemFailures": []}
THROTTLED = "ProvisionedThroughputExceededException"


def make_file(
    format_name: str,
    orientation: int = 1,
    size: tuple[int, int] = (200, 120),
    mode: str = "RGB",
    **options: Any,
) -> bytes:
    """Return an image file with a red box in the upper left corner of the upright image."""
    return encode(marked(size, mode), format_name, orientation, **options)


def s3_record(key: str) -> dict[str, Any]:
    """Return the record of an S3 event about an object created in the input bucket."""
    return {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": "us-east-1",
        "eventTime": "2026-11-22T15:00:00.123Z",
        "eventName": "ObjectCreated:Put",
        "s3": {
            "s3SchemaVersion": "1.0",
            "bucket": {"name": INPUT_BUCKET, "arn": f"arn:aws:s3:::{INPUT_BUCKET}"},
            "object": {"key": key, "size": 1, "eTag": "e", "sequencer": "0055AED6DCD90281E5"},
        },
    }


def s3_event(*keys: str) -> dict[str, Any]:
    """Return an S3 event about objects created in the input bucket."""
    return {"Records": [s3_record(key) for key in keys]}


def source_event(key: str, **changed: Any) -> dict[str, Any]:
    """Return an event about Alice's object in the source bucket, with some members changed."""
    found = {
        "owner": "alice",
        "bucket": SOURCE_BUCKET,
        "key": key,
        "size": 1,
        "etag": "0f" * 16,
        "time": "2026-11-22T15:00:00Z",
    }
    return {"sourceObject": {**found, **changed}}


def retry_batch(*events: object, receive_count: int = 1) -> dict[str, Any]:
    """Return a batch of the retry queue. An event is wrapped as Lambda does; a string is the message body."""
    return {
        "Records": [
            {
                "messageId": f"m{number}",
                "eventSource": "aws:sqs",
                "attributes": {"ApproximateReceiveCount": str(receive_count)},
                "body": event
                if isinstance(event, str)
                else json.dumps(
                    {
                        "version": "1.0",
                        "requestContext": {"condition": "RetriesExhausted", "approximateInvokeCount": 1},
                        "requestPayload": event,
                    }
                ),
            }
            for number, event in enumerate(events)
        ]
    }
