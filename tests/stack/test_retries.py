"""Transient errors: asynchronous retries, the retry queue, and the dead-letter queue."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from local.rekognition.service import Rekognition
from tests.stack.client import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.stack.client import Client, ImageFile, UploadAndCapture

THROTTLED = "ProvisionedThroughputExceededException"
CALLS_PER_ATTEMPT = 6  # retries within the processor included


def queue_url(client: Client, name: str) -> str:
    url: str = client.stack.client("sqs").get_queue_url(QueueName=name)["QueueUrl"]
    return url


def messages_in(client: Client, name: str) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    sqs = client.stack.client("sqs")
    counts = sqs.get_queue_attributes(QueueUrl=queue_url(client, name), AttributeNames=names)["Attributes"]
    return sum(int(count) for count in counts.values())


def test_retries_a_transient_error(
    client: Client, new_image: Callable[[], ImageFile], rekognition: Callable[..., None]
) -> None:
    image = new_image()
    rekognition(faults={"DetectLabels": {"code": THROTTLED, "count": CALLS_PER_ATTEMPT}})
    client.upload(image)
    assert client.wait_until_processed(image)["image"]["status"] == "done"


def test_records_a_permanent_fault_and_sends_it_to_the_dead_letter_queue(
    client: Client, new_image: Callable[[], ImageFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    image, sqs = new_image(), client.stack.client("sqs")
    operations: list[str] = []
    # not retried within an attempt: otherwise eight attempts would take half a minute
    malformed = (200, {"Labels": [{"Parents": "some"}]})

    def return_malformed(self: Rekognition, operation: str, *call: Any) -> tuple[int, Any]:
        operations.append(operation)
        return malformed

    monkeypatch.setattr(Rekognition, "__call__", return_malformed)
    client.upload(image)
    view = client.wait_until_processed(image)["image"]
    assert (view["status"], view["reason"]["code"]) == ("failed", "unavailable")
    dead = queue_url(client, "DeadLetterQueue")
    (message,) = sqs.receive_message(QueueUrl=dead, WaitTimeSeconds=20)["Messages"]
    sqs.delete_message(QueueUrl=dead, ReceiptHandle=message["ReceiptHandle"])
    record = json.loads(message["Body"])
    (s3_record,) = record["requestPayload"]["Records"]
    assert s3_record["s3"]["object"]["key"] == client.key(image)
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["requestContext"]["approximateInvokeCount"] == 3
    assert record["responsePayload"]["errorType"] == "TransientError"
    assert operations == ["DetectLabels"] * 8  # three attempts by Lambda, five from the retry queue
    assert messages_in(client, "RetryQueue") == 0


def test_processes_an_event_from_the_retry_queue(
    user: Client, upload_and_capture: UploadAndCapture, event_file: Callable[[str], Any]
) -> None:
    image, event = upload_and_capture()
    record = json.loads(event_file("sqs-retry")["Records"][0]["body"]) | {"requestPayload": event}
    retry = queue_url(user, "RetryQueue")
    user.stack.client("sqs").send_message(QueueUrl=retry, MessageBody=json.dumps(record))
    assert user.wait_until_processed(image)["image"]["status"] == "done"
    wait_until(lambda: messages_in(user, "RetryQueue") == 0 or None)
