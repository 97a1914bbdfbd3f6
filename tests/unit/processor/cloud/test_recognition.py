"""The Rekognition adapter: all calls at once, retries, and what errors mean."""

from __future__ import annotations

import json
import threading
from dataclasses import replace

import pytest
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError

from processor.detectors import calls, chosen
from processor.errors import DetectorError, TransientFault
from processor.recognition import Recognised, Recogniser

IMAGE = {"Bytes": b"picture"}


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds


@pytest.fixture
def clock() -> Time:
    return Time()


@pytest.fixture
def settings(processor_settings):
    return replace(processor_settings, detect_labels=False, detect_text=True)


@pytest.fixture
def recognise(rekognition, clock, settings):
    """Ask for some detectors (text alone, unless told)."""

    def recognise(seconds: float = 60.0, **changes) -> Recognised:
        wanted = replace(settings, **changes)
        recogniser = Recogniser(rekognition.client, sleep=clock.sleep, clock=clock, chance=lambda: 1.0)
        return recogniser.recognise(IMAGE, calls(chosen(wanted), wanted), seconds)

    return recognise


PASSING = [
    ("ThrottlingException", 400),
    ("ThrottlingException", 500),
    ("ProvisionedThroughputExceededException", 400),
    ("InternalServerError", 500),
    ("ExpiredTokenException", 400),
    ("ServiceUnavailable", 503),
    ("SlowDown", 429),
]


@pytest.mark.parametrize(("code", "status"), PASSING)
def test_a_passing_fault_is_tried_again(recognise, rekognition, clock, code, status) -> None:
    rekognition.fail("DetectText", code, code, status=status)
    assert recognise() == Recognised({"TextDetections": []}, {}, {}, 1)
    assert clock.slept == [0.25, 0.5]


@pytest.mark.parametrize(("code", "status"), PASSING)
def test_in_the_end_it_is_raised(recognise, rekognition, clock, code, status) -> None:
    rekognition.fail("DetectText", *[code] * 6, status=status)
    with pytest.raises(TransientFault, match=f"DetectText: {code}"):
        recognise()
    assert clock.slept == [0.25, 0.5, 1.0, 2.0, 4.0]


def test_retries_end_with_the_time_left(recognise, rekognition, clock) -> None:
    rekognition.fail("DetectText", *["ThrottlingException"] * 6)
    with pytest.raises(TransientFault):
        recognise(seconds=18.5)  # the longest call takes 17
    assert clock.slept == [0.25, 0.5]


@pytest.mark.parametrize(
    "fault",
    [
        ReadTimeoutError(endpoint_url="https://rekognition"),
        ConnectTimeoutError(endpoint_url="https://rekognition"),
        EndpointConnectionError(endpoint_url="https://rekognition"),
    ],
)
def test_no_answer_is_a_passing_fault(clock, settings, fault) -> None:
    class Silent:
        def detect_text(self, **_):
            raise fault

    recogniser = Recogniser(Silent(), sleep=clock.sleep, clock=clock, chance=lambda: 0.5)
    with pytest.raises(TransientFault, match=type(fault).__name__):
        recogniser.recognise(IMAGE, calls(chosen(settings), settings), 60)
    assert clock.slept == [0.125, 0.25, 0.5, 1.0, 2.0]


def test_calls_that_hang_end_within_the_time_left(clock, settings) -> None:
    class Hanging:
        def detect_text(self, **_):
            clock.seconds += 17  # to connect, and then to read
            raise ReadTimeoutError(endpoint_url="https://rekognition")

    recogniser = Recogniser(Hanging(), sleep=clock.sleep, clock=clock, chance=lambda: 1.0)
    with pytest.raises(TransientFault, match="ReadTimeoutError"):
        recogniser.recognise(IMAGE, calls(chosen(settings), settings), 55)
    assert clock.seconds == 17 + 0.25 + 17 + 0.5 + 17


def test_what_was_answered_is_not_asked_again(recognise, rekognition) -> None:
    rekognition.fail("DetectText", "ThrottlingException", "ThrottlingException")
    found = recognise(detect_faces=True, detect_moderation=True)
    assert (found.billed_calls, found.errors) == (3, {})
    assert rekognition.operations() == {"DetectText": 3, "DetectFaces": 1, "DetectModerationLabels": 1}


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (
            "AccessDeniedException",
            "The permission rekognition:DetectText is missing. Whoever runs this service has to add it.",
        ),
        (
            "InvalidS3ObjectException",
            "Rekognition could not get the picture from its bucket: it is gone, or s3:GetObject is not "
            "permitted, or the bucket is in another region.",
        ),
        ("ImageTooLargeException", "The picture is too large for this detector. Upload a smaller one."),
        (
            "InvalidImageFormatException",
            "Rekognition cannot read this picture. Save it as a JPEG and upload that.",
        ),
        ("LimitExceededException", "A limit of the AWS account is reached. Its owner has to raise it."),
        (
            "ResourceNotReadyException",
            "The custom model is not running. Start it, then upload the picture again.",
        ),
        ("ResourceNotFoundException", "The custom model does not exist. Its ARN has to be corrected."),
        ("InvalidParameterException", "AWS says InvalidParameterException."),
    ],
)
def test_a_permanent_error_is_noted_at_once(recognise, rekognition, clock, code, message) -> None:
    rekognition.fail("DetectText", code)
    assert recognise() == Recognised({}, {"text": DetectorError(code, message)}, {}, 0)
    assert clock.slept == []


def test_labels_and_properties_share_a_call_and_its_error(recognise, rekognition) -> None:
    rekognition.fail("DetectLabels", "AccessDeniedException")
    found = recognise(detect_text=False, detect_labels=True, detect_properties=True)
    assert list(found.errors) == ["labels", "properties"]
    assert rekognition.operations() == {"DetectLabels": 1}


def test_properties_alone_ask_for_nothing_else(recognise, rekognition) -> None:
    rekognition.answer("DetectLabels", {"ImageProperties": {"Quality": {"Brightness": 50.0}}})
    found = recognise(detect_text=False, detect_properties=True)
    assert found.lists == {"ImageProperties": {"Quality": {"Brightness": 50.0}}}
    [(_, request)] = rekognition.requests
    assert {**request, "Image": None} == {"Image": None, "Features": ["IMAGE_PROPERTIES"]}


def test_nothing_chosen_asks_nothing(recognise, rekognition) -> None:
    assert recognise(detect_text=False) == Recognised({}, {}, {}, 0)
    assert rekognition.requests == []


def test_all_are_asked_at_once(settings) -> None:
    everything = replace(
        settings,
        detect_labels=True,
        detect_faces=True,
        detect_moderation=True,
        detect_celebrities=True,
    )
    asked = calls(chosen(everything), everything)
    meeting = threading.Barrier(5, timeout=10)  # broken, if the calls came one after another

    class Meeting:
        def __getattr__(self, _):
            def answer(**_):
                meeting.wait()
                return {}

            return answer

    assert Recogniser(Meeting()).recognise(IMAGE, asked, 60).billed_calls == 5


def test_requests_are_what_rekognition_documents(recognise, rekognition) -> None:
    """botocore checks requests against the service model; here the bytes are what arrives."""
    recognise()
    [(operation, request)] = rekognition.requests
    assert (operation, json.dumps(request)) == ("DetectText", '{"Image": {"Bytes": "cGljdHVyZQ=="}}')
