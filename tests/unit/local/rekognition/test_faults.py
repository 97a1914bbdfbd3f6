"""Injected latency, quotas and faults, and the counts of calls."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from local.rekognition import Options, Rekognition
from local.rekognition.service import OPERATIONS
from tests.unit.local.rekognition.support import IMAGE, client_of, moderate

NO_CALLS = dict.fromkeys(OPERATIONS, 0)


class Clock:
    """A clock that advances only when `sleep` is called."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 6))
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def rekognition(make: Any, clock: Clock) -> Rekognition:
    emulator: Rekognition = make(clock=clock, sleep=clock.sleep, random=lambda: 0.5)
    return emulator


def test_latency_for_all_operations_and_for_one(rekognition: Rekognition, clock: Clock) -> None:
    client = client_of(rekognition)
    moderate(client)
    rekognition.configure({"latencyMs": 200})
    moderate(client)
    rekognition.configure({"latencyMs": {"DetectModerationLabels": 50, "*": 10}})
    moderate(client)
    client.detect_faces(Image=IMAGE)
    rekognition.configure({"latencyMs": None})
    moderate(client)
    assert clock.slept == [0.2, 0.05, 0.01]


def test_processing_time_counts_towards_the_latency(make: Any) -> None:
    ticks = itertools.count(0, 0.03)
    slept: list[float] = []
    emulator = make(Options(latency_ms=50), clock=lambda: next(ticks), sleep=slept.append)
    moderate(client_of(emulator))
    assert [round(seconds, 6) for seconds in slept] == [0.02]


def test_limits_calls_per_second(rekognition: Rekognition, clock: Clock) -> None:
    client = client_of(rekognition)
    rekognition.configure({"tps": {"DetectModerationLabels": 2}})
    throttled = "ProvisionedThroughputExceededException"
    assert [moderate(client) for _ in range(4)] == [None, None, throttled, throttled]
    client.detect_faces(Image=IMAGE)
    clock.sleep(0.5)
    assert [moderate(client) for _ in range(2)] == [None, throttled]
    clock.sleep(60)
    assert [moderate(client) for _ in range(3)] == [None, None, throttled]
    rekognition.configure({"tps": None})
    assert moderate(client) is None


def test_each_operation_has_its_own_quota(rekognition: Rekognition) -> None:
    client = client_of(rekognition)
    rekognition.configure({"tps": 1})
    client.detect_faces(Image=IMAGE)
    assert [moderate(client) for _ in range(2)] == [None, "ProvisionedThroughputExceededException"]


def test_faults_by_count(rekognition: Rekognition) -> None:
    client = client_of(rekognition)
    fault = {"code": "ThrottlingException", "count": 2}
    rekognition.configure({"faults": {"DetectModerationLabels": fault}})
    client.detect_faces(Image=IMAGE)
    assert [moderate(client) for _ in range(3)] == ["ThrottlingException", "ThrottlingException", None]


def test_faults_by_rate(rekognition: Rekognition) -> None:
    client = client_of(rekognition)
    rekognition.configure({"faults": {"code": "InternalServerError", "rate": 0.5}})
    assert moderate(client) is None
    rekognition.configure({"faults": {"code": "InternalServerError", "rate": 0.6}})
    assert moderate(client) == "InternalServerError"
    rekognition.configure({"faults": None})
    assert moderate(client) is None


def test_sequence_of_faults(rekognition: Rekognition) -> None:
    client = client_of(rekognition)
    codes = ("AccessDeniedException", "InternalServerError")
    rekognition.configure({"faults": {"*": [{"code": code, "count": 1} for code in codes]}})
    assert [moderate(client) for _ in range(3)] == [*codes, None]


@pytest.mark.parametrize(
    ("code", "status", "message"),
    [
        ("ThrottlingException", 400, "Rate exceeded"),
        ("InternalServerError", 500, "Amazon Rekognition experienced a service issue. Try your call again."),
        ("AccessDeniedException", 400, "You are not authorized to perform the action."),
    ],
)
def test_fault_response(rekognition: Rekognition, code: str, status: int, message: str) -> None:
    rekognition.configure({"faults": {"code": code, "count": 1}})
    actual_status, body = rekognition("DetectFaces", b"{}", "caller")
    assert actual_status == status
    del body["Logref"]
    assert body == {"__type": code, "Code": code, "Message": message}


def test_counts_only_successful_calls(rekognition: Rekognition) -> None:
    client = client_of(rekognition)
    assert rekognition.calls() == NO_CALLS
    rekognition.configure({"faults": {"code": "ThrottlingException", "count": 1}})
    for _ in range(3):
        moderate(client)
    client.detect_faces(Image=IMAGE)
    rekognition("DetectFaces", b"{}", "caller")
    rekognition("PaintFaces", b"{}", "caller")
    assert rekognition.calls() == NO_CALLS | {"DetectModerationLabels": 2, "DetectFaces": 1}


def test_reset_restores_options_and_counts(make: Any, clock: Clock) -> None:
    emulator = make(Options(latency_ms=30), clock=clock, sleep=clock.sleep)
    client = client_of(emulator)
    emulator.configure({"latencyMs": 500, "tps": 1, "faults": {"code": "ThrottlingException", "count": 9}})
    assert moderate(client) == "ThrottlingException"
    emulator.configure({"reset": True})
    assert [moderate(client) for _ in range(2)] == [None, None]
    assert clock.slept == [0.03, 0.03]
    emulator.configure({"reset": True, "latencyMs": 70})
    assert emulator.calls() == NO_CALLS
    moderate(client)
    assert clock.slept == [0.03, 0.03, 0.07]
