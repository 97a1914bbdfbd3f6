"""Settings that are taken from the environment or changed at run time, and those refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from local.rekognition import Options, SettingError
from tests.unit.local.rekognition.support import client_of, moderate

if TYPE_CHECKING:
    from local.rekognition import Rekognition


BAD_CHANGES: dict[str, tuple[dict[str, Any], str]] = {
    "unknown": ({"latency": 3}, "latency: only latencyMs, tps and faults can be changed."),
    "no operation": ({"tps": {"DetectLabel": 3}}, "tps: DetectLabel is no operation of this emulator."),
    "negative": ({"latencyMs": -1}, "latencyMs: -1 must be a number of 0 or more."),
    "text": ({"latencyMs": {"*": "long"}}, "latencyMs: 'long' must be a number of 0 or more."),
    "a quota of none": ({"tps": 0}, "tps: a quota must be more than 0; null takes it away."),
    "no code": (
        {"faults": {"*": {"rate": 1}}},
        'faults: write {"code": ..., "count": ...} or {"code": ..., "rate": ...}.',
    ),
    "a rate beyond all": (
        {"faults": {"code": "ThrottlingException", "rate": 2}},
        "faults: the rate 2 must lie between 0 and 1.",
    ),
    "half a fault": (
        {"faults": {"code": "ThrottlingException", "count": 0.5}},
        "faults: the count 0.5 must be a whole number of 0 or more.",
    ),
    "an odd reset": ({"reset": "yes"}, "reset: write true or false."),
}


@pytest.mark.parametrize("case", BAD_CHANGES)
def test_a_change_that_makes_no_sense(rekognition: Rekognition, case: str) -> None:
    changes, why = BAD_CHANGES[case]
    with pytest.raises(SettingError) as caught:
        rekognition.configure({"tps": 1} | changes)
    assert str(caught.value) == why
    client = client_of(rekognition)
    assert [moderate(client) for _ in range(2)] == [None, None]  # nothing was changed by halves


def test_an_error_code_that_is_none(rekognition: Rekognition) -> None:
    with pytest.raises(SettingError, match=r"^faults: 'Oops' is no error code; there are AccessDenied"):
        rekognition.configure({"faults": {"code": "Oops"}})


def test_options_from_the_environment(tmp_path: Any) -> None:
    assert Options.from_env({}) == Options()
    env = {
        "REKOGNITION_LATENCY_MS": "200",
        "REKOGNITION_TPS": "2.5",
        "REKOGNITION_FAULT_RATE": "0.1",
        "REKOGNITION_FAULT_CODE": "InternalServerError",
        "LOCAL_MODEL": str(tmp_path / "model.onnx"),
        "LOCAL_LABELS": str(tmp_path / "labels.txt"),
    }
    assert Options.from_env(env) == Options(
        latency_ms=200,
        tps=2.5,
        fault_rate=0.1,
        fault_code="InternalServerError",
        model=tmp_path / "model.onnx",
        labels=tmp_path / "labels.txt",
    )


def test_options_are_at_work(make: Any) -> None:
    emulator = make(Options(fault_rate=0.1, fault_code="InternalServerError"), chance=lambda: 0.05)
    assert moderate(client_of(emulator)) == "InternalServerError"
    limited = client_of(make(Options(tps=1)))
    assert [moderate(limited) for _ in range(2)] == [None, "ProvisionedThroughputExceededException"]


@pytest.mark.parametrize(
    ("env", "why"),
    [
        ({"REKOGNITION_LATENCY_MS": "slow"}, "REKOGNITION_LATENCY_MS=slow must be a number of 0 or more."),
        ({"REKOGNITION_TPS": "-1"}, "REKOGNITION_TPS=-1 must be a number of 0 or more."),
        ({"REKOGNITION_TPS": "inf"}, "REKOGNITION_TPS=inf must be a number of 0 or more."),
        ({"REKOGNITION_FAULT_RATE": "7"}, "REKOGNITION_FAULT_RATE=7 must be a number between 0 and 1."),
        ({"LOCAL_MODEL": "m"}, "LOCAL_MODEL and LOCAL_LABELS belong together: set both or neither."),
        ({"LOCAL_LABELS": "l"}, "LOCAL_MODEL and LOCAL_LABELS belong together: set both or neither."),
    ],
)
def test_an_environment_that_makes_no_sense(env: dict[str, str], why: str) -> None:
    with pytest.raises(SettingError) as caught:
        Options.from_env(env)
    assert str(caught.value) == why
