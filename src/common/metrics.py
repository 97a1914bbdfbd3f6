"""CloudWatch metrics, in the embedded metric format: a line of JSON in the log, which CloudWatch reads.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import dataclass
from typing import Any, Literal

from common.logs import log_keys
from common.settings import METRICS_NAMESPACE


@dataclass(frozen=True)
class Metric:
    """A metric; CloudWatch bills each value of its dimension as a metric of its own."""

    name: str
    unit: Literal["Count", "Percent", "Seconds"]
    dimension: Literal["Code", "Operation"] | None = None


UPLOADS_ACCEPTED = Metric("UploadsAccepted", "Count")  # permissions to upload a new image
UPLOADS_REFUSED = Metric("UploadsRefused", "Count", "Code")  # or retries, by a limit: its code
IMAGES_RECOGNIZED = Metric("ImagesRecognized", "Count")  # uploads and direct uploads that are done
IMAGES_REJECTED = Metric("ImagesRejected", "Count", "Code")  # the rejection's code
IMAGES_RETRIED = Metric("ImagesRetried", "Count")  # tries from the retry queue
IMAGES_RECOVERED = Metric("ImagesRecovered", "Count")  # whose event was lost or given up
INVALID_EVENTS = Metric("InvalidEvents", "Count", "Code")  # for which no result can be stored
CALLS_THROTTLED = Metric("CallsThrottled", "Count", "Operation")  # by Rekognition's quota
BILLED_CALLS = Metric("BilledCalls", "Count")  # that Rekognition answered
SECONDS_TO_RESULT = Metric("SecondsToResult", "Seconds")  # from the permission to upload to the result
CEILING_USED = Metric("CeilingUsed", "Percent")  # of MonthlyBillingCeiling

METRICS = (
    UPLOADS_ACCEPTED,
    UPLOADS_REFUSED,
    IMAGES_RECOGNIZED,
    IMAGES_REJECTED,
    IMAGES_RETRIED,
    IMAGES_RECOVERED,
    INVALID_EVENTS,
    CALLS_THROTTLED,
    BILLED_CALLS,
    SECONDS_TO_RESULT,
    CEILING_USED,
)


def emit(metric: Metric, value: float = 1, dimension: str | None = None) -> None:
    """Write a value of a metric. `dimension` is the value of its dimension, if it has one.

    The line also has the keys of the log, so that a value leads to its image.
    """
    if (dimension is None) != (metric.dimension is None):
        raise ValueError(f"{metric.name} has the dimension {metric.dimension}")
    line: dict[str, Any] = {
        **log_keys(),
        "_aws": {
            "Timestamp": int(time.time() * 1000),
            "CloudWatchMetrics": [
                {
                    "Namespace": os.environ[METRICS_NAMESPACE],
                    "Dimensions": [[metric.dimension] if metric.dimension else []],
                    "Metrics": [{"Name": metric.name, "Unit": metric.unit}],
                }
            ],
        },
        metric.name: value,
    }
    if metric.dimension:
        line[metric.dimension] = dimension
    # Not through logging: its records are metrics only if the log level lets them pass. One write keeps lines
    # of several threads apart.
    sys.stdout.write(f"{json.dumps(line, separators=(',', ':'))}\n")
    sys.stdout.flush()
