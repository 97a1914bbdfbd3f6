"""Faults that pass, and one that does not: asynchronous retries, the retry queue, the dead-letter queue."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from local.rekognition import Rekognition
from tests.stack.client import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.stack.client import Picture, Pipeline

THROTTLED = "ProvisionedThroughputExceededException"
TRIES = 6  # that the processor makes in one attempt


@pytest.fixture
def faults(pipeline: Pipeline) -> Iterator[Callable[..., None]]:
    """Make Rekognition fail, until the test is over."""

    def fail(**fault: Any) -> None:
        pipeline.stack.rekognition.configure({"faults": {"DetectLabels": {"code": THROTTLED, **fault}}})

    yield fail
    pipeline.stack.rekognition.configure({"faults": {}})


def queue_url(pipeline: Pipeline, name: str) -> str:
    url: str = pipeline.stack.client("sqs").get_queue_url(QueueName=name)["QueueUrl"]
    return url


def messages_in(pipeline: Pipeline, name: str) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    sqs = pipeline.stack.client("sqs")
    counts = sqs.get_queue_attributes(QueueUrl=queue_url(pipeline, name), AttributeNames=names)["Attributes"]
    return sum(int(count) for count in counts.values())


def test_a_fault_that_passes_is_never_seen(
    pipeline: Pipeline, photograph: Callable[[], Picture], faults: Callable[..., None]
) -> None:
    picture = photograph()
    faults(count=TRIES)  # the whole first attempt
    pipeline.upload(picture)
    assert pipeline.finished(picture)["image"]["status"] == "done"


def test_a_fault_that_does_not_pass_ends_in_words_and_in_the_dead_letter_queue(
    pipeline: Pipeline, photograph: Callable[[], Picture], monkeypatch: pytest.MonkeyPatch
) -> None:
    picture, sqs = photograph(), pipeline.stack.client("sqs")
    asked: list[str] = []
    # what no retry within an attempt is for, so that eight attempts do not take half a minute
    nonsense = (200, {"Labels": [{"Parents": "some"}]})
    monkeypatch.setattr(Rekognition, "__call__", lambda self, name, *call: asked.append(name) or nonsense)
    pipeline.upload(picture)
    image = pipeline.finished(picture)["image"]
    assert (image["status"], image["reason"]["code"]) == ("failed", "unavailable")
    dead = queue_url(pipeline, "DeadLetterQueue")
    (message,) = sqs.receive_message(QueueUrl=dead, WaitTimeSeconds=20)["Messages"]
    sqs.delete_message(QueueUrl=dead, ReceiptHandle=message["ReceiptHandle"])
    record = json.loads(message["Body"])
    (told,) = record["requestPayload"]["Records"]
    assert told["s3"]["object"]["key"] == pipeline.key(picture)
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["requestContext"]["approximateInvokeCount"] == 3
    assert record["responsePayload"]["errorType"] == "TransientFault"
    assert asked == ["DetectLabels"] * 8  # three by Lambda itself, five from the retry queue
    assert messages_in(pipeline, "RetryQueue") == 0


def test_what_comes_back_through_the_retry_queue_is_done(
    pipeline: Pipeline,
    photograph: Callable[[], Picture],
    event_file: Callable[[str], Any],
    held: Callable[..., Any],
) -> None:
    picture = photograph()
    event = held(lambda: pipeline.upload(picture))
    record = json.loads(event_file("sqs-retry")["Records"][0]["body"]) | {"requestPayload": event}
    retry = queue_url(pipeline, "RetryQueue")
    pipeline.stack.client("sqs").send_message(QueueUrl=retry, MessageBody=json.dumps(record))
    assert pipeline.finished(picture)["image"]["status"] == "done"
    wait_until(lambda: messages_in(pipeline, "RetryQueue") == 0 or None)
