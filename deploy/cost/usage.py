"""Quantities of a month: the measured steps, times how often each happens."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from common.prices import GROUPS
from deploy.cost import assumptions as assumed
from processor.detectors import DETECTORS

if TYPE_CHECKING:
    from collections.abc import Mapping

MEASURED: Mapping[str, Any] = json.loads(Path(__file__).with_name("measured.json").read_text("utf-8"))
DETECTOR_NAMES = tuple(detector.name for detector in DETECTORS)

_GIGABYTE = 1024**3
_MEGABYTE = 1024**2
_PROCESSOR = "ProcessorFunction"
_S3_REQUESTS = ("s3Writes", "s3Reads", "s3Deletes")
_BILLED = {  # the measured counts that are billed by number
    "s3Writes": "s3 writes",
    "s3Reads": "s3 reads",
    "s3Deletes": "s3 deletes",
    "writeUnits": "dynamodb writeUnits",
    "readUnits": "dynamodb readUnits",
    "listUnits": "dynamodb readUnits",
    "sqsRequests": "sqs requests",
    "apiRequests": "httpApi requests",
    "invocations": "lambda requests",
}


@dataclass(frozen=True)
class Month:
    """What happens in a month. `views` is how often each of its pictures is looked at."""

    images: int
    detectors: tuple[str, ...] = ("labels",)
    megabytes: float = 3.0
    views: float = 1.0
    architecture: str = "x86_64"  # the parameter's default

    @property
    def calls(self) -> int:
        """Calls to Rekognition for a picture: detectors of the same operation share one."""
        return len({each.operation for each in DETECTORS if each.name in self.detectors})

    @property
    def analyses(self) -> dict[str, int]:
        """Rekognition's analyses by price group; a custom model is billed by the hour instead."""
        groups: list[str | None] = [each.price_group for each in DETECTORS if each.name in self.detectors]
        return {group: self.images * groups.count(group) for group in GROUPS}

    @property
    def visits(self) -> float:
        """Visits to the page."""
        return self.images * (1 + self.views) / assumed.PICTURES_PER_VISIT


def fixed_quantities() -> dict[str, float]:
    """Return what a stack uses without pictures, by service and item of the price table."""
    used = _Usage()
    used.add_step("recover", assumed.HOURLY_RUNS)
    used.add("sqs requests", assumed.POLLERS * assumed.SECONDS / assumed.POLL_SECONDS)
    return used.finish()


def picture_quantities(month: Month) -> dict[str, float]:
    """Return what the pictures of a month use, by service and item of the price table."""
    images, looks, visits = month.images, month.images * month.views, month.visits
    used = _Usage()
    used.add_step("upload", images)
    used.add_step("poll", images * assumed.POLLS)
    used.add_step("recognize", images)
    used.add_counts(_PROCESSOR, MEASURED["furtherCall"].get(_PROCESSOR, {}), images * (month.calls - 1))
    used.add_seconds(_PROCESSOR, images * assumed.REKOGNITION_SECONDS)
    used.add_step("result", images + looks)
    used.add_step("pictures", looks)
    used.add("dynamodb writeUnits", images * assumed.SNAPSHOT_UNITS)
    pictures, labels = assumed.LISTED / MEASURED["listed"], assumed.LABEL_NAMES / MEASURED["labelNames"]
    changes = assumed.CHANGES / MEASURED["listed"]  # each measured picture is one
    used.add_step("list", visits, listUnits=pictures, responseBytes=pictures)
    reads = images / assumed.PICTURES_PER_COUNTS + visits
    used.add_step("labels", reads, listUnits=changes, responseBytes=labels)
    # A browser asks for permission (CORS) once an hour for each URL and method.
    used.add("httpApi requests", images + looks + 3 * visits)
    used.add("s3 reads", images)  # likewise, before the upload
    _add_objects(used, month)
    used.add("cloudFront requests", visits * MEASURED["page"]["files"])
    used.add("cloudFront gigabytes", visits * MEASURED["page"]["bytes"] / _GIGABYTE)
    used.add("cloudWatch metrics", len(MEASURED["metrics"]))
    return used.finish()


def optional_quantities() -> dict[str, float]:
    """Return what the alarms and the dashboard of the template add, if they are enabled."""
    resources = MEASURED["resources"]
    return {
        "cloudWatch alarmMetrics": resources["alarmMetrics"],
        "cloudWatch dashboards": resources["dashboards"],
    }


