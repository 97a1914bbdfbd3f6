from __future__ import annotations

from typing import Any

import pytest

from local.cloudwatch.alarms import load_alarms
from local.cloudwatch.metrics import Datapoint, Metric, MetricStore
from local.template.template import Template, TemplateError

ERRORS = {"Namespace": "AWS/Lambda", "MetricName": "Errors"}


def alarm(**properties: Any) -> dict[str, Any]:
    """Return the properties of an alarm, with some changed."""
    return {
        "Namespace": "stack",
        "MetricName": "BilledCalls",
        "Statistic": "Sum",
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 10,
        "Period": 300,
        "EvaluationPeriods": 1,
        "AlarmActions": ["arn:aws:sns:us-east-1:123456789012:alarms"],
        **properties,
    }


def math(expression: str, **properties: Any) -> dict[str, Any]:
    """Return the properties of an alarm on an expression about the errors of two functions."""
    dimensions = {
        "m1": [{"Name": "FunctionName", "Value": {"Ref": "A"}}],
        "m2": [{"Name": "FunctionName", "Value": {"Ref": "B"}}],
    }
    queries = [
        {
            "Id": name,
            "ReturnData": False,
            "MetricStat": {"Metric": {**ERRORS, "Dimensions": value}, "Period": 60, "Stat": "Sum"},
        }
        for name, value in dimensions.items()
    ]
    plain = {
        name: value for name, value in alarm().items() if name not in ("MetricName", "Namespace", "Statistic")
    }
    return {**plain, "Metrics": [{"Id": "e1", "Expression": expression}, *queries], **properties}


def load(properties: dict[str, Any]) -> Any:
    functions = {name: {"Type": "AWS::Lambda::Function", "Properties": {}} for name in "AB"}
    resource = {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}
    (loaded,) = load_alarms(Template({"Resources": {**functions, "SomeAlarm": resource}}, {}, {}))
    return loaded


def errors(**values: float) -> list[Datapoint]:
    """Return values of the errors of functions, by their name."""
    return [
        Datapoint(Metric.of(ERRORS["Namespace"], ERRORS["MetricName"], {"FunctionName": name}), value)
        for name, value in values.items()
    ]


@pytest.fixture
def store() -> MetricStore:
    return MetricStore()


def state(properties: dict[str, Any], store: MetricStore) -> tuple[str, float | None]:
    body = load(properties).body(store)
    return body["state"], body["value"]


def test_shows_an_alarm_with_its_state(store: MetricStore) -> None:
    store.add([Datapoint(Metric.of("stack", "BilledCalls"), 6)] * 2)
    loaded = load(alarm(AlarmName="stack-BilledCalls", AlarmDescription="Look."))
    assert loaded.body(store) == {
        "name": "stack-BilledCalls",
        "state": "ALARM",
        "value": 12,
        "comparison": "GreaterThanThreshold",
        "threshold": 10,
        "description": "Look.",
    }
    assert load(alarm()).body(store)["name"] == "SomeAlarm"


@pytest.mark.parametrize(
    ("comparison", "states"),
    [
        ("GreaterThanThreshold", ["OK", "OK", "ALARM"]),
        ("GreaterThanOrEqualToThreshold", ["OK", "ALARM", "ALARM"]),
        ("LessThanThreshold", ["ALARM", "OK", "OK"]),
        ("LessThanOrEqualToThreshold", ["ALARM", "ALARM", "OK"]),
    ],
)
def test_compares_the_value_with_the_threshold(comparison: str, states: list[str]) -> None:
    stores = [MetricStore() for _ in range(3)]
    for each, value in zip(stores, (9.5, 10, 10.5), strict=True):
        each.add([Datapoint(Metric.of("stack", "BilledCalls"), value)])
    assert [state(alarm(ComparisonOperator=comparison), each)[0] for each in stores] == states


@pytest.mark.parametrize(
    ("treatment", "expected"),
    [
        ({}, "INSUFFICIENT_DATA"),
        ({"TreatMissingData": "missing"}, "INSUFFICIENT_DATA"),
        ({"TreatMissingData": "ignore"}, "INSUFFICIENT_DATA"),
        ({"TreatMissingData": "breaching"}, "ALARM"),
        ({"TreatMissingData": "notBreaching"}, "OK"),
    ],
)
def test_treats_missing_data_as_the_template_says(
    store: MetricStore, treatment: dict[str, str], expected: str
) -> None:
    assert state(alarm(**treatment), store) == (expected, None)


def test_evaluates_a_percentile_of_all_values(store: MetricStore) -> None:
    store.add([Datapoint(Metric.of("stack", "SecondsToResult"), value) for value in range(101)])
    properties = alarm(MetricName="SecondsToResult", ExtendedStatistic="p95")
    del properties["Statistic"]
    assert state(properties, store) == ("ALARM", 95)


def test_the_state_of_a_queue_is_the_current_one(store: MetricStore) -> None:
    properties = alarm(
        Namespace="AWS/SQS",
        MetricName="ApproximateNumberOfMessagesVisible",
        Dimensions=[{"Name": "QueueName", "Value": "DeadLetterQueue"}],
        Statistic="Maximum",
        Threshold=0,
    )
    metric = Metric.of("AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName": "DeadLetterQueue"})
    store.add([Datapoint(metric, 3)])
    assert state(properties, store) == ("ALARM", 3)
    store.add([Datapoint(metric, 0)])
    assert state(properties, store) == ("OK", 0)


@pytest.mark.parametrize("expression", ["m1+m2", " m1 + m2 ", "SUM(METRICS())", "SUM( METRICS() )"])
def test_evaluates_a_sum(store: MetricStore, expression: str) -> None:
    store.add(errors(A=5, B=6))
    assert state(math(expression), store) == ("ALARM", 11)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [("m1+m2", ("INSUFFICIENT_DATA", None)), ("SUM(METRICS())", ("ALARM", 11)), ("m1", ("ALARM", 11))],
)
def test_a_sum_is_missing_if_a_term_is(store: MetricStore, expression: str, expected: Any) -> None:
    store.add(errors(A=11))
    assert state(math(expression), store) == expected


def test_evaluates_a_metric_without_an_expression(store: MetricStore) -> None:
    store.add(errors(A=11))
    properties = math("m1")
    properties["Metrics"] = [query for query in properties["Metrics"] if query["Id"] == "m1"]
    assert state(properties, store) == ("ALARM", 11)


@pytest.mark.parametrize(
    ("properties", "what"),
    [
        (math("m1/m2"), "the expression m1/m2; it evaluates sums, such as SUM(METRICS())"),
        (math("m1+m3"), "the expression m1+m3; it evaluates sums, such as SUM(METRICS())"),
        (math("SUM([m1, m2])"), "the expression SUM([m1, m2]); it evaluates sums, such as SUM(METRICS())"),
        (math("m1", Metrics=[]), "0 expressions"),
        (alarm(Statistic="IQM"), "the statistic IQM"),
        (alarm(ComparisonOperator="GreaterThanUpperThreshold"), "the comparison GreaterThanUpperThreshold"),
        (alarm(ThresholdMetricId="e1"), "the property ThresholdMetricId"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_explains_what_it_cannot_evaluate(properties: dict[str, Any], what: str) -> None:
    with pytest.raises(TemplateError) as caught:
        load(properties)
    assert str(caught.value) == f"The local stack doesn't support {what}, in the alarm SomeAlarm."
