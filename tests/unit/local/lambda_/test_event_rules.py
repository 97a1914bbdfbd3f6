"""Rules with an event pattern: the template's own, and what isn't supported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from local.lambda_.event_rules import EventRules, load_event_rules
from local.settings import ROOT
from local.template.template import Template, TemplateError
from tests.cloud import SOURCES

TARGET = {"Id": "Cleanup", "Arn": {"Fn::GetAtt": ["CleanupFunction", "Arn"]}}
PATTERN = {"source": ["aws.s3"]}


def load(folder: Path, rule: dict[str, Any]) -> Template:
    """Return a template with a function, and with this rule."""
    resources = {
        "CleanupFunction": {
            "Type": "AWS::Serverless::Function",
            "Properties": {"Handler": "app.handler", "Runtime": "python3.13", "CodeUri": "src/"},
        },
        "Cleanup": {"Type": "AWS::Events::Rule", "Properties": rule},
    }
    path = folder / "template.yaml"
    path.write_text(yaml.safe_dump({"Transform": "AWS::Serverless-2016-10-31", "Resources": resources}))
    return Template.load(path)


def created(key: str, bucket: str = "archive") -> dict[str, Any]:
    return {
        "source": "aws.s3",
        "detail-type": "Object Created",
        "time": "2026-11-22T15:00:00Z",
        "detail": {"bucket": {"name": bucket}, "object": {"key": key, "size": 5, "etag": "e"}},
    }


@pytest.mark.parametrize("key", ["photos/a b+c%.jpg", 'photos/"quoted" \\ <key>', "photos/Räuber\n🐈"])
def test_the_processor_gets_what_the_template_makes_of_an_event(key: str) -> None:
    delivered: list[Any] = []
    rules = EventRules(
        Template.load(ROOT / "template.yaml", SOURCES), lambda name, event: delivered.append((name, event))
    )
    rules.publish(created(key))
    source = {
        "owner": "alice",
        "bucket": "archive",
        "key": key,
        "size": 5,
        "etag": "e",
        "time": "2026-11-22T15:00:00Z",
    }
    assert delivered == [("ProcessorFunction", {"sourceObject": source})]


def test_other_events_invoke_nothing() -> None:
    delivered: list[Any] = []
    rules = EventRules(Template.load(ROOT / "template.yaml", SOURCES), lambda *call: delivered.append(call))
    for event in (
        created("photo/a.jpg"),
        created("photos/a.jpg", "another"),
        {**created("photos/a.jpg"), "detail-type": "Object Deleted"},
    ):
        rules.publish(event)
    assert delivered == []


def test_without_an_owner_there_is_no_rule() -> None:
    assert load_event_rules(Template.load(ROOT / "template.yaml", {"SourceBucket": "archive"})) == []


def test_without_a_transformer_a_function_gets_the_event(tmp_path: Path) -> None:
    (rule,) = load_event_rules(load(tmp_path, {"EventPattern": PATTERN, "Targets": [TARGET]}))
    assert rule.input_of(created("a")) == created("a")


def test_a_disabled_rule_has_no_effect(tmp_path: Path) -> None:
    rule = {"EventPattern": PATTERN, "State": "DISABLED", "Targets": [TARGET]}
    assert load_event_rules(load(tmp_path, rule)) == []


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"EventBusName": "bus"}, "The local stack doesn't support EventBusName, in Cleanup."),
        (
            {"Targets": [{**TARGET, "InputPath": "$"}]},
            "The local stack doesn't support InputPath, in Cleanup.",
        ),
        (
            {"Targets": [{"Id": "Queue", "Arn": "arn:aws:sqs:us-east-1:123456789012:Jobs"}]},
            "The target of Cleanup must be a function.",
        ),
        (
            {"Targets": [{**TARGET, "InputTransformer": {"InputTemplate": '{"key": <key>}'}}]},
            "The input of Cleanup must have variables with paths such as $.detail.object.",
        ),
    ],
)
def test_rejects_what_it_cannot_do(tmp_path: Path, changed: dict[str, Any], message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        load_event_rules(load(tmp_path, {"EventPattern": PATTERN, "Targets": [TARGET], **changed}))
    assert str(caught.value) == message
