"""The policies that decision 18 compares: the design, what it consists of, and the alternatives."""

from __future__ import annotations

import math
from dataclasses import replace

from bench.burst.model import Burst, Policy

UNLIMITED = 10**9  # attempts: the invocation's time ends them
# The mapping RetryConcurrency, by the parameter RekognitionCallsPerSecond
RETRY_CONCURRENCY = {5: 4, 10: 8, 25: 20, 50: 40, 100: 80, 250: 200}

_DESIGN = Policy(
    name="parked",
    queue_concurrency=0,
    batch_size=10,
    direct_attempts=1,
    queue_attempts=UNLIMITED,
    min_delay=0.5,
    max_delay=2.0,
    parks=True,
    late_seconds=10.0,
    keeps_converted=True,
)
_RETRIED_BY_LAMBDA = Policy(
    name="retried by Lambda",
    queue_concurrency=2,
    batch_size=1,
    direct_attempts=6,
    queue_attempts=6,
    min_delay=0.25,
    max_delay=4.0,
    parks=False,
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
    return max(
        number
        for rate, number in RETRY_CONCURRENCY.items()
        if rate <= max(burst.rate, 5) and number < burst.concurrency
    )
