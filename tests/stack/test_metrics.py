"""The metrics of a running stack, and those that the template's alarms and dashboard name."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from common import metrics
from local.template.template import Template
from tests.stack.client import send
from tests.stack.named_metrics import NamedMetric, named_metrics, without_values
from tests.stack.observed_tour import PARAMETERS
from tests.template.support import ALL_FUNCTIONS, load

if TYPE_CHECKING:
    from tests.stack.client import Client
    from tests.stack.observed_tour import Observation

SRC = Path(__file__).parents[2] / "src"
EVERYTHING = {**PARAMETERS, "AlarmEmail": "alarms@example.com", "Dashboard": "true"}


def total(observed: Observation, name: str) -> float:
    """Return the sum of a metric over its dimensions."""
    return float(sum(metric["sum"] for metric in observed.metrics["metrics"] if metric["name"] == name))


def small_template(**changes: Any) -> Template:
    """Return a template with an alarm and a dashboard, some of whose names can be changed."""
    alarm = {
        "Namespace": "local",
        "MetricName": "BilledCalls",
        "Statistic": "Sum",
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 1,
        **changes,
    }
    expression = """SEARCH('{"local",Code} MetricName="ImagesRejected"', 'Sum', 300)"""
    rows = [["AWS/ApiGateway", "5xx", "ApiId", "HttpApi", {"label": "5xx"}], [{"expression": expression}]]
    body = {"widgets": [{"type": "metric", "properties": {"title": "All", "metrics": rows}}]}
    resources = {
        "CallsAlarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": alarm},
        "Board": {"Type": "AWS::CloudWatch::Dashboard", "Properties": {"DashboardBody": json.dumps(body)}},
    }
    return Template({"Resources": resources}, {}, {})


def test_every_metric_that_the_template_names_is_emitted(observed: Observation) -> None:
    assert without_values(named_metrics(load(**EVERYTHING)), observed.metrics["metrics"]) == []


def test_finds_the_metrics_that_a_template_names(observed: Observation) -> None:
    calls, errors, rejected = named_metrics(small_template())
    assert calls == NamedMetric("CallsAlarm", "local", "BilledCalls", ())
    assert errors == NamedMetric("All", "AWS/ApiGateway", "5xx", (("ApiId", "HttpApi"),))
    assert rejected == NamedMetric("All", "local", "ImagesRejected", (("Code", None),))
    assert without_values([calls, errors, rejected], observed.metrics["metrics"]) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"MetricName": "BilledCall"},
        {"Namespace": "image-recognition"},
        {"MetricName": "ImagesRejected"},  # without its dimension
        {"MetricName": "ImagesRejected", "Dimensions": [{"Name": "Code", "Value": "no-such-code"}]},
        {"Dimensions": [{"Name": "Operation", "Value": "DetectLabels"}]},
    ],
    ids=str,
)
def test_a_metric_that_is_not_emitted_is_found(observed: Observation, changes: dict[str, Any]) -> None:
    named = named_metrics(small_template(**changes))
    assert [metric.where for metric in without_values(named, observed.metrics["metrics"])] == ["CallsAlarm"]


def test_every_metric_that_the_code_emits_is_collected(observed: Observation) -> None:
    code = "\n".join(module.read_text(encoding="utf-8") for module in SRC.rglob("*.py"))
    emitted = {vars(metrics)[name].name for name in re.findall(r"\bemit\(\s*([A-Z_]+)", code)}
    assert emitted - {metric["name"] for metric in observed.metrics["metrics"]} == set()
    assert observed.metrics["dropped"] == 0


def test_each_outcome_counts_once(observed: Observation) -> None:
    records = [json.loads(line) for line in observed.lines if line.startswith("{")]
    outcomes = Counter(record.get("message") for record in records)
    assert total(observed, "ImagesRecognized") == outcomes["done"] > 10
    assert total(observed, "ImagesRejected") == outcomes["failed"] > 3
    assert total(observed, "ImagesRecovered") == outcomes["image recovered"] > 0
    (seconds,) = [metric for metric in observed.metrics["metrics"] if metric["name"] == "SecondsToResult"]
    assert seconds["count"] == sum(
        record.get("message") == "done" and "owner" in record for record in records
    )


def test_every_invocation_and_request_counts(observed: Observation) -> None:
    for name in ("Invocations", "Errors", "Throttles", "Duration"):
        functions = {
            metric["dimensions"]["FunctionName"]: metric["count"]
            for metric in observed.metrics["metrics"]
            if (metric["namespace"], metric["name"]) == ("AWS/Lambda", name)
        }
        assert functions.keys() == set(ALL_FUNCTIONS)
    assert total(observed, "Errors") > 0
    assert total(observed, "4xx") > 10
    assert total(observed, "5xx") >= 4


def test_serves_the_metrics_and_alarms(client: Client) -> None:
    assert client.call("GET", "/labels").status == 200
    response = send("GET", f"{client.stack.aws_url}/_local/metrics")
    found = {(metric["namespace"], metric["name"]) for metric in response.document["metrics"]}
    assert {("AWS/ApiGateway", "Count"), ("AWS/Lambda", "Invocations")} <= found
    alarms = send("GET", f"{client.stack.aws_url}/_local/alarms").document["alarms"]
    watched = load(AlarmEmail="alarms@example.com").resources("AWS::CloudWatch::Alarm").values()
    assert [alarm["name"] for alarm in alarms] == [properties["AlarmName"] for properties in watched]
