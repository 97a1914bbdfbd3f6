"""What is simulated: the policy, which is ours, and the circumstances, which aren't."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Policy:
    """How throttled pictures are retried."""

    name: str
    queue_concurrency: int  # the retry queue's MaximumConcurrency
    batch_size: int  # messages that one invocation processes side by side
    direct_attempts: int  # of a throttled call in a direct invocation
    queue_attempts: int  # of a throttled call in an invocation by the retry queue
    min_delay: float  # seconds; upper bound of the first delay, which doubles
    max_delay: float
    parks: bool  # a throttled picture keeps its answers and gets a new message, instead of an error
    late_seconds: float  # an older event was throttled by Lambda, and is parked untried
    keeps_converted: bool  # a retry uses the converted picture that the first try stored
    is_fair: bool  # messages carry their owner
    timeout: float  # seconds, of the function
    reserved_seconds: float  # for storing the result
    call_timeout: float  # seconds
    memory_gb: float
    async_retries: int  # by Lambda, of an event whose invocation failed
    event_age: float  # seconds, until Lambda gives an event up
    visibility: float  # seconds, of the retry queue
    max_receives: int
    retention: float  # seconds
    reserved: int | None = None  # reserved concurrency of the function


@dataclass(frozen=True)
class Burst:
    """The pictures, and the account's quotas."""

    pictures: int
    rate: float  # calls per second of each operation
    detectors: int
    concurrency: int  # of the account
    seed: int = 1
    converted: float = 0.3  # share of pictures in formats that Rekognition can't read
    newcomer_after: float | None = None  # seconds until another owner uploads one more picture
    share: float | None = None  # of the rate, at which a back-fill sends the pictures to the retry queue


# Assumptions about AWS, which can't be measured on this machine.
RECOGNITION_MEDIAN = 0.6  # seconds of an answered call
RECOGNITION_SIGMA = 0.35  # of its logarithm
THROTTLED_SECONDS = 0.05  # of a throttled call
COLD_START = 1.5  # seconds
ACQUIRE_SECONDS = 0.03  # one update in DynamoDB, and a look at the object
READ_SECONDS = 0.08  # a picture of some megabytes from S3
ANSWERS_SECONDS = 0.03  # the kept answers from S3
STORE_SECONDS = 0.15  # result, thumbnail, transaction
PARK_SECONDS = 0.06  # kept answers, message, lease
RECEIVE_SECONDS = 0.02  # one receive of the poller
POLLER_START = 5  # batches at a time when the queue becomes active
POLLER_RAMP = 5.0  # more of them per second (300 per minute)
POLLER_BACKOFF = (1.0, 30.0)  # seconds between tries when Lambda throttles the poller, doubled
ASYNC_BACKOFF = (1.0, 300.0)  # seconds between tries when Lambda throttles an event, doubled
ASYNC_RETRY_DELAYS = (60.0, 120.0)  # seconds after a function's first and second error
# Seconds of one CPU; a function has little more than one.
DECODE_SECONDS = 0.26  # of a photo of 12 megapixels
CONVERT_SECONDS = 1.28  # of a HEIC photo of 12 megapixels
