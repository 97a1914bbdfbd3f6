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
from processor.errors import DetectorError, TransientError
from processor.recognition import Recognition, Recognizer

if TYPE_CHECKING:
    from tests.unit.processor.fake_rekognition import FakeRekognition

IMAGE = {"Bytes": b"image"}
RETRYABLE = [
    ("ThrottlingException", 400),
    ("ThrottlingException", 500),
    ("ProvisionedThroughputExceededException", 400),
    ("InternalServerError", 500),
    ("ExpiredTokenException", 400),
    ("ServiceUnavailable", 503),
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
def recognize(
    rekognition: FakeRekognition, clock: FakeClock, calls_for: Callable[..., tuple[Call, ...]]
) -> Callable[..., Recognition]:
    """Recognize an image, with some settings changed."""

    def recognize(seconds: float = 60.0, **changes: Any) -> Recognition:
        recognizer = Recognizer(rekognition.client, sleep=clock.sleep, clock=clock, random=lambda: 1.0)
        return recognizer.recognize(IMAGE, calls_for(**changes), seconds)

    return recognize


@pytest.mark.parametrize(("code", "status"), RETRYABLE)
def test_retries_a_retryable_error(recognize, rekognition, clock, code: str, status: int) -> None:
    rekognition.queue_errors("DetectText", code, code, status=status)
    assert recognize() == Recognition({"TextDetections": []}, {}, {}, 1)
    assert clock.delays == [0.25, 0.5]


@pytest.mark.parametrize(("code", "status"), RETRYABLE)
def test_raises_a_transient_error_after_six_attempts(
    recognize, rekognition, clock, code: str, status: int
) -> None:
    rekognition.queue_errors("DetectText", *[code] * 6, status=status)
    with pytest.raises(TransientError, match=f"DetectText: {code}"):
        recognize()
    assert clock.delays == [0.25, 0.5, 1.0, 2.0, 4.0]


def test_does_not_retry_without_time_for_another_call(recognize, rekognition, clock) -> None:
    rekognition.queue_errors("DetectText", *["ThrottlingException"] * 6)
    with pytest.raises(TransientError):
        recognize(seconds=18.5)  # a call may take 17 seconds until it times out
    assert clock.delays == [0.25, 0.5]


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
    with pytest.raises(TransientError, match=type(error).__name__):
        recognizer.recognize(IMAGE, calls_for(), 60)
    assert clock.delays == [0.125, 0.25, 0.5, 1.0, 2.0]


def test_calls_that_time_out_end_before_the_deadline(clock, calls_for) -> None:
    class HangingClient:
        def detect_text(self, **_: Any) -> None:
            clock.seconds += 17  # the connect and the read timeout
            raise ReadTimeoutError(endpoint_url="https://rekognition")

    client: Any = HangingClient()
    recognizer = Recognizer(client, sleep=clock.sleep, clock=clock, random=lambda: 1.0)
    with pytest.raises(TransientError, match="ReadTimeoutError"):
        recognizer.recognize(IMAGE, calls_for(), 55)
    assert clock.seconds == 17 + 0.25 + 17 + 0.5 + 17


def test_retries_only_the_operation_that_failed(recognize, rekognition) -> None:
    rekognition.queue_errors("DetectText", "ThrottlingException", "ThrottlingException")
    recognition = recognize(detect_faces=True, detect_moderation=True)
    assert (recognition.billed_calls, recognition.errors) == (3, {})
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
    recognize, rekognition, clock, code: str, message: str
) -> None:
    rekognition.queue_errors("DetectText", code)
    assert recognize() == Recognition({}, {"text": DetectorError(code, message)}, {}, 0)
    assert clock.delays == []


def test_labels_and_properties_share_a_call_and_its_error(recognize, rekognition) -> None:
    rekognition.queue_errors("DetectLabels", "AccessDeniedException")
    recognition = recognize(detect_text=False, detect_labels=True, detect_properties=True)
    assert list(recognition.errors) == ["labels", "properties"]
    assert rekognition.call_counts() == {"DetectLabels": 1}


def test_properties_alone_request_no_labels(recognize, rekognition) -> None:
    rekognition.queue_response("DetectLabels", {"ImageProperties": {"Quality": {"Brightness": 50.0}}})
    recognition = recognize(detect_text=False, detect_properties=True)
    assert recognition.values == {"ImageProperties": {"Quality": {"Brightness": 50.0}}}
    [(_, request)] = rekognition.requests
    assert {**request, "Image": None} == {"Image": None, "Features": ["IMAGE_PROPERTIES"]}


def test_makes_no_call_without_detectors(recognize, rekognition) -> None:
    assert recognize(detect_text=False) == Recognition({}, {}, {}, 0)
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
    assert Recognizer(client).recognize(IMAGE, calls, 60).billed_calls == 5


def test_sends_the_bytes_of_an_image_in_base64(recognize, rekognition) -> None:
    recognize()
    [(operation, request)] = rekognition.requests
    assert (operation, json.dumps(request)) == ("DetectText", '{"Image": {"Bytes": "aW1hZ2U="}}')
