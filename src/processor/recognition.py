"""The Rekognition adapter: all calls in parallel, each with its own retries."""

from __future__ import annotations

import logging
import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from processor.errors import DetectorError, TransientError, error_code, is_retryable, to_detector_error

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mypy_boto3_rekognition.client import RekognitionClient

    from processor.detectors import Call

_MAX_ATTEMPTS = 6
_MIN_DELAY = 0.25  # seconds; quotas are per second, so a few of these outlast a burst
_MAX_DELAY = 4.0
_CONNECT_TIMEOUT, _READ_TIMEOUT = 2, 15  # seconds; a call abandoned too early would be billed twice
_CONFIG = Config(
    connect_timeout=_CONNECT_TIMEOUT,
    read_timeout=_READ_TIMEOUT,
    retries={"mode": "standard", "total_max_attempts": 1},  # `_call` retries within the time left
    max_pool_connections=10,  # more than there are operations
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Recognition:
    """The detectors' values by result key, and their permanent errors and model versions by name."""

    values: Mapping[str, Any]
    errors: Mapping[str, DetectorError]
    model_versions: Mapping[str, str]
    billed_calls: int


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
        return cls(boto3.client("rekognition", config=_CONFIG))

    def recognize(self, image: Mapping[str, Any], calls: Sequence[Call], seconds: float) -> Recognition:
        """Make all calls for an image (Rekognition's `Image`) in parallel and wait for the slowest.

        Raises TransientError if a call still fails after its retries, which stop after `seconds`.
        """
        if not calls:
            return Recognition({}, {}, {}, 0)
        deadline = self._clock() + seconds
        with ThreadPoolExecutor(len(calls)) as pool:
            futures = [pool.submit(self._call, call, image, deadline) for call in calls]
        return _collect(calls, [future.result() for future in futures])

    def _call(
        self, call: Call, image: Mapping[str, Any], deadline: float
    ) -> Mapping[str, Any] | DetectorError:
        method = getattr(self._client, xform_name(call.operation))
        max_delay = _MIN_DELAY
        for attempt in range(1, _MAX_ATTEMPTS + 1):
            try:
                response: Mapping[str, Any] = method(Image=image, **call.parameters)
                return response
            except (ClientError, ConnectionError, HTTPClientError) as failure:
                _log.warning("call failed", extra={"operation": call.operation, "error": str(failure)})
                if isinstance(failure, ClientError) and not is_retryable(failure):
                    return to_detector_error(failure, call.operation)
                error: Exception = failure
            delay = self._random() * max_delay  # full jitter, so that a burst of images spreads out
            # An unanswered call has to time out before the invocation does.
            if (
                attempt == _MAX_ATTEMPTS
                or self._clock() + delay + _CONNECT_TIMEOUT + _READ_TIMEOUT > deadline
            ):
                break
            self._sleep(delay)
            max_delay = min(_MAX_DELAY, 2 * max_delay)
        raise TransientError(f"{call.operation}: {_error_name(error)}") from error


def _collect(calls: Sequence[Call], responses: Sequence[Mapping[str, Any] | DetectorError]) -> Recognition:
    values: dict[str, Any] = {}
    errors: dict[str, DetectorError] = {}
    versions: dict[str, str] = {}
    for call, response in zip(calls, responses, strict=True):
        for detector in call.detectors:
            if isinstance(response, DetectorError):
                errors[detector.name] = response
                continue
            values[detector.result_key] = response.get(detector.result_key, detector.default())
            if detector.model_version_key and detector.model_version_key in response:
                versions[detector.name] = response[detector.model_version_key]
    billed_calls = sum(not isinstance(response, DetectorError) for response in responses)
    return Recognition(values, errors, versions, billed_calls)


def _error_name(error: Exception) -> str:
    return error_code(error) if isinstance(error, ClientError) else type(error).__name__
