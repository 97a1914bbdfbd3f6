"""DynamoDB event sources."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import yaml

from local.aws.table_changes import TableChange
from local.lambda_ import streams
from local.lambda_.environment import InvocationResult
from local.lambda_.streams import StreamMapping, TableStreams, load_stream_mappings, processed_count
from local.template.template import Template, TemplateError

MAPPING = StreamMapping("Table", "PublisherFunction", 3, ({"eventName": ["INSERT"]},), True)
OK = InvocationResult({"batchItemFailures": []}, False, "1")
FAILED = InvocationResult({"errorType": "E", "errorMessage": "broken"}, True, "1")


def item(name: str) -> dict[str, Any]:
    return {"pk": {"S": name}}


def insertion(name: str, table: str = "Table") -> TableChange:
    return TableChange(table, item(name), None, item(name))


def names(event: Any) -> str:
    return "".join(record["dynamodb"]["Keys"]["pk"]["S"] for record in event["Records"])


class Function:
    """Returns the given results, then success; keeps the events."""

    def __init__(self, *results: Callable[[Any], InvocationResult]) -> None:
        self.results = list(results)
        self.events: queue.Queue[Any] = queue.Queue()

    def __call__(self, function_id: str, event: Any) -> InvocationResult:
        assert function_id == "PublisherFunction"
        result = self.results.pop(0)(event) if self.results else OK
        self.events.put(event)
        return result


def fail_from(position: int) -> Callable[[Any], InvocationResult]:
    def result(event: Any) -> InvocationResult:
        number = event["Records"][position]["dynamodb"]["SequenceNumber"]
        return InvocationResult({"batchItemFailures": [{"itemIdentifier": number}]}, False, "1")

    return result


@pytest.fixture
def lines() -> list[str]:
    return []


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch, lines: list[str]) -> Iterator[Callable[..., TableStreams]]:
    """Start the streams of a function, after these changes."""
    monkeypatch.setattr(streams, "_MIN_DELAY", 0.001)
    with ExitStack() as cleanup:

        def start(function: Function, *changes: TableChange) -> TableStreams:
            found = TableStreams([MAPPING], function, lambda name, line: lines.append(f"{name}: {line}"))
            found.append(changes)
            found.start()
            cleanup.callback(found.stop)
            return found

        yield start


def test_invokes_the_function_with_a_change_as_lambda_does(start) -> None:
    function = Function()
    start(function).append([insertion("a")])
    event = function.events.get(timeout=10)
    (record,) = event["Records"]
    change = record["dynamodb"]
    assert len(record.pop("eventID")) == 32
    assert isinstance(change.pop("ApproximateCreationDateTime"), int)
    assert change.pop("SequenceNumber").isdecimal()
    assert record == {
        "eventName": "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "us-east-1",
        "dynamodb": {
            "Keys": item("a"),
            "NewImage": item("a"),
            "SizeBytes": 40,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
        "eventSourceARN": "arn:aws:dynamodb:us-east-1:123456789012:table/Table/stream/local",
    }


@pytest.mark.parametrize(
    ("old", "new", "name", "images"),
    [
        (None, item("n"), "INSERT", {"NewImage"}),
        (item("o"), item("n"), "MODIFY", {"NewImage", "OldImage"}),
        (item("o"), None, "REMOVE", {"OldImage"}),
    ],
)
def test_a_record_says_what_happened(old: Any, new: Any, name: str, images: set[str]) -> None:
    record = streams.stream_record(TableChange("Table", item("a"), old, new), 7)
    assert (record["eventName"], record["dynamodb"]["SequenceNumber"]) == (name, "7")
    assert record["dynamodb"].keys() & {"NewImage", "OldImage"} == images


def test_a_record_has_binary_values_in_base64() -> None:
    values = {
        "data": {"B": b"\xff\x00"},
        "set": {"BS": [b"\xff", b"\x00"]},
        "map": {"M": {"list": {"L": [{"B": b"a"}]}}},
    }
    image = streams.stream_record(TableChange("Table", item("a"), None, {**item("a"), **values}), 7)
    assert image["dynamodb"]["NewImage"] == {
        **item("a"),
        "data": {"B": "/wA="},
        "set": {"BS": ["/w==", "AA=="]},
        "map": {"M": {"list": {"L": [{"B": "YQ=="}]}}},
    }


def test_only_changes_that_pass_the_filter_invoke_the_function(start) -> None:
    function = Function()
    changes = [
        TableChange("Table", item("x"), item("x"), None),
        insertion("y", "OtherTable"),
        insertion("a"),
    ]
    found = start(function, *changes)
    assert names(function.events.get(timeout=10)) == "a"
    wait_until_delivered(found)
    assert function.events.empty()


def test_batches_are_limited_and_in_order_with_growing_numbers(start) -> None:
    function = Function()
    found = start(function, *map(insertion, "abcde"))
    events = [function.events.get(timeout=10) for _ in range(2)]
    assert [names(event) for event in events] == ["abc", "de"]
    numbers = [int(record["dynamodb"]["SequenceNumber"]) for event in events for record in event["Records"]]
    assert numbers == sorted(set(numbers))
    wait_until_delivered(found)


@pytest.mark.parametrize(
    ("first", "batches"),
    [
        (lambda event: FAILED, ["abc", "abc", "d"]),
        (fail_from(0), ["abc", "abc", "d"]),
        (fail_from(1), ["abc", "bcd"]),
        (fail_from(2), ["abc", "cd"]),
    ],
)
def test_a_batch_is_repeated_from_the_first_record_that_failed(start, first: Any, batches: list[str]) -> None:
    function = Function(first)
    found = start(function, *map(insertion, "abcd"))
    assert [names(function.events.get(timeout=10)) for _ in batches] == batches
    wait_until_delivered(found)
    assert function.events.empty()


def test_a_failed_invocation_is_logged_and_an_unexpected_error_ends_nothing(start, lines: list[str]) -> None:
    def crash(event: Any) -> InvocationResult:
        raise RuntimeError("no memory")

    function = Function(lambda event: FAILED, crash)
    wait_until_delivered(start(function, insertion("a")))
    assert lines == [
        "PublisherFunction: A batch of the stream failed: E: broken",
        "PublisherFunction: A batch of the stream failed: RuntimeError: no memory",
    ]


def test_tells_how_old_the_oldest_waiting_record_is(monkeypatch: pytest.MonkeyPatch) -> None:
    found = TableStreams([MAPPING], Function())  # not started
    assert found.ages() == {"PublisherFunction": 0.0}
    times = iter([1000.0, 1030.0, 1090.0])
    monkeypatch.setattr("local.lambda_.streams.time.time", lambda: next(times))
    found.append([insertion("a")])
    found.append([insertion("b")])
    assert found.ages() == {"PublisherFunction": 90.0}


def test_a_batch_is_not_larger_than_lambda_accepts(start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "_MAX_BATCH_BYTES", 1)
    function = Function()
    wait_until_delivered(start(function, *map(insertion, "ab")))
    assert [names(function.events.get(timeout=10)) for _ in range(2)] == ["a", "b"]


@pytest.mark.parametrize(
    ("payload", "failed", "reports", "count"),
    [
        (None, False, True, 3),
        ({}, False, True, 3),
        ({"batchItemFailures": None}, False, True, 3),
        ({"batchItemFailures": [{"itemIdentifier": "2"}]}, False, True, 1),
        ({"batchItemFailures": [{"itemIdentifier": "3"}, {"itemIdentifier": "2"}]}, False, True, 1),
        ({"batchItemFailures": [{"itemIdentifier": "2"}]}, False, False, 3),
        ({"batchItemFailures": [{"itemIdentifier": "9"}]}, False, True, 0),
        ({"batchItemFailures": [{"itemIdentifier": ""}]}, False, True, 0),
        ("done", False, True, 0),
        ({"errorType": "E", "errorMessage": ""}, True, True, 0),
    ],
)
def test_interprets_batch_responses_like_lambda(
    payload: Any, failed: bool, reports: bool, count: int
) -> None:
    assert processed_count(InvocationResult(payload, failed, "1"), ["1", "2", "3"], reports) == count


def load(folder: Path, changes: dict[str, Any], view: str = "NEW_AND_OLD_IMAGES") -> list[StreamMapping]:
    mapping = {
        "FunctionName": {"Ref": "PublisherFunction"},
        "EventSourceArn": {"Fn::GetAtt": ["Table", "StreamArn"]},
        "StartingPosition": "TRIM_HORIZON",
        **changes,
    }
    resources = {
        "Table": {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {"TableName": "images", "StreamSpecification": {"StreamViewType": view}},
        },
        "PublisherFunction": {
            "Type": "AWS::Serverless::Function",
            "Properties": {
                "Handler": "app.handler",
                "Runtime": "python3.13",
                "CodeUri": "src/",
            },
        },
        "Mapping": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": mapping},
    }
    path = folder / "template.yaml"
    path.write_text(yaml.safe_dump({"Transform": "AWS::Serverless-2016-10-31", "Resources": resources}))
    return load_stream_mappings(Template.load(path))


def test_reads_the_mappings_of_the_template(tmp_path: Path) -> None:
    filters = {"Filters": [{"Pattern": '{"eventName": ["INSERT"]}'}]}
    changes = {
        "BatchSize": 3,
        "FilterCriteria": filters,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
    }
    assert load(tmp_path, changes) == [
        StreamMapping("images", "PublisherFunction", 3, ({"eventName": ["INSERT"]},), True)
    ]
    assert load(tmp_path, {}) == [StreamMapping("images", "PublisherFunction", 100, (), False)]


def test_refuses_what_it_does_not_support(tmp_path: Path) -> None:
    with pytest.raises(TemplateError) as caught:
        load(tmp_path, {"MaximumBatchingWindowInSeconds": 5})
    assert str(caught.value) == (
        "The local stack doesn't support MaximumBatchingWindowInSeconds, in Mapping."
    )
    with pytest.raises(TemplateError) as caught:
        load(tmp_path, {}, "KEYS_ONLY")
    assert str(caught.value) == "The stream of images must have the view type NEW_AND_OLD_IMAGES."


def wait_until_delivered(found: TableStreams) -> None:
    while found.undelivered:
        Event().wait(0.001)
