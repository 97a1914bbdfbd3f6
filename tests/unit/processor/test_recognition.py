from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError

from common.settings import ProcessorSettings
from processor.detectors import Call, build_calls, enabled_detectors
from processor.errors import DetectorError, Postponed, TransientError
from processor.recognition import CallResults, Recognition, Recognizer, collect

if TYPE_CHECKING:
    from tests.unit.processor.fake_rekognition import FakeRekognition

IMAGE = {"Bytes": b"image"}
FAILURES = [
    ("InternalServerError", 500),
    ("ExpiredTokenException", 400),
    ("ServiceUnavailable", 503),
]
THROTTLING = [
    ("ThrottlingException", 400),
    ("ThrottlingException", 500),
    ("ProvisionedThroughputExceededException", 400),
    ("SlowDown", 429),
]


class FakeClock:
    """A monotonic clock that only sleeping advances."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.delays: list[float] = []

    def __call__(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.delays.append(seconds)
        self.seconds += seconds


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def settings(settings: ProcessorSettings) -> ProcessorSettings:
    """Only the text detector is enabled."""
    return replace(settings, detect_labels=False, detect_text=True)


@pytest.fixture
def calls_for(settings: ProcessorSettings) -> Callable[..., tuple[Call, ...]]:
    """Build the calls of the enabled detectors, with some settings changed."""

    def calls_for(**changes: Any) -> tuple[Call, ...]:
        changed = replace(settings, **changes)
        return build_calls(enabled_detectors(changed), changed)

    return calls_for


@pytest.fixture
def make_calls(
    rekognition: FakeRekognition, clock: FakeClock, calls_for: Callable[..., tuple[Call, ...]]
) -> Callable[..., CallResults]:
    """Make the calls for an image, with some settings changed."""

    def make_calls(seconds: float = 60.0, *, wait_for_quota: bool = False, **changes: Any) -> CallResults:
        recognizer = Recognizer(rekognition.client, sleep=clock.sleep, clock=clock, random=lambda: 1.0)
        return recognizer.call(IMAGE, calls_for(**changes), seconds, wait_for_quota=wait_for_quota)

    return make_calls


def failure(results: CallResults) -> tuple[str, type[TransientError], str]:
    """Return the operation, the type and the message of the only failure."""
    [(operation, error)] = results.failures.items()
    return operation, type(error), str(error)


@pytest.mark.parametrize(("code", "status"), FAILURES)
def test_retries_a_failed_call(make_calls, rekognition, clock, code: str, status: int) -> None:
    rekognition.queue_errors("DetectText", code, code, status=status)
    assert make_calls() == CallResults(responses={"DetectText": {}})
    assert clock.delays == [0.5, 1.0]


@pytest.mark.parametrize(("code", "status"), FAILURES)
def test_gives_up_a_call_after_six_failures(make_calls, rekognition, clock, code: str, status: int) -> None:
    rekognition.queue_errors("DetectText", *[code] * 6, status=status)
    assert failure(make_calls()) == ("DetectText", TransientError, f"DetectText: {code}")
    assert clock.delays == [0.5, 1.0, 2.0, 2.0, 2.0]


@pytest.mark.parametrize(("code", "status"), THROTTLING)
def test_does_not_retry_a_throttled_call_of_a_first_try(
    make_calls, rekognition, clock, code: str, status: int
) -> None:
    rekognition.queue_errors("DetectText", code, status=status)
    assert failure(make_calls()) == ("DetectText", Postponed, f"DetectText: {code}")
    assert clock.delays == []


@pytest.mark.parametrize(("code", "status"), THROTTLING)
def test_retries_a_throttled_call_while_there_is_time(
    make_calls, rekognition, clock, code: str, status: int
) -> None:
    rekognition.queue_errors("DetectText", *[code] * 8, status=status)
    assert make_calls(wait_for_quota=True) == CallResults(responses={"DetectText": {}})
    assert clock.delays == [0.5, 1.0, *[2.0] * 6]


def test_a_throttled_call_ends_before_the_deadline(make_calls, rekognition, clock) -> None:
    rekognition.queue_errors("DetectText", *["ThrottlingException"] * 20)
    results = make_calls(seconds=30, wait_for_quota=True)
    assert failure(results) == ("DetectText", Postponed, "DetectText: ThrottlingException")
    assert clock.delays == [0.5, 1.0, *[2.0] * 5]  # a call may take 17 seconds until it times out


@pytest.mark.parametrize("wait_for_quota", [False, True])
def test_a_failure_is_worse_than_the_quota(make_calls, rekognition, wait_for_quota: bool) -> None:
    rekognition.queue_errors("DetectFaces", *["ThrottlingException"] * 30)
    rekognition.queue_errors("DetectText", *["InternalServerError"] * 6, status=500)
    results = make_calls(wait_for_quota=wait_for_quota, detect_faces=True)
    with pytest.raises(TransientError, match=r"^DetectText: InternalServerError$"):
        results.raise_failure()


def test_does_not_retry_without_time_for_another_call(make_calls, rekognition, clock) -> None:
    rekognition.queue_errors("DetectText", *["InternalServerError"] * 6, status=500)
    results = make_calls(seconds=19)  # a call may take 17 seconds until it times out
    assert failure(results) == ("DetectText", TransientError, "DetectText: InternalServerError")
    assert clock.delays == [0.5, 1.0]


@pytest.mark.parametrize(
    "error",
    [
        ReadTimeoutError(endpoint_url="https://rekognition"),
        ConnectTimeoutError(endpoint_url="https://rekognition"),
        EndpointConnectionError(endpoint_url="https://rekognition"),
    ],
)
def test_retries_a_connection_error(clock, calls_for, error: Exception) -> None:
    class UnreachableClient:
        def detect_text(self, **_: Any) -> None:
            raise error

    client: Any = UnreachableClient()
    recognizer = Recognizer(client, sleep=clock.sleep, clock=clock, random=lambda: 0.5)
    results = recognizer.call(IMAGE, calls_for(), 60, wait_for_quota=False)
    assert failure(results) == ("DetectText", TransientError, f"DetectText: {type(error).__name__}")
    assert clock.delays == [0.25, 0.5, 1.0, 1.0, 1.0]


def test_an_unexpected_error_keeps_the_other_answers(calls_for) -> None:
    class BrokenClient:
        def detect_text(self, **_: Any) -> dict[str, Any]:
            raise ZeroDivisionError

        def detect_faces(self, **_: Any) -> dict[str, Any]:
            return {"FaceDetails": []}

    client: Any = BrokenClient()
    results = Recognizer(client).call(IMAGE, calls_for(detect_faces=True), 60, wait_for_quota=False)
    assert failure(results) == ("DetectText", TransientError, "DetectText: ZeroDivisionError")
    assert results.responses == {"DetectFaces": {"FaceDetails": []}}


def test_calls_that_time_out_end_before_the_deadline(clock, calls_for) -> None:
    class HangingClient:
        def detect_text(self, **_: Any) -> None:
            clock.seconds += 17  # the connect and the read timeout
            raise ReadTimeoutError(endpoint_url="https://rekognition")

    client: Any = HangingClient()
    recognizer = Recognizer(client, sleep=clock.sleep, clock=clock, random=lambda: 1.0)
    results = recognizer.call(IMAGE, calls_for(), 55, wait_for_quota=True)
    assert failure(results) == ("DetectText", TransientError, "DetectText: ReadTimeoutError")
    assert clock.seconds == 17 + 0.5 + 17 + 1.0 + 17


def test_retries_only_the_operation_that_failed(make_calls, rekognition) -> None:
    rekognition.queue_errors("DetectText", "ServiceUnavailable", "ServiceUnavailable", status=503)
    results = make_calls(detect_faces=True, detect_moderation=True)
    assert results == CallResults({"DetectText": {}, "DetectFaces": {}, "DetectModerationLabels": {}})
    assert rekognition.call_counts() == {"DetectText": 3, "DetectFaces": 1, "DetectModerationLabels": 1}


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (
            "AccessDeniedException",
            "The permission rekognition:DetectText is missing. The administrator has to add it.",
        ),
        (
            "InvalidS3ObjectException",
            "Rekognition couldn't read the picture from its bucket: it was deleted, "
            "the permission s3:GetObject is missing, or the bucket is in another region.",
        ),
        ("ImageTooLargeException", "The picture is too large for this detector. Upload a smaller one."),
        (
            "InvalidImageFormatException",
            "Rekognition can't read this picture. Save it as a JPEG and upload that.",
        ),
        (
            "LimitExceededException",
            "A limit of the AWS account is reached. The administrator has to raise it.",
        ),
        (
            "ResourceNotReadyException",
            "The custom model isn't running. Start it, then upload the picture again.",
        ),
        (
            "ResourceNotFoundException",
            "The custom model doesn't exist. The administrator has to correct its ARN.",
        ),
        ("InvalidParameterException", "AWS says InvalidParameterException."),
    ],
)
def test_returns_a_permanent_error_without_a_retry(
    make_calls, rekognition, clock, code: str, message: str
) -> None:
    rekognition.queue_errors("DetectText", code)
    assert make_calls() == CallResults(errors={"DetectText": DetectorError(code, message)})
    assert clock.delays == []


def test_labels_and_properties_share_a_call_and_its_error(make_calls, calls_for, rekognition) -> None:
    rekognition.queue_errors("DetectLabels", "AccessDeniedException")
    changes = {"detect_text": False, "detect_labels": True, "detect_properties": True}
    results = make_calls(**changes)
    recognition = collect(calls_for(**changes), results.responses, results.errors, 0)
    error = results.errors["DetectLabels"]
    assert recognition == Recognition({}, {"labels": error, "properties": error}, {}, {}, 0)
    assert rekognition.call_counts() == {"DetectLabels": 1}


def test_properties_alone_request_no_labels(make_calls, calls_for, rekognition) -> None:
    response = {"ImageProperties": {"Quality": {"Brightness": 50.0}}}
    rekognition.queue_response("DetectLabels", response)
    changes = {"detect_text": False, "detect_properties": True}
    results = make_calls(**changes)
    parameters = {"DetectLabels": {"Features": ["IMAGE_PROPERTIES"]}}
    recognition = collect(calls_for(**changes), results.responses, {}, 1)
    assert recognition == Recognition(response, {}, {}, parameters, 1)
    [(_, request)] = rekognition.requests
    assert {**request, "Image": None} == {"Image": None, "Features": ["IMAGE_PROPERTIES"]}


def test_makes_no_call_without_detectors(make_calls, rekognition) -> None:
    assert make_calls(detect_text=False) == CallResults()
    assert rekognition.requests == []


def test_makes_all_calls_in_parallel(calls_for) -> None:
    calls = calls_for(detect_labels=True, detect_faces=True, detect_moderation=True, detect_celebrities=True)
    barrier = threading.Barrier(5, timeout=10)  # breaks if the calls are made one after another

    class BarrierClient:
        def __getattr__(self, _: str) -> Callable[..., dict[str, Any]]:
            def call(**_: Any) -> dict[str, Any]:
                barrier.wait()
                return {}

            return call

    client: Any = BarrierClient()
    results = Recognizer(client).call(IMAGE, calls, 60, wait_for_quota=False)
    assert results == CallResults({call.operation: {} for call in calls})


def test_sends_the_bytes_of_an_image_in_base64(make_calls, rekognition) -> None:
    make_calls()
    [(operation, request)] = rekognition.requests
    assert (operation, json.dumps(request)) == ("DetectText", '{"Image": {"Bytes": "aW1hZ2U="}}')
