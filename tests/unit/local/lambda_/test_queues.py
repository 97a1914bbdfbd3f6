from __future__ import annotations

import queue
import threading
from dataclasses import replace
from typing import Any

import pytest

from local.lambda_.environment import InvocationResult
from local.lambda_.functions import EventSourceMapping
from local.lambda_.queues import QueuePollers, failed_message_ids

MAPPING = EventSourceMapping(
    queue="RetryQueue", function_id="ProcessorFunction", batch_size=10, concurrency=1, reports_failures=True
)
MESSAGES = [
    {
        "MessageId": name,
        "ReceiptHandle": f"handle {name}",
        "Body": f"body {name}",
        "MD5OfBody": "00",
        "Attributes": {"ApproximateReceiveCount": "1"},
        "MessageAttributes": {"Kind": {"DataType": "String", "StringValue": "x"}},
    }
    for name in ("a", "b")
]


class FakeSqs:
    """Delivers its messages once, and records what the poller does with them."""

    def __init__(self) -> None:
        self.batches = [MESSAGES]
        self.done: queue.Queue[dict[str, Any]] = queue.Queue()
        self.received: dict[str, Any] = {}

    def get_queue_url(self, QueueName: str) -> dict[str, str]:  # noqa: N803 -- boto3's parameter name
        return {"QueueUrl": f"http://sqs/{QueueName}"}

    def get_queue_attributes(self, **arguments: Any) -> dict[str, Any]:
        return {"Attributes": {"VisibilityTimeout": "360"}}

    def receive_message(self, **arguments: Any) -> dict[str, Any]:
        self.received = arguments
        return {"Messages": self.batches.pop()} if self.batches else {}

    def delete_message(self, **arguments: Any) -> None:
        self.done.put({"deleted": arguments})

    def change_message_visibility(self, **arguments: Any) -> None:
        self.done.put({"returned": arguments})


@pytest.mark.parametrize(("speedup", "seconds"), [(60, 6), (1200, 0)])
def test_deletes_processed_messages_and_returns_failed_ones(speedup: float, seconds: int) -> None:
    sqs, events = FakeSqs(), queue.Queue[Any]()

    def invoke(function_id: str, event: Any) -> InvocationResult:
        events.put((function_id, event))
        return InvocationResult({"batchItemFailures": [{"itemIdentifier": "b"}]}, False, "1")

    pollers = QueuePollers(sqs, [MAPPING], invoke, speedup)  # type: ignore[arg-type]
    pollers.start()
    done = [sqs.done.get(timeout=10) for _ in MESSAGES]
    pollers.stop()
    url = "http://sqs/RetryQueue"
    assert done == [
        {"deleted": {"QueueUrl": url, "ReceiptHandle": "handle a"}},
        {"returned": {"QueueUrl": url, "ReceiptHandle": "handle b", "VisibilityTimeout": seconds}},
    ]
    function_id, event = events.get_nowait()
    assert function_id == "ProcessorFunction"
    assert [record["messageId"] for record in event["Records"]] == ["a", "b"]
    assert event["Records"][0] == {
        "messageId": "a",
        "receiptHandle": "handle a",
        "body": "body a",
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {
            "Kind": {"dataType": "String", "stringValue": "x", "stringListValues": [], "binaryListValues": []}
        },
        "md5OfBody": "00",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:RetryQueue",
        "awsRegion": "us-east-1",
    }


def test_a_poller_survives_an_unexpected_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.lambda_.queues._ERROR_DELAY", 0)
    sqs, logged = FakeSqs(), queue.Queue[str]()
    sqs.batches = [MESSAGES, MESSAGES]

    def invoke(function_id: str, event: Any) -> InvocationResult:
        if logged.empty():
            raise RuntimeError("broken")
        return InvocationResult(None, False, "1")

    pollers = QueuePollers(sqs, [MAPPING], invoke, log=lambda name, line: logged.put(line))  # type: ignore[arg-type]
    pollers.start()
    assert "deleted" in sqs.done.get(timeout=10)
    pollers.stop()
    assert logged.get_nowait() == "Polling failed: RuntimeError: broken"


@pytest.mark.parametrize(("concurrency", "most", "pollers"), [(5, 2, 2), (5, 9, 5)])
def test_starts_a_poller_for_each_concurrent_batch_up_to_a_limit(
    concurrency: int, most: int, pollers: int
) -> None:
    polling = threading.Barrier(pollers + 1)
    ended = threading.Event()

    class IdleSqs(FakeSqs):
        def receive_message(self, **arguments: Any) -> dict[str, Any]:
            if not ended.is_set():
                polling.wait(10)  # passes only if so many threads poll
                ended.wait(10)
            return {}

    mapping, sqs = replace(MAPPING, concurrency=concurrency), IdleSqs()
    started = QueuePollers(sqs, [mapping], lambda *call: None, max_concurrency=most)  # type: ignore[arg-type]
    started.start()
    polling.wait(10)
    assert polling.n_waiting == 0
    ended.set()
    started.stop()


@pytest.mark.parametrize(
    ("payload", "failed", "reports", "expected"),
    [
        (None, False, True, set()),
        ({}, False, True, set()),
        ({"batchItemFailures": []}, False, True, set()),
        ({"batchItemFailures": None}, False, True, set()),
        ({"batchItemFailures": [{"itemIdentifier": "b"}]}, False, True, {"b"}),
        ({"batchItemFailures": [{"itemIdentifier": "b"}]}, False, False, set()),
        ({"batchItemFailures": [{"itemIdentifier": "x"}]}, False, True, {"a", "b"}),
        ({"batchItemFailures": [{"id": "a"}]}, False, True, {"a", "b"}),
        ("done", False, True, {"a", "b"}),
        ({"errorType": "E", "errorMessage": ""}, True, True, {"a", "b"}),
        ({"errorType": "E", "errorMessage": ""}, True, False, {"a", "b"}),
    ],
)
def test_interprets_batch_responses_like_lambda(
    payload: Any, failed: bool, reports: bool, expected: set[str]
) -> None:
    assert failed_message_ids(InvocationResult(payload, failed, "1"), ["a", "b"], reports) == expected
