"""Injected latency, quotas and faults, and the counts of calls."""

from __future__ import annotations

import base64
import itertools
import json
from typing import Any

import pytest

from local.faults import AnswerLost
from local.rekognition.errors import SettingError
from local.rekognition.faults import FaultInjector, read_fault_settings
from local.rekognition.service import BILLED, OPERATIONS, Rekognition
from tests.unit.local.rekognition.support import IMAGE, client_of, moderate

NO_CALLS = dict.fromkeys(BILLED, 0)


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
    emulator: Rekognition = make(faults=FaultInjector(OPERATIONS, clock, clock.sleep, lambda: 0.5))
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


def test_limits_calls_per_second_of_each_operation(rekognition: Rekognition, clock: Clock) -> None:
    client = client_of(rekognition)
    rekognition.configure({"tps": 2})
    throttled = "ProvisionedThroughputExceededException"
    assert [moderate(client) for _ in range(4)] == [None, None, throttled, throttled]
    client.detect_faces(Image=IMAGE)
    clock.sleep(0.5)
    assert [moderate(client) for _ in range(2)] == [None, throttled]
    clock.sleep(60)
    assert [moderate(client) for _ in range(3)] == [None, None, throttled]
    rekognition.configure({"tps": None})
    assert moderate(client) is None


def test_faults_by_count(rekognition: Rekognition) -> None:
    client = client_of(rekognition)
    fault = {"code": "ThrottlingException", "count": 2}
    rekognition.configure({"faults": {"DetectModerationLabels": fault}})
    client.detect_faces(Image=IMAGE)
    assert rekognition("DetectModerationLabels", b"{}", "caller")[0] == 400  # not 429
    assert [moderate(client) for _ in range(2)] == ["ThrottlingException", None]


def test_faults_by_rate(rekognition: Rekognition) -> None:
    client = client_of(rekognition)
    rekognition.configure({"faults": {"code": "InternalServerError", "rate": 0.5}})
    assert moderate(client) is None
    rekognition.configure({"faults": {"code": "InternalServerError", "rate": 0.6}})
    assert rekognition("DetectModerationLabels", b"{}", "caller")[0] == 500


def test_loses_the_answer_of_a_call_that_it_counts(rekognition: Rekognition) -> None:
    body = json.dumps({"Image": {"Bytes": base64.b64encode(IMAGE["Bytes"]).decode()}}).encode()
    rekognition.configure({"faults": {"code": "AnswerLost", "count": 1}})
    with pytest.raises(AnswerLost):
        rekognition("DetectModerationLabels", body, "caller")
    assert rekognition.calls() == NO_CALLS | {"DetectModerationLabels": 1}
    assert moderate(client_of(rekognition)) is None


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


def test_reset_removes_settings_and_counts(rekognition: Rekognition, clock: Clock) -> None:
    client = client_of(rekognition)
    rekognition.configure({"latencyMs": 500, "tps": 1, "faults": {"code": "ThrottlingException", "count": 9}})
    assert moderate(client) == "ThrottlingException"
    rekognition.configure({"reset": True})
    assert [moderate(client) for _ in range(2)] == [None, None]
    assert clock.slept == []
    rekognition.configure({"reset": True, "latencyMs": 70})
    assert rekognition.calls() == NO_CALLS
    moderate(client)
    assert clock.slept == [0.07]


def test_tells_its_settings_in_the_form_that_it_takes(rekognition: Rekognition) -> None:
    assert rekognition.settings() == {"latencyMs": {}, "tps": {}, "faults": {}}
    fault = {"code": "ThrottlingException", "count": 2}
    rekognition.configure({"latencyMs": 70, "tps": {"DetectText": 2, "DetectFaces": None}, "faults": fault})
    assert moderate(client_of(rekognition)) == "ThrottlingException"
    told = rekognition.settings()
    assert told == {
        "latencyMs": {"*": 70.0},
        "tps": {"DetectText": 2.0, "DetectFaces": None},
        "faults": {"*": [{"code": "ThrottlingException", "rate": 1.0, "count": 1}]},
    }
    rekognition.configure({"reset": True, **told})
    assert rekognition.settings() == told


@pytest.mark.parametrize(
    "changes",
    [
        {"latency": 3},
        {"tps": {"DetectLabel": 3}},
        {"latencyMs": -1},
        {"latencyMs": {"*": "long"}},
        {"tps": 0},
        {"faults": {"*": {"rate": 1}}},
        {"faults": {"code": "Oops"}},
        {"faults": {"code": "ThrottlingException", "rate": 2}},
        {"faults": {"code": "ThrottlingException", "count": 0.5}},
        {"reset": "yes"},
    ],
)
def test_rejects_invalid_changes_and_applies_none_of_them(
    rekognition: Rekognition, changes: dict[str, Any]
) -> None:
    with pytest.raises(SettingError):
        rekognition.configure({"tps": 1} | changes)
    client = client_of(rekognition)
    assert [moderate(client) for _ in range(2)] == [None, None]


def test_reads_the_initial_settings_from_the_environment(make: Any, clock: Clock) -> None:
    env = {
        "REKOGNITION_LATENCY_MS": "200",
        "REKOGNITION_TPS": "1",
        "REKOGNITION_FAULT_RATE": "0.1",
        "REKOGNITION_FAULT_CODE": "InternalServerError",
    }
    chances = itertools.cycle([0.5, 0.05])
    faults = FaultInjector(
        OPERATIONS, clock, clock.sleep, lambda: next(chances), initial=read_fault_settings(env)
    )
    rekognition = make(faults=faults)
    client = client_of(rekognition)
    assert [moderate(client) for _ in range(3)] == [
        None,
        "InternalServerError",
        "ProvisionedThroughputExceededException",
    ]
    assert clock.slept == [0.2]
    rekognition.configure({"tps": None, "faults": None})
    assert [moderate(client) for _ in range(2)] == [None, None]
    rekognition.configure({"reset": True})
    assert [moderate(client) for _ in range(2)] == ["InternalServerError", None]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REKOGNITION_LATENCY_MS", "slow"),
        ("REKOGNITION_TPS", "inf"),
        ("REKOGNITION_FAULT_RATE", "7"),
        ("REKOGNITION_FAULT_CODE", "Oops"),
    ],
)
def test_rejects_an_invalid_environment(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=f"^{name} must be "):
        read_fault_settings({name: value})
