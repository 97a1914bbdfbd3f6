"""S3 event notifications: which functions are invoked for a new object, and with which event.

The template's buckets invoke functions themselves. All others, which exist before a stack, are set up to send
their events to EventBridge, whose rules decide.
"""

from __future__ import annotations

import hashlib
import itertools
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus
from uuid import uuid4

from local.lambda_.event_rules import EventRules
from local.template.names import ACCOUNT, REGION, last_part, resources_by_name

if TYPE_CHECKING:
    from local.template.template import Template


_REASONS = {"Put": "PutObject", "Copy": "CopyObject", "CompleteMultipartUpload": "CompleteMultipartUpload"}


def configuration_id(bucket: str, index: int) -> str:
    """Return the id of a bucket's n-th notification, which S3 would choose at random."""
    return hashlib.sha256(f"{bucket}/{index}".encode()).hexdigest()[:32]


@dataclass(frozen=True)
class CreatedObject:
    """An object that a request created, with the fields of its event record."""

    bucket: str
    key: str
    operation: str  # Put, Copy or CompleteMultipartUpload
    size: int  # bytes
    etag: str  # without quotes
    version_id: str | None
    principal_id: str
    source_ip: str
    request_id: str

    @property
    def event_name(self) -> str:
        return f"ObjectCreated:{self.operation}"


@dataclass(frozen=True)
class _Subscription:
    function_id: str
    configuration_id: str
    event: str  # a pattern for event names
    prefix: str
    suffix: str

    @classmethod
    def from_template(cls, bucket: str, index: int, configuration: Mapping[str, Any]) -> _Subscription:
        rules = configuration.get("Filter", {}).get("S3Key", {}).get("Rules", [])
        filters = {rule["Name"].lower(): rule["Value"] for rule in rules}
        return cls(
            function_id=last_part(configuration["Function"]),
            configuration_id=configuration_id(bucket, index),
            event=configuration["Event"].removeprefix("s3:"),
            prefix=filters.get("prefix", ""),
            suffix=filters.get("suffix", ""),
        )

    def matches(self, created: CreatedObject) -> bool:
        return (
            fnmatchcase(created.event_name, self.event)
            and created.key.startswith(self.prefix)
            and created.key.endswith(self.suffix)
        )


class Notifications:
    """Delivers events to the functions that the template subscribes to a bucket."""

    def __init__(self, template: Template, deliver: Callable[[str, dict[str, Any]], None]) -> None:
        """`deliver(function_id, event)` invokes a function asynchronously."""
        self._deliver = deliver
        self._rules = EventRules(template, deliver)
        self._sequence = itertools.count(time.time_ns())  # increases across restarts, too
        self._subscriptions = {
            bucket: [
                _Subscription.from_template(bucket, index, configuration)
                for index, configuration in enumerate(
                    properties.get("NotificationConfiguration", {}).get("LambdaConfigurations", [])
                )
            ]
            for bucket, properties in resources_by_name(template, "AWS::S3::Bucket").items()
        }

    def publish(self, created: CreatedObject) -> None:
        sequencer = f"{next(self._sequence):018X}"
        if created.bucket not in self._subscriptions:
            self._rules.publish(_bus_event(created, sequencer))
        for subscription in self._subscriptions.get(created.bucket, []):
            if subscription.matches(created):
                record = _event_record(created, subscription.configuration_id, sequencer)
                self._deliver(subscription.function_id, {"Records": [record]})


def _bus_event(created: CreatedObject, sequencer: str) -> dict[str, Any]:
    s3_object = {"key": created.key, "size": created.size, "etag": created.etag, "sequencer": sequencer}
    if created.version_id is not None:
        s3_object["version-id"] = created.version_id
    return {
        "version": "0",
        "id": str(uuid4()),
        "detail-type": "Object Created",
        "source": "aws.s3",
        "account": ACCOUNT,
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [f"arn:aws:s3:::{created.bucket}"],
        "detail": {
            "version": "0",
            "bucket": {"name": created.bucket},
            "object": s3_object,
            "request-id": created.request_id,
            "requester": ACCOUNT,
            "source-ip-address": created.source_ip,
            "reason": _REASONS[created.operation],
        },
    }


def _event_record(created: CreatedObject, configuration_id: str, sequencer: str) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    s3_object = {
        "key": quote_plus(created.key, safe="/"),  # form-encoded, as in S3's records
        "size": created.size,
        "eTag": created.etag,
        "sequencer": sequencer,
    }
    if created.version_id is not None:
        s3_object["versionId"] = created.version_id
    return {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": REGION,
        "eventTime": now,
        "eventName": created.event_name,
        "userIdentity": {"principalId": f"AWS:{created.principal_id}"},
        "requestParameters": {"sourceIPAddress": created.source_ip},
        "responseElements": {"x-amz-request-id": created.request_id, "x-amz-id-2": "local"},
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": configuration_id,
            "bucket": {
                "name": created.bucket,
                "ownerIdentity": {"principalId": ACCOUNT},
                "arn": f"arn:aws:s3:::{created.bucket}",
            },
            "object": s3_object,
        },
    }
