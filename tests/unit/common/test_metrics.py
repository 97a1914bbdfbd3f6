from __future__ import annotations

import json

import pytest

from common import metrics
from common.logs import log_scope
from common.metrics import BILLED_CALLS, CALLS_THROTTLED, METRICS, Metric, emit


def emitted(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    line: dict[str, object] = json.loads(capsys.readouterr().out)
    return line


def test_a_value_is_a_line_in_the_embedded_metric_format(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.time", lambda: 1_790_000_000.5)
    emit(BILLED_CALLS, 4)
    assert emitted(capsys) == {
        "_aws": {
            "Timestamp": 1_790_000_000_500,
            "CloudWatchMetrics": [
                {
                    "Namespace": "image-recognition",
                    "Dimensions": [[]],
                    "Metrics": [{"Name": "BilledCalls", "Unit": "Count"}],
                }
            ],
        },
        "BilledCalls": 4,
    }


def test_a_dimension_is_a_member_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    emit(CALLS_THROTTLED, dimension="DetectLabels")
    line = emitted(capsys)
    assert (line["CallsThrottled"], line["Operation"]) == (1, "DetectLabels")


def test_a_dimension_must_be_given_if_the_metric_has_one() -> None:
    with pytest.raises(ValueError, match="CallsThrottled has the dimension Operation"):
        emit(CALLS_THROTTLED)


def test_a_line_has_the_keys_of_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    with log_scope(owner="alice", imageId="ab"):
        emit(BILLED_CALLS)
    line = emitted(capsys)
    assert (line["owner"], line["imageId"], line["BilledCalls"]) == ("alice", "ab", 1)


def test_the_list_has_every_metric() -> None:
    assert set(METRICS) == {value for value in vars(metrics).values() if isinstance(value, Metric)}
