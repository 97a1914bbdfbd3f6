"""The Rekognition adapter: all calls in parallel, each with its own retries."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from common.aws import build_client
from common.logs import get_logger, with_log_keys
from common.metrics import BILLED_CALLS, CALLS_THROTTLED, emit
from processor.errors import (
    MODEL_STOPPED,
    DetectorError,
    Postponed,
    TransientError,
    error_code,
    is_retryable,
    is_throttled,
    to_detector_error,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mypy_boto3_rekognition.client import RekognitionClient

    from processor.detectors import Call
    from processor.earlier import EarlierResult

MAX_ATTEMPTS = 6  # of a call that fails; attempts that exceed the quota aren't counted
MIN_DELAY = 0.5  # seconds; doubles with each attempt
MAX_DELAY = 2.0  # with more, quota is left unused while a few images wait for it
_CONNECT_TIMEOUT, _READ_TIMEOUT = 2, 15  # seconds; a call abandoned too early would be billed twice
CALL_SECONDS = _CONNECT_TIMEOUT + _READ_TIMEOUT  # until a call without an answer has failed
_CONFIG = Config(
    connect_timeout=_CONNECT_TIMEOUT,
    read_timeout=_READ_TIMEOUT,
    retries={"mode": "standard", "total_max_attempts": 1},  # `_call` retries within the time left
    max_pool_connections=100,  # a batch of the retry queue is 10 images, each with up to 7 calls
)

_log = get_logger(__name__)


@dataclass(frozen=True)
class CallResults:
    """What became of an image's calls, by operation: each is in exactly one of the mappings.

    A response was billed. An error is permanent. A failure is temporary: the call has to be made again.
    """

    responses: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    errors: Mapping[str, DetectorError] = field(default_factory=dict)
    failures: Mapping[str, TransientError] = field(default_factory=dict)

    @property
    def is_model_stopped(self) -> bool:
        """Whether the call of a custom model failed because it isn't running."""
        return any(error.code == MODEL_STOPPED for error in self.errors.values())

    def without_error(self, operation: str) -> CallResults:
        """Return the results without the error of an operation."""
        errors = {name: error for name, error in self.errors.items() if name != operation}
        return replace(self, errors=errors)

    def raise_failure(self) -> None:
        """Raise a failure if there is one, and Postponed only if nothing worse happened."""
        for failure in sorted(self.failures.values(), key=lambda failure: isinstance(failure, Postponed)):
            raise failure


@dataclass(frozen=True)
class Recognition:
    """The detectors' values by result key, and their permanent errors and model versions by name.

    `parameters` are those of the answered calls, by operation. `billed_calls` counts the calls that were
    answered in all tries.
    """

    values: Mapping[str, Any]
    errors: Mapping[str, DetectorError]
    model_versions: Mapping[str, str]
    parameters: Mapping[str, Mapping[str, Any]]
    billed_calls: int

    def detectors(self, calls: Sequence[Call]) -> tuple[str, ...]:
        """Return the names of the detectors of calls, without that of a custom model that is stopped."""
        detectors = (detector for call in calls for detector in call.detectors)
        return tuple(
            detector.name
            for detector in detectors
            if detector.result_key in self.values or detector.name in self.errors
        )


