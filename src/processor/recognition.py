"""The Rekognition adapter: all calls at once, each with its own short retries."""

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

from processor.errors import DetectorError, TransientFault, detector_error, error_code, passes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mypy_boto3_rekognition.client import RekognitionClient

    from processor.detectors import Call

_TRIES = 6
_FIRST_PAUSE = 0.25  # seconds; quotas are per second, so a few of these outlast a burst
_LONGEST_PAUSE = 4.0
_CONNECT_SECONDS, _READ_SECONDS = 2, 15  # it answers within a few; a call given up too early is billed twice
_CONFIG = Config(
    connect_timeout=_CONNECT_SECONDS,
    read_timeout=_READ_SECONDS,
    retries={"mode": "standard", "total_max_attempts": 1},  # retries are made here, within the time left
    max_pool_connections=10,  # more than there are operations
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Recognised:
    """What the detectors answered; those that failed for good are under `errors`, by name."""

    lists: Mapping[str, Any]
    errors: Mapping[str, DetectorError]
    model_versions: Mapping[str, str]
    billed_calls: int


class Recogniser:
    """Asks Rekognition."""

    def __init__(
        self,
        client: RekognitionClient,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._client = client
        self._sleep = sleep
        self._clock = clock
        self._chance = chance

    @classmethod
    def from_env(cls) -> Recogniser:
        """Build the client from the function's environment."""
        return cls(boto3.client("rekognition", config=_CONFIG))

    def recognise(self, image: Mapping[str, Any], calls: Sequence[Call], seconds: float) -> Recognised:
        """Make all calls about an image (Rekognition's `Image`) at once, and wait for the slowest.

        TransientFault where one still fails after its retries, which end when the seconds do.
        """
        if not calls:
            return Recognised({}, {}, {}, 0)
        deadline = self._clock() + seconds
        with ThreadPoolExecutor(len(calls)) as pool:
            asked = [pool.submit(self._ask, call, image, deadline) for call in calls]
        return _gathered(calls, [each.result() for each in asked])

    def _ask(
        self, call: Call, image: Mapping[str, Any], deadline: float
    ) -> Mapping[str, Any] | DetectorError:
        method = getattr(self._client, xform_name(call.operation))
        pause = _FIRST_PAUSE
        for attempt in range(1, _TRIES + 1):
            try:
                answer: Mapping[str, Any] = method(Image=image, **call.parameters)
                return answer
            except ClientError as error:
                _log.warning("refused", extra={"operation": call.operation, "error": str(error)})
                if not passes(error):
                    return detector_error(error, call.operation)
                fault: Exception = error
            except (ConnectionError, HTTPClientError) as error:
                _log.warning("no answer", extra={"operation": call.operation, "error": str(error)})
                fault = error
            wait = self._chance() * pause  # full jitter, so that a burst of pictures spreads out
            # a call that never answers must end here, not with the whole invocation
            if attempt == _TRIES or self._clock() + wait + _CONNECT_SECONDS + _READ_SECONDS > deadline:
                break
            self._sleep(wait)
            pause = min(_LONGEST_PAUSE, 2 * pause)
        raise TransientFault(f"{call.operation}: {_name(fault)}") from fault


def _gathered(calls: Sequence[Call], answers: Sequence[Mapping[str, Any] | DetectorError]) -> Recognised:
    lists: dict[str, Any] = {}
    errors: dict[str, DetectorError] = {}
    versions: dict[str, str] = {}
    for call, answer in zip(calls, answers, strict=True):
        for detector in call.detectors:
            if isinstance(answer, DetectorError):
                errors[detector.name] = answer
                continue
            lists[detector.result_key] = answer.get(detector.result_key, detector.nothing())
            if detector.model_version_key and detector.model_version_key in answer:
                versions[detector.name] = answer[detector.model_version_key]
    billed = sum(not isinstance(answer, DetectorError) for answer in answers)
    return Recognised(lists, errors, versions, billed)


def _name(fault: Exception) -> str:
    return error_code(fault) if isinstance(fault, ClientError) else type(fault).__name__
