"""Alarms, budget and dashboard: off unless asked for, and about resources and metrics that exist."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from cfnlint.schema import ResourceNotFoundError
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from common.metrics import METRICS
from common.rejections import NOT_STORED
from local.template.names import PSEUDO_PARAMETERS
from local.template.parameters import ParameterError
from local.template.template import Template
from tests.cloud import EVENTS, MODELS
from tests.template import variants
from tests.template.support import ALL_FUNCTIONS, FUNCTIONS, broken_rules, load
from tests.template.variants import ALARM_EMAIL, ALARM_TOPIC, BUDGET

NAMESPACE = "local"  # the name of the local stack
DASHBOARD = {"Dashboard": "true"}
OWN_METRICS = {metric.name: metric.dimension for metric in METRICS}
GE, GT = "GreaterThanOrEqualToThreshold", "GreaterThanThreshold"
IGNORE, GOOD = "ignore", "notBreaching"

Metric = tuple[
    str, str, str, str
]  # namespace, name, dimension, its value; the last two are empty if it has none


def sqs(queue: str, name: str) -> Metric:
    return ("AWS/SQS", name, "QueueName", queue)


def of_functions(name: str, functions: tuple[str, ...] = FUNCTIONS) -> tuple[Metric, ...]:
    return tuple(("AWS/Lambda", name, "FunctionName", function) for function in functions)


def own(name: str) -> Metric:
    return (NAMESPACE, name, "", "")


# by the end of its name: metrics, statistic, seconds, periods, comparison, threshold, missing data
ALARMS: dict[str, tuple[tuple[Metric, ...], str, int, int, str, int, str]] = {
    "dead-letters": (
        (sqs("DeadLetterQueue", "ApproximateNumberOfMessagesVisible"),),
        *("Maximum", 300, 1, GE, 1, IGNORE),
    ),
    "old-messages": (
        (sqs("RetryQueue", "ApproximateAgeOfOldestMessage"),),
        *("Maximum", 300, 1, GT, 3600, GOOD),
    ),
    "function-errors": (of_functions("Errors"), "Sum", 300, 1, GE, 1, GOOD),
    "function-throttles": (of_functions("Throttles"), "Sum", 300, 3, GE, 1, GOOD),
    "api-errors": ((("AWS/ApiGateway", "5xx", "ApiId", "HttpApi"),), "Sum", 300, 1, GE, 5, GOOD),
    "slow-results": ((own("SecondsToResult"),), "p95", 300, 3, GT, 60, GOOD),
    "billed-calls": ((own("BilledCalls"),), "Sum", 86400, 1, GT, 10000, GOOD),
    "ceiling-approaching": ((own("CeilingUsed"),), "Maximum", 300, 1, GE, 80, IGNORE),
    "ceiling-reached": ((own("CeilingUsed"),), "Maximum", 300, 1, GE, 100, IGNORE),
    "invalid-events": (
        tuple((NAMESPACE, "InvalidEvents", "Code", code) for code in sorted(NOT_STORED)),
        *("Sum", 300, 1, GE, 1, GOOD),
    ),
}
EVENTS_ALARM = (
    (("AWS/Lambda", "IteratorAge", "FunctionName", "PublisherFunction"),),
    *("Maximum", 300, 1, GT, 3_600_000, GOOD),
)


def alarms(template: Template) -> dict[str, dict[str, Any]]:
    """Return the alarms' properties, by the end of their names."""
    found = template.resources("AWS::CloudWatch::Alarm").values()
    return {alarm["AlarmName"].removeprefix(f"{NAMESPACE}-"): alarm for alarm in found}


def statistics(alarm: Mapping[str, Any]) -> list[tuple[Metric, str, int]]:
    """Return each metric that an alarm watches, with its statistic and period in seconds."""
    if "Metrics" not in alarm:
        statistic = alarm.get("Statistic") or alarm["ExtendedStatistic"]
        return [(metric_of(alarm), statistic, alarm["Period"])]
    expression, *entries = alarm["Metrics"]
    assert (expression["Expression"], expression.get("ReturnData", True)) == ("SUM(METRICS())", True)
    assert {entry["ReturnData"] for entry in entries} == {False}
    stats = [entry["MetricStat"] for entry in entries]
    return [(metric_of(stat["Metric"]), stat["Stat"], stat["Period"]) for stat in stats]


def metric_of(properties: Mapping[str, Any]) -> Metric:
    (dimension,) = properties.get("Dimensions") or [{"Name": "", "Value": ""}]
    return (properties["Namespace"], properties["MetricName"], dimension["Name"], dimension["Value"])


def dashboard(**parameters: str) -> list[dict[str, Any]]:
    """Return the widgets of the dashboard."""
    (found,) = load(**DASHBOARD, **parameters).resources("AWS::CloudWatch::Dashboard").values()
    assert found["DashboardName"] == f"{NAMESPACE}-us-east-1"
    widgets: list[dict[str, Any]] = json.loads(found["DashboardBody"])["widgets"]
    return widgets


