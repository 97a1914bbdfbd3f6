from __future__ import annotations

import queue
from pathlib import Path
from typing import Any

import pytest
import yaml

from local.lambda_.schedules import Schedule, Scheduler, load_schedules, rate_seconds, scheduled_event
from local.template.template import Template, TemplateError

HOURLY = {"Type": "Schedule", "Properties": {"Schedule": "rate(1 hour)"}}
FUNCTION = {
    "Type": "AWS::Serverless::Function",
    "Properties": {"Handler": "app.handler", "Runtime": "python3.13", "CodeUri": "src/"},
}
TO_QUEUE = {"Id": "Queue", "Arn": "arn:aws:sqs:us-east-1:123456789012:Jobs"}
TO_FUNCTION = {"Id": "Cleanup", "Arn": {"Fn::GetAtt": ["CleanupFunction", "Arn"]}}


def load(folder: Path, events: dict[str, Any], rules: dict[str, Any] | None = None) -> Template:
    """Return a template with a function that has these events, and with these rules."""
    function = {**FUNCTION, "Properties": {**FUNCTION["Properties"], "Events": events}}  # type: ignore[dict-item]
    resources = {
        "CleanupFunction": function,
        **{
            name: {"Type": "AWS::Events::Rule", "Properties": properties}
            for name, properties in (rules or {}).items()
        },
    }
    path = folder / "template.yaml"
    path.write_text(yaml.safe_dump({"Transform": "AWS::Serverless-2016-10-31", "Resources": resources}))
    return Template.load(path)


def test_reads_the_schedules_of_a_function(tmp_path: Path) -> None:
    disabled = {"Type": "Schedule", "Properties": {"Schedule": "rate(2 days)", "State": "DISABLED"}}
    template = load(tmp_path, {"Hourly": HOURLY, "Never": disabled})
    assert load_schedules(template) == [Schedule("CleanupFunctionHourly", "CleanupFunction", 3600)]


@pytest.mark.parametrize(
    ("expression", "seconds"),
    [
        ("rate(1 minute)", 60),
        ("rate(5 minutes)", 300),
        ("rate(1 hour)", 3600),
        ("rate(12 hours)", 43200),
        ("rate(1 day)", 86400),
        ("rate(7 days)", 604800),
    ],
)
def test_reads_a_rate(expression: str, seconds: int) -> None:
    assert rate_seconds("Rule", expression) == seconds


@pytest.mark.parametrize(
    "expression",
    ["cron(0 * * * ? *)", "rate(1 hours)", "rate(2 hour)", "rate(0 hours)", "rate(1 second)"],
)
def test_rejects_another_expression(expression: str) -> None:
    with pytest.raises(TemplateError) as caught:
        rate_seconds("CleanupRule", expression)
    assert str(caught.value) == (
        f"The schedule of CleanupRule is {expression!r}. The local stack supports rate expressions, "
        "such as rate(1 hour) or rate(5 minutes)."
    )


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (
            {"ScheduleExpression": "rate(1 day)", "RoleArn": "arn", "Targets": [TO_FUNCTION]},
            "The local stack doesn't support RoleArn, in Cleanup.",
        ),
        (
            {"Targets": [TO_FUNCTION]},
            "The local stack doesn't support a rule without a ScheduleExpression, in Cleanup.",
        ),
        (
            {"ScheduleExpression": "rate(1 hour)", "Targets": [{**TO_FUNCTION, "Input": "{}"}]},
            "The local stack doesn't support Input, in a target of Cleanup.",
        ),
        (
            {"ScheduleExpression": "rate(1 hour)", "Targets": [TO_QUEUE]},
            "The target of Cleanup must be a function.",
        ),
    ],
)
def test_rejects_what_it_cannot_run(tmp_path: Path, rule: dict[str, Any], message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        load_schedules(load(tmp_path, {}, {"Cleanup": rule}))
    assert str(caught.value) == message


def test_sends_the_event_that_eventbridge_sends() -> None:
    event = scheduled_event(Schedule("CleanupRule", "CleanupFunction", 3600))
    assert len(event.pop("id")) == 36
    assert len(event.pop("time")) == len("2026-11-22T15:00:00Z")
    assert event == {
        "version": "0",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "123456789012",
        "region": "us-east-1",
        "resources": ["arn:aws:events:us-east-1:123456789012:rule/CleanupRule"],
        "detail": {},
    }


def test_invokes_the_function_until_it_is_stopped() -> None:
    invoked: queue.Queue[tuple[str, Any]] = queue.Queue()
    schedule = Schedule("CleanupRule", "CleanupFunction", 3600)
    scheduler = Scheduler([schedule], lambda *call: invoked.put(call), speedup=360_000)
    scheduler.start()
    calls = [invoked.get(timeout=5) for _ in range(2)]
    scheduler.stop()
    assert [(function_id, event["source"]) for function_id, event in calls] == [
        ("CleanupFunction", "aws.events")
    ] * 2
    with invoked.mutex:
        invoked.queue.clear()
    with pytest.raises(queue.Empty):
        invoked.get(timeout=0.05)


def test_an_hour_is_a_minute_by_default() -> None:
    waits: list[float] = []

    class Stopped:
        def wait(self, seconds: float) -> bool:
            waits.append(seconds)
            return True

    scheduler = Scheduler([], lambda function_id, event: None)
    scheduler._stopping = Stopped()  # type: ignore[assignment]
    scheduler._run(Schedule("CleanupRule", "CleanupFunction", 3600))
    assert waits == [60.0]