def _add_objects(used: _Usage, month: Month) -> None:
    """Add what is stored of the pictures of all months so far, and what is drawn of this month's."""
    sizes, items = MEASURED["objectBytes"], MEASURED["items"]
    stored = month.images * int(MEASURED["parameters"]["RetentionDays"]) / assumed.DAYS
    object_bytes = month.megabytes * _MEGABYTE + sum(sizes.values())
    item_bytes = items["bytes"] + items["count"] * assumed.ITEM_OVERHEAD_BYTES
    used.add("s3 gigabyteMonths", stored * object_bytes / _GIGABYTE)
    used.add("dynamodb gigabyteMonths", stored * item_bytes / _GIGABYTE)
    used.add("dynamodb backupGigabyteMonths", stored * item_bytes / _GIGABYTE)
    drawn = sum(size for name, size in sizes.items() if name.endswith(".webp"))
    used.add("transfer gigabytes", month.images * month.views * drawn / _GIGABYTE)


class _Usage:
    """Adds up steps."""

    def __init__(self) -> None:
        self._quantities: defaultdict[str, float] = defaultdict(float)
        self._log_bytes = 0.0
        self._traces = 0.0

    def add(self, name: str, quantity: float) -> None:
        self._quantities[name] += quantity

    def add_step(self, name: str, times: float, **lengths: float) -> None:
        """Add a step; `lengths` are how much larger some of its counts are than the measured ones."""
        for caller, counts in MEASURED["steps"][name].items():
            larger = {kind: count * lengths.get(kind, 1.0) for kind, count in counts.items()}
            self.add_counts(caller, larger, times)

    def add_counts(self, caller: str, counts: Mapping[str, float], times: float) -> None:
        """Add the counts of a caller."""
        for kind, name in _BILLED.items():
            self.add(name, times * counts.get(kind, 0))
        self.add("transfer gigabytes", times * counts.get("responseBytes", 0) / _GIGABYTE)
        self._log_bytes += times * counts.get("apiRequests", 0) * assumed.ACCESS_LOG_BYTES
        if caller in MEASURED["functions"]:
            self._add_function(caller, counts, times)

    def add_seconds(self, function: str, seconds: float) -> None:
        """Add the billed duration of a function."""
        gigabytes = MEASURED["functions"][function]["memory"] / 1024
        self.add("lambda gigabyteSeconds", seconds * gigabytes)

    def finish(self) -> dict[str, float]:
        """Return the quantities, with logs and traces, without zeros."""
        kept = int(MEASURED["parameters"]["LogRetentionDays"]) / assumed.DAYS * assumed.COMPRESSION
        self.add("cloudWatch logGigabytes", self._log_bytes / _GIGABYTE)
        self.add("cloudWatch logGigabyteMonths", self._log_bytes * kept / _GIGABYTE)
        always = min(self._traces, assumed.SAMPLED_PER_SECOND * assumed.SECONDS)
        self.add("xray traces", math.ceil(always + (self._traces - always) * assumed.SAMPLED_SHARE))
        return {name: quantity for name, quantity in self._quantities.items() if quantity}

    def _add_function(self, name: str, counts: Mapping[str, float], times: float) -> None:
        function, invocations = MEASURED["functions"][name], times * counts.get("invocations", 0)
        requests = sum(counts.get(kind, 0) for kind in (*_S3_REQUESTS, "dynamodbRequests", "sqsRequests"))
        requests -= counts.get("rekognitionCalls", 0)  # Rekognition itself reads the object
        vcpus = min(1.0, function["memory"] / assumed.FULL_CPU_MEGABYTES)
        milliseconds = counts.get("cpuMilliseconds", 0) / vcpus
        self.add_seconds(name, times * (milliseconds / 1000 + requests * assumed.REQUEST_SECONDS))
        cold = invocations * assumed.COLD_STARTS
        self.add_seconds(name, cold * function["initCpuMilliseconds"] / 1000)
        logged = MEASURED["logs"].get(name, {}).get("logBytes", 0)
        self._log_bytes += invocations * (logged + assumed.PLATFORM_LOG_BYTES)
        self._traces += invocations * function["isTraced"]
