"""Options from the environment and changes at run time, including invalid ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from local.rekognition import Options, SettingError
from tests.unit.local.rekognition.support import client_of, moderate

if TYPE_CHECKING:
    from local.rekognition import Rekognition


INVALID_CHANGES: dict[str, tuple[dict[str, Any], str]] = {
    "unknown setting": ({"latency": 3}, "latency: unknown setting; use latencyMs, tps, faults or reset."),
    "unknown operation": ({"tps": {"DetectLabel": 3}}, "tps: the emulator has no operation DetectLabel."),
    "negative": ({"latencyMs": -1}, "latencyMs must be a number of 0 or more, not -1."),
    "text": ({"latencyMs": {"*": "long"}}, "latencyMs must be a number of 0 or more, not 'long'."),
    "zero quota": ({"tps": 0}, "tps must be more than 0; use null for no quota."),
    "fault without code": (
        {"faults": {"*": {"rate": 1}}},
        'faults must be {"code": ..., "count": ...} or {"code": ..., "rate": ...}.',
    ),
    "rate above 1": (
        {"faults": {"code": "ThrottlingException", "rate": 2}},
        "faults: rate must be a number between 0 and 1, not 2.",
    ),
    "fractional count": (
        {"faults": {"code": "ThrottlingException", "count": 0.5}},
        "faults: count must be a whole number of 0 or more, not 0.5.",
    ),
    "invalid reset": ({"reset": "yes"}, "reset must be true or false, not 'yes'."),
}


@pytest.mark.parametrize("case", INVALID_CHANGES)
def test_rejects_invalid_changes_and_applies_none_of_them(rekognition: Rekognition, case: str) -> None:
    changes, message = INVALID_CHANGES[case]
    with pytest.raises(SettingError) as caught:
        rekognition.configure({"tps": 1} | changes)
    assert str(caught.value) == message
    client = client_of(rekognition)
    assert [moderate(client) for _ in range(2)] == [None, None]


def test_rejects_an_unknown_error_code(rekognition: Rekognition) -> None:
    with pytest.raises(SettingError, match=r"^faults: code must be one of AccessDenied.*, not 'Oops'\.$"):
        rekognition.configure({"faults": {"code": "Oops"}})


def test_reads_options_from_the_environment(tmp_path: Any) -> None:
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


def test_options_set_the_initial_faults_and_quotas(make: Any) -> None:
    emulator = make(Options(fault_rate=0.1, fault_code="InternalServerError"), random=lambda: 0.05)
    assert moderate(client_of(emulator)) == "InternalServerError"
    limited = client_of(make(Options(tps=1)))
    assert [moderate(limited) for _ in range(2)] == [None, "ProvisionedThroughputExceededException"]


@pytest.mark.parametrize(
    ("env", "message"),
    [
        (
            {"REKOGNITION_LATENCY_MS": "slow"},
            "REKOGNITION_LATENCY_MS must be a number of 0 or more, not 'slow'.",
        ),
        ({"REKOGNITION_TPS": "-1"}, "REKOGNITION_TPS must be a number of 0 or more, not -1.0."),
        ({"REKOGNITION_TPS": "inf"}, "REKOGNITION_TPS must be a number of 0 or more, not inf."),
        (
            {"REKOGNITION_FAULT_RATE": "7"},
            "REKOGNITION_FAULT_RATE must be a number between 0 and 1, not 7.0.",
        ),
        ({"LOCAL_MODEL": "m"}, "LOCAL_MODEL and LOCAL_LABELS belong together: set both or neither."),
        ({"LOCAL_LABELS": "l"}, "LOCAL_MODEL and LOCAL_LABELS belong together: set both or neither."),
    ],
)
def test_rejects_an_invalid_environment(env: dict[str, str], message: str) -> None:
    with pytest.raises(SettingError) as caught:
        Options.from_env(env)
    assert str(caught.value) == message