class Recognizer:
    """Calls Rekognition."""

    def __init__(
        self,
        client: RekognitionClient,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        random: Callable[[], float] = random.random,
    ) -> None:
        self._client = client
        self._sleep = sleep
        self._clock = clock
        self._random = random

    @classmethod
    def from_env(cls) -> Recognizer:
        """Build the client from the function's environment."""
        return cls(build_client("rekognition", _CONFIG))

    def call(
        self, image: Mapping[str, Any], calls: Sequence[Call], seconds: float, *, wait_for_quota: bool
    ) -> CallResults:
        """Make calls for an image (Rekognition's `Image`) in parallel and wait for the slowest.

        Retries stop after `seconds`. A call that exceeds the quota is retried only if `wait_for_quota`. The
        metrics count each answer, and each attempt that exceeded the quota.
        """
        if not calls:
            return CallResults()
        deadline = self._clock() + seconds
        with ThreadPoolExecutor(len(calls)) as pool:
            futures = [
                pool.submit(with_log_keys(self._call), call, image, deadline, wait_for_quota)
                for call in calls
            ]
        results = {call.operation: future.result() for call, future in zip(calls, futures, strict=True)}
        return CallResults(
            {key: value for key, value in results.items() if isinstance(value, dict)},
            {key: value for key, value in results.items() if isinstance(value, DetectorError)},
            {key: value for key, value in results.items() if isinstance(value, TransientError)},
        )

    def _call(
        self, call: Call, image: Mapping[str, Any], deadline: float, wait_for_quota: bool
    ) -> dict[str, Any] | DetectorError | TransientError:
        method = getattr(self._client, xform_name(call.operation))
        max_delay, failures, throttled = MIN_DELAY, 0, 0
        try:
            while True:
                try:
                    response: dict[str, Any] = method(Image=image, **call.parameters)
                except (ClientError, ConnectionError, HTTPClientError) as error:
                    failure = _to_failure(error, call.operation)
                except Exception as error:  # must not lose the answers to the other calls
                    _log.exception("call failed", extra={"operation": call.operation})
                    return TransientError(f"{call.operation}: {type(error).__name__}")
                else:
                    emit(BILLED_CALLS)
                    response.pop("ResponseMetadata", None)
                    return response
                is_throttled = isinstance(failure, Postponed)
                throttled += is_throttled
                failures += not is_throttled
                if isinstance(failure, DetectorError) or (is_throttled and not wait_for_quota):
                    return failure
                delay = self._random() * max_delay  # full jitter, so that a burst of images spreads out
                # An unanswered call has to time out before the invocation does.
                if failures == MAX_ATTEMPTS or self._clock() + delay + CALL_SECONDS > deadline:
                    return failure
                self._sleep(delay)
                max_delay = min(MAX_DELAY, 2 * max_delay)
        finally:
            if throttled:
                emit(CALLS_THROTTLED, throttled, call.operation)


def collect(
    calls: Sequence[Call],
    responses: Mapping[str, Mapping[str, Any]],
    errors: Mapping[str, DetectorError],
    billed_calls: int,
    earlier: EarlierResult | None = None,
) -> Recognition:
    """Return what the detectors of all calls found.

    A call has a response or a permanent error, or neither if its model is stopped. A detector without a
    response keeps what it found according to an earlier result.
    """
    values: dict[str, Any] = {}
    failed: dict[str, DetectorError] = {}
    versions: dict[str, str] = {}
    parameters: dict[str, Mapping[str, Any]] = {}
    for call in calls:
        error, is_answered = errors.get(call.operation), call.operation in responses
        if is_answered:
            response, parameters[call.operation] = responses[call.operation], call.parameters
        else:
            response = earlier.answer(call) if earlier else {}
            if earlier and response and call.operation in earlier.parameters:
                parameters[call.operation] = earlier.parameters[call.operation]
        for detector in call.detectors:
            if not is_answered and detector.result_key not in response:
                if error:
                    failed[detector.name] = error
                continue
            values[detector.result_key] = response.get(detector.result_key, detector.default())
            if detector.model_version_key and detector.model_version_key in response:
                versions[detector.name] = response[detector.model_version_key]
    return Recognition(values, failed, versions, parameters, billed_calls)


def _to_failure(
    error: ClientError | ConnectionError | HTTPClientError, operation: str
) -> DetectorError | TransientError:
    if isinstance(error, ClientError):
        if is_throttled(error):
            return Postponed(f"{operation}: {error_code(error)}")
        _log.warning("call failed", extra={"operation": operation, "error": error})
        if not is_retryable(error):
            return to_detector_error(error, operation)
        return TransientError(f"{operation}: {error_code(error)}")
    _log.warning("call failed", extra={"operation": operation, "error": error})
    return TransientError(f"{operation}: {type(error).__name__}")
