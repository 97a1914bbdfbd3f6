"""Events: what EventBusName adds to the stack, and what it costs without."""

from __future__ import annotations

from typing import Any

import pytest

from local.lambda_.streams import load_stream_mappings
from local.template.parameters import ParameterError
from local.template.template import Template
from tests.cloud import EVENTS
from tests.template.support import allowed, load, statements

STREAM = "arn:aws:dynamodb:us-east-1:123456789012:table/CatalogTable/stream/local"
READ_STREAM = {
    ("dynamodb:DescribeStream", STREAM),
    ("dynamodb:GetShardIterator", STREAM),
    ("dynamodb:GetRecords", STREAM),
    ("dynamodb:ListStreams", "*"),
}


@pytest.fixture(scope="module")
def with_events() -> Template:
    return load(**EVENTS)


def test_without_a_bus_there_is_no_stream_and_no_publisher(template: Template) -> None:
    table = template.resources("AWS::DynamoDB::Table")["CatalogTable"]
    assert "StreamSpecification" not in table
    assert load_stream_mappings(template) == []


def test_only_what_publishes_is_added(template: Template, with_events: Template, source: Any) -> None:
    added = set()
    for kind in {resource["Type"] for resource in source["Resources"].values()} | {
        "AWS::Lambda::Function",
        "AWS::Lambda::EventSourceMapping",
        "AWS::IAM::Role",
    }:
        before, after = template.resources(kind), with_events.resources(kind)
        added |= {name for name in after if name not in before}
        changed = {name for name in before if before[name] != after.get(name)}
        assert changed <= {"CatalogTable"}
    assert added == {
        "PublisherFunction",
        "PublisherFunctionRole",
        "PublisherMapping",
        "PublisherLogGroup",
    }
    table = with_events.resources("AWS::DynamoDB::Table")["CatalogTable"]
    assert table["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}


def test_the_publisher_may_read_the_stream_of_its_own_table_only(with_events: Template) -> None:
    assert allowed(with_events, "PublisherFunction") >= READ_STREAM
    assert len(statements(with_events, "PublisherFunction")) == 1 + len(READ_STREAM)
    role = with_events.resources("AWS::IAM::Role")["PublisherFunctionRole"]
    assert sorted(arn.rpartition("/")[2] for arn in role["ManagedPolicyArns"]) == [
        "AWSLambdaBasicExecutionRole",  # for its log
        "AWSXrayWriteOnlyAccess",  # for its traces; SAM attaches both
    ]


@pytest.mark.parametrize("bus", ["default", "pictures.events_1-a"])
def test_the_publisher_may_put_events_on_its_bus_only(bus: str) -> None:
    template = load(EventBusName=bus)
    arn = f"arn:aws:events:us-east-1:123456789012:event-bus/{bus}"
    assert allowed(template, "PublisherFunction") - READ_STREAM == {("events:PutEvents", arn)}
    variables = template.resources("AWS::Lambda::Function")["PublisherFunction"]["Environment"]["Variables"]
    assert (variables["EVENT_BUS_NAME"], variables["METRICS_NAMESPACE"]) == (bus, "local")


def test_the_publisher_reads_the_stream_from_its_beginning_at_once_and_until_it_succeeds(
    with_events: Template,
) -> None:
    mapping = with_events.resources("AWS::Lambda::EventSourceMapping")["PublisherMapping"]
    del mapping["FilterCriteria"]  # tests/unit/publisher compares it with the events
    # By default there is no batching window, and a batch is repeated until its records expire.
    assert mapping == {
        "EventSourceArn": STREAM,
        "FunctionName": "PublisherFunction",
        "StartingPosition": "TRIM_HORIZON",
        "BatchSize": 100,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
    }


def test_lambda_accepts_the_filters(with_events: Template) -> None:
    (mapping,) = load_stream_mappings(with_events)
    assert {name for pattern in mapping.patterns for name in pattern} == {"dynamodb"}
    assert 1 <= len(mapping.patterns) <= 5  # Lambda's default quota


@pytest.mark.parametrize("name", ["my bus", "arn:aws:events:us-east-1:123456789012:event-bus/x", "a" * 257])
def test_refuses_what_is_not_the_name_of_a_bus(name: str) -> None:
    with pytest.raises(ParameterError) as caught:
        load(EventBusName=name)
    assert str(caught.value) == (
        f"The parameter EventBusName can't be {name!r}: "
        "it must be empty, or the name of an event bus, such as default or pictures."
    )