def shown(widgets: list[dict[str, Any]]) -> Iterator[Metric]:
    """Yield each metric that the widgets show. The value of a dimension that is searched for is *."""
    for widget in widgets:
        for metric in widget["properties"].get("metrics", []):
            *names, options = metric
            if "expression" not in options:
                namespace, name, dimension, value = (*names, "", "")[:4]
                yield (namespace, name, dimension, value)
                continue
            found = re.fullmatch(
                r"""SEARCH\('\{"([\w-]+)",(\w+)\} MetricName="(\w+)"', 'Sum', 300\)""", options["expression"]
            )
            assert found, options["expression"]
            yield (found[1], found[3], found[2], "*")


@pytest.mark.parametrize(
    "kind", ["CloudWatch::Alarm", "CloudWatch::Dashboard", "SNS::Topic", "Budgets::Budget"]
)
def test_nothing_watches_the_stack_by_default(template: Template, kind: str) -> None:
    assert template.resources(f"AWS::{kind}") == {}


def test_each_alarm_watches_what_its_name_says() -> None:
    found = {}
    for name, alarm in alarms(load(**ALARM_EMAIL, **EVENTS, **MODELS)).items():
        watched = statistics(alarm)
        ((statistic, period),) = {(statistic, period) for _, statistic, period in watched}
        found[name] = (
            tuple(sorted(metric for metric, _, _ in watched)),
            statistic,
            period,
            alarm["EvaluationPeriods"],
            alarm["ComparisonOperator"],
            int(alarm["Threshold"]),
            alarm["TreatMissingData"],
        )
    expected = {**ALARMS, "events-delayed": EVENTS_ALARM}
    for name in ("Errors", "Throttles"):
        about = f"function-{name.lower()}"
        expected[about] = (of_functions(name, ALL_FUNCTIONS), *ALARMS[about][1:])
    assert found == {name: (tuple(sorted(metrics)), *rest) for name, (metrics, *rest) in expected.items()}
    assert alarms(load(**ALARM_EMAIL)).keys() == ALARMS.keys()


@pytest.mark.parametrize("name", ["function-errors", "function-throttles"])
def test_alarms_about_functions_watch_every_function(name: str, transformed: dict[str, Any]) -> None:
    functions = {
        key for key, entry in transformed["Resources"].items() if entry["Type"] == "AWS::Lambda::Function"
    }
    chosen: dict[str, str] = {}
    for choice in variants.CHOICES:
        if not broken_rules(**{**chosen, **choice}):
            chosen = {**chosen, **choice}
    everything = load(**chosen)
    assert {value for (_, _, _, value), _, _ in statistics(alarms(everything)[name])} == functions


@pytest.mark.parametrize(
    ("parameters", "target"), [(ALARM_EMAIL, "AlarmTopic"), (ALARM_TOPIC, ALARM_TOPIC["AlarmTopicArn"])]
)
def test_every_alarm_tells_when_it_begins_and_when_it_ends(parameters: dict[str, str], target: str) -> None:
    found = alarms(load(**parameters)).values()
    assert [(alarm["AlarmActions"], alarm["OKActions"]) for alarm in found] == [([target], [target])] * len(
        ALARMS
    )


def test_alarms_are_sent_to_one_address_or_to_a_topic_of_somebody_else() -> None:
    subscription = {"TopicArn": "AlarmTopic", "Protocol": "email", "Endpoint": ALARM_EMAIL["AlarmEmail"]}
    assert load(**ALARM_EMAIL).resources("AWS::SNS::Subscription") == {"AlarmSubscription": subscription}
    other = load(**ALARM_TOPIC)
    assert other.resources("AWS::SNS::Topic") == other.resources("AWS::SNS::Subscription") == {}


def test_the_daily_limit_of_billed_calls_is_a_parameter() -> None:
    changed = alarms(load(**ALARM_EMAIL, DailyBilledCallsAlarm="500"))
    assert changed["billed-calls"]["Threshold"] == "500"


def test_each_metric_of_the_stack_is_one_that_the_functions_emit() -> None:
    named = [metric for alarm in alarms(load(**ALARM_EMAIL)).values() for metric, _, _ in statistics(alarm)]
    named += shown(dashboard())
    assert {
        (name, dimension or None) for namespace, name, dimension, _ in named if namespace == NAMESPACE
    } <= {*OWN_METRICS.items()}


