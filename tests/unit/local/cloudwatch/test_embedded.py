from __future__ import annotations

import json
from typing import Any

import pytest

from common.metrics import CALLS_THROTTLED, METRICS, SECONDS_TO_RESULT, Metric, emit
from local.cloudwatch import metrics
from local.cloudwatch.embedded import parse_line
from local.cloudwatch.metrics import Datapoint


def line(**changes: Any) -> dict[str, Any]:
    """Return a valid document, with some members of its directive changed."""
    directive = {
        "Namespace": "stack",
        "Dimensions": [["Code"]],
        "Metrics": [{"Name": "Images", "Unit": "Count"}],
        **changes,
    }
    return {"_aws": {"Timestamp": 1, "CloudWatchMetrics": [directive]}, "Code": "broken", "Images": 2}


def parse(document: Any) -> list[Datapoint] | None:
    return parse_line(json.dumps(document) + "\n")


def test_reads_every_metric_of_the_functions(capsys: pytest.CaptureFixture[str]) -> None:
    for metric in METRICS:
        emit(metric, 3, "x" if metric.dimension else None)

    def expected(metric: Metric) -> list[Datapoint]:
        dimensions: dict[str, str] = {metric.dimension: "x"} if metric.dimension else {}
        return [Datapoint(metrics.Metric.of("image-recognition", metric.name, dimensions), 3, metric.unit)]

    assert SECONDS_TO_RESULT.unit == "Seconds"
    assert CALLS_THROTTLED.dimension == "Operation"
    lines = capsys.readouterr().out.splitlines()
    assert [parse_line(text) for text in lines] == [expected(metric) for metric in METRICS]


def test_reads_each_value_for_each_set_of_dimensions() -> None:
    document = line(Dimensions=[["Code"], []]) | {"Images": [2, 0.5]}
    by_code = metrics.Metric.of("stack", "Images", {"Code": "broken"})
    total = metrics.Metric.of("stack", "Images")
    assert parse(document) == [
        Datapoint(metric, value, "Count") for metric in (by_code, total) for value in (2, 0.5)
    ]


@pytest.mark.parametrize(
    "document",
    [
        {"level": "INFO", "message": 'a line with "_aws" in it'},
        {"_aws": {}},
        {"_aws": None},
        [{"_aws": 1}],
        line(Namespace=None),
        line(Namespace=""),
        line(Dimensions=[]),
        line(Dimensions=[["Code", "Missing"]]),
        line(Dimensions=[["Images"]]),
        line(Dimensions=["Code"]),
        line(Metrics=[{"Name": "Missing"}]),
        line(Metrics=[{}]),
        line() | {"Images": "2"},
        line() | {"Images": True},
        line() | {"Images": [1] * 101},
        {**line(), "_aws": {**line()["_aws"], "Timestamp": "now"}},
    ],
    ids=str,
)
def test_another_line_has_no_metrics(document: Any) -> None:
    assert parse(line()) is not None
    assert parse(document) is None


@pytest.mark.parametrize("text", ["", "text", '{"_aws"', '"_aws"', "null"])
def test_text_has_no_metrics(text: str) -> None:
    assert parse_line(text) is None
