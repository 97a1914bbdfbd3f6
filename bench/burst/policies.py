"""The policies that decision 18 compares: the design, what it consists of, and the alternatives."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.burst.model import Burst, Policy
from local.template.documents import read_yaml_template
from processor import parking, pipeline, recognition
from processor.events import MAX_RECEIVE_COUNT

UNLIMITED = 10**9  # attempts: the invocation's time ends them
_TEMPLATE = read_yaml_template(Path(__file__).resolve().parents[2] / "template.yaml")


def _properties(logical_id: str) -> dict[str, Any]:
    properties: dict[str, Any] = _TEMPLATE["Resources"][logical_id]["Properties"]
    return properties


_FUNCTION = _properties("ProcessorFunction")
_QUEUE = _properties("RetryQueue")
_SOURCE = _FUNCTION["Events"]["PictureRetried"]["Properties"]

_DESIGN = Policy(
    name="parked",
    queue_concurrency=0,  # by the burst's quotas
    batch_size=_SOURCE["BatchSize"],
    direct_attempts=1,
    queue_attempts=UNLIMITED,
    min_delay=recognition.MIN_DELAY,
    max_delay=recognition.MAX_DELAY,
    parks=True,
    late_seconds=parking.LATE.total_seconds(),
    keeps_converted=True,
    is_fair=True,
    timeout=_FUNCTION["Timeout"],
    reserved_seconds=pipeline.RESERVED_SECONDS,
    call_timeout=recognition.CALL_SECONDS,
    memory_gb=_FUNCTION["MemorySize"] / 1024,
    async_retries=_FUNCTION["EventInvokeConfig"]["MaximumRetryAttempts"],
    event_age=_FUNCTION["EventInvokeConfig"]["MaximumEventAgeInSeconds"],
    visibility=_QUEUE["VisibilityTimeout"],
    max_receives=MAX_RECEIVE_COUNT,
    retention=_QUEUE["MessageRetentionPeriod"],
)

_RETRIED_BY_LAMBDA = replace(
    _DESIGN,
    name="retried by Lambda",
    queue_concurrency=2,
    batch_size=1,
    direct_attempts=6,
    queue_attempts=6,
    min_delay=0.25,
    max_delay=4.0,
    parks=False,
    late_seconds=math.inf,
    keeps_converted=False,
    is_fair=False,
    async_retries=2,
    max_receives=6,
    retention=345_600.0,
)


def design(burst: Burst) -> Policy:
    """Return the policy of the template and the code."""
    return replace(_DESIGN, queue_concurrency=retry_concurrency(burst))


def policies(burst: Burst) -> list[Policy]:
    """Return all policies that can be deployed with the burst's quotas."""
    designed = design(burst)
    compared = [
        designed,
        replace(designed, name="decoded again", keeps_converted=False),
        replace(designed, name="late ones tried", late_seconds=math.inf),
        replace(
            designed,
            name="batches of one",
            batch_size=1,
            queue_concurrency=designed.queue_concurrency * designed.batch_size,
        ),
        _RETRIED_BY_LAMBDA,
    ]
    if burst.concurrency > 100:  # of which Lambda always keeps 100 unreserved
        reserved = math.ceil(burst.rate * 2)
        compared.append(replace(_RETRIED_BY_LAMBDA, name="reserved", reserved=reserved))
    return compared


def retry_concurrency(burst: Burst) -> int:
    """Return the mapping's number for the quota, or a smaller one that leaves environments to the API."""
    numbers: dict[float, int] = {
        float(rate): entry["Batches"] for rate, entry in _TEMPLATE["Mappings"]["RetryConcurrency"].items()
    }
    return max(
        number
        for rate, number in numbers.items()
        if rate <= max(burst.rate, min(numbers)) and number < burst.concurrency
    )