def test_the_dashboard_shows_every_metric_of_the_stack_and_of_every_function() -> None:
    metrics = set(shown(dashboard()))
    assert {name for namespace, name, _, _ in metrics if namespace == NAMESPACE} == set(OWN_METRICS)
    for name in ("Errors", "Throttles", "Duration"):
        assert set(of_functions(name)) <= metrics
        assert set(of_functions(name, ALL_FUNCTIONS)) <= set(shown(dashboard(**EVENTS, **MODELS)))
    assert EVENTS_ALARM[0][0] in set(shown(dashboard(**EVENTS, **MODELS)))
    assert {metric for metric in metrics if metric[0] not in (NAMESPACE, "AWS/Lambda")} == {
        sqs("RetryQueue", "ApproximateNumberOfMessagesVisible"),
        sqs("RetryQueue", "ApproximateAgeOfOldestMessage"),
        sqs("DeadLetterQueue", "ApproximateNumberOfMessagesVisible"),
        *(("AWS/ApiGateway", name, "ApiId", "HttpApi") for name in ("Count", "4xx", "5xx", "Latency")),
    }


def test_the_dashboard_fills_rows_of_three_below_the_alarms() -> None:
    alarm_states, *widgets = dashboard(**ALARM_EMAIL)
    assert alarm_states["type"] == "alarm"
    assert {arn.partition(":alarm:")[2] for arn in alarm_states["properties"]["alarms"]} == {
        f"{NAMESPACE}-{name}" for name in ALARMS
    }
    with_events = dashboard(**ALARM_EMAIL, **EVENTS)[0]["properties"]["alarms"]
    assert {arn.partition(":alarm:")[2] for arn in with_events} == {
        f"{NAMESPACE}-{name}" for name in (*ALARMS, "events-delayed")
    }
    assert widgets == dashboard()
    assert {(widget["type"], widget["width"], widget["properties"]["region"]) for widget in widgets} == {
        ("metric", 8, "us-east-1")
    }
    assert len(widgets) % 3 == 0


def test_the_budget_tells_its_owner_before_and_after_the_money_is_spent() -> None:
    (budget,) = load(**BUDGET).resources("AWS::Budgets::Budget").values()
    subscribers = [{"SubscriptionType": "EMAIL", "Address": ALARM_EMAIL["AlarmEmail"]}]
    assert budget == {
        "Budget": {
            "BudgetType": "COST",
            "TimeUnit": "MONTHLY",
            "BudgetLimit": {"Amount": "100", "Unit": "USD"},
        },
        "NotificationsWithSubscribers": [
            {
                "Notification": {
                    "NotificationType": kind,
                    "ComparisonOperator": "GREATER_THAN",
                    "Threshold": percent,
                },
                "Subscribers": subscribers,
            }
            for kind, percent in (("ACTUAL", 80), ("FORECASTED", 100))
        ],
    }


ONE_TARGET = "Set AlarmEmail or AlarmTopicArn, but not both. A topic can have any number of email addresses."
BUDGET_EMAIL = "MonthlyBudget needs AlarmEmail, the address that is told about it."
NO_BUDGETS = (
    "CloudFormation can't create budgets in this region. "
    "Set MonthlyBudget to 0, and create one in AWS Budgets."
)


@pytest.mark.parametrize(
    ("parameters", "problems"),
    [
        (ALARM_EMAIL, []),
        (ALARM_TOPIC, []),
        (BUDGET, []),
        (ALARM_EMAIL | ALARM_TOPIC, [ONE_TARGET]),
        ({"MonthlyBudget": "100"}, [BUDGET_EMAIL]),
        (ALARM_TOPIC | {"MonthlyBudget": "100"}, [BUDGET_EMAIL]),
    ],
)
def test_alarms_have_one_target_and_the_budget_an_address(
    parameters: dict[str, str], problems: list[str]
) -> None:
    assert broken_rules(**parameters) == problems


def test_a_budget_is_refused_where_cloudformation_has_none(
    source: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    (assertion,) = source["Rules"]["SupportedRegion"]["Assertions"]
    regions, _ = assertion["Assert"]["Fn::Contains"]
    refused = set()
    for region in regions:
        monkeypatch.setitem(PSEUDO_PARAMETERS, "AWS::Region", region)
        if NO_BUDGETS in broken_rules(**BUDGET):
            refused.add(region)
        assert NO_BUDGETS not in broken_rules(**ALARM_EMAIL)
    assert refused == {region for region in regions if not has_budgets(region)}


def has_budgets(region: str) -> bool:
    try:
        PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, "AWS::Budgets::Budget")
    except ResourceNotFoundError:
        return False
    return True


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AlarmEmail", "operations"),
        ("AlarmTopicArn", "operations"),
        ("AlarmTopicArn", "arn:aws:sns:us-east-1:123456789012:operations.fifo"),  # alarms can't use it
        ("DailyBilledCallsAlarm", "0"),
        ("MonthlyBudget", "99.50"),
        ("MonthlyBudget", "-1"),
        ("Dashboard", "yes"),
    ],
)
def test_rejects_a_value_that_the_deployment_would_fail_with(name: str, value: str) -> None:
    with pytest.raises(ParameterError):
        load(**{name: value})
