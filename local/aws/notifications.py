"""S3's event notifications: the record as S3 documents it, for whom the template names."""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus

from local.aws.resources import Template, resources
from local.template.names import ACCOUNT, REGION, last_part


@dataclass(frozen=True)
class ObjectCreated:
    """An object that has just been written."""

    bucket: str
    key: str
    how: str  # Put, Copy, CompleteMultipartUpload or Post
    size: int
    etag: str
    version_id: str | None
    principal: str
    source_ip: str
    request_id: str


@dataclass(frozen=True)
class _Notification:
    function_id: str
    configuration_id: str
    event: re.Pattern[str]
    prefix: str
    suffix: str

    @classmethod
    def of(cls, bucket_id: str, index: int, written: Mapping[str, Any]) -> _Notification:
        listed = written.get("Filter", {}).get("S3Key", {}).get("Rules", [])
        rules = {rule["Name"].lower(): rule["Value"] for rule in listed}
        name = written["Event"].removeprefix("s3:")
        return cls(
            function_id=last_part(written["Function"]),
            configuration_id=hashlib.sha256(f"{bucket_id}/{index}".encode()).hexdigest()[:32],
            event=re.compile(re.escape(name).replace(r"\*", ".*")),
            prefix=rules.get("prefix", ""),
            suffix=rules.get("suffix", ""),
        )

    def wants(self, event_name: str, key: str) -> bool:
        return bool(
            self.event.fullmatch(event_name) and key.startswith(self.prefix) and key.endswith(self.suffix)
        )


class Notifications:
    """Tells functions of new objects."""

    def __init__(self, template: Template, deliver: Callable[[str, dict[str, Any]], None]) -> None:
        self._deliver = deliver
        self._sequencer = _Sequencer()
        self._by_bucket = {
            bucket.name: [
                _Notification.of(bucket.logical_id, index, written)
                for index, written in enumerate(
                    bucket.properties.get("NotificationConfiguration", {}).get("LambdaConfigurations", [])
                )
            ]
            for bucket in resources(template, "AWS::S3::Bucket")
        }

    def publish(self, created: ObjectCreated) -> None:
        sequencer = self._sequencer.next()
        for notification in self._by_bucket.get(created.bucket, []):
            if notification.wants(f"ObjectCreated:{created.how}", created.key):
                record = _record(created, notification.configuration_id, sequencer)
                self._deliver(notification.function_id, {"Records": [record]})


class _Sequencer:
    """Hexadecimal numbers that only grow, in whatever thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def next(self) -> str:
        with self._lock:
            self._last = max(self._last + 1, time.time_ns())
            return f"{self._last:018X}"


def _record(created: ObjectCreated, configuration_id: str, sequencer: str) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    described = {
        "key": quote_plus(created.key, safe="/"),  # form-encoded, as S3 does
        "size": created.size,
        "eTag": created.etag,
        "sequencer": sequencer,
    }
    if created.version_id is not None:
        described["versionId"] = created.version_id
    return {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": REGION,
        "eventTime": now,
        "eventName": f"ObjectCreated:{created.how}",
        "userIdentity": {"principalId": f"AWS:{created.principal}"},
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
            "object": described,
        },
    }
