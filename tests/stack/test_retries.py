"""Transient errors: asynchronous retries, the retry queue, and the dead-letter queue."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from local.rekognition.service import Rekognition
from tests.stack.client import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from tests.stack.client import Client, ImageFile, UploadAndCapture

THROTTLED = "ProvisionedThroughputExceededException"


def queue_url(client: Client, name: str) -> str:
    url: str = client.stack.client("sqs").get_queue_url(QueueName=name)["QueueUrl"]
    return url


def messages_in(client: Client, name: str) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    sqs = client.stack.client("sqs")
    counts = sqs.get_queue_attributes(QueueUrl=queue_url(client, name), AttributeNames=names)["Attributes"]
    return sum(int(count) for count in counts.values())


def test_recognizes_a_throttled_picture_from_the_retry_queue(
    user: Client, new_image: Callable[[], ImageFile], rekognition: Callable[..., None]
) -> None:
    image = new_image()
    rekognition(faults={"DetectLabels": {"code": THROTTLED, "count": 2}})  # once in each of two tries
    user.upload(image)
    assert_recognized_once(user, image)


@pytest.fixture
def outage(monkeypatch: pytest.MonkeyPatch) -> Callable[[], AbstractContextManager[list[str]]]:
    """Make every call to Rekognition fail within a `with` block, which yields the called operations."""

    @contextmanager
    def break_rekognition() -> Iterator[list[str]]:
        operations: list[str] = []
        # not retried within a try: otherwise all tries would take minutes
        malformed = (200, {"Labels": [{"Parents": "some"}]})

        def return_malformed(self: Rekognition, operation: str, *call: Any) -> tuple[int, Any]:
            operations.append(operation)
            return malformed

        with monkeypatch.context() as patch:
            patch.setattr(Rekognition, "__call__", return_malformed)
            yield operations

    return break_rekognition


@pytest.fixture
def storage_outage(client: Client) -> Callable[[], AbstractContextManager[None]]:
    """Make every call to S3, DynamoDB and SQS by a function fail within a `with` block."""

    @contextmanager
    def break_storage() -> Iterator[None]:
        client.stack.faults.configure({"errors": 1})
        try:
            yield
        finally:
            client.stack.faults.configure({"reset": True})

    return break_storage


def take_dead_letter(client: Client) -> str:
    """Wait for a message in the dead-letter queue, remove it, and return its body."""
    sqs, url = client.stack.client("sqs"), queue_url(client, "DeadLetterQueue")
    (message,) = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    body: str = message["Body"]
    return body


def fail_as_unavailable(client: Client, image: ImageFile) -> None:
    client.upload(image)
    view = client.wait_until_processed(image)["image"]
    assert (view["status"], view["reason"]["code"]) == ("failed", "unavailable")


@pytest.fixture
def unavailable(
    user: Client,
    new_image: Callable[[], ImageFile],
    outage: Callable[[], AbstractContextManager[list[str]]],
) -> tuple[ImageFile, str]:
    """A picture that failed in an outage, which is over, and the body of its dead letter."""
    image = new_image()
    with outage():
        fail_as_unavailable(user, image)
        return image, take_dead_letter(user)


def assert_recognized_once(user: Client, image: ImageFile) -> None:
    """Assert that the user's only image is done, and is listed, counted and billed once."""
    body = user.wait_until_processed(image)
    assert body["image"]["status"] == "done", body
    assert body["result"]["Recognition"]["BilledCalls"] == 1
    (label, *_) = user.label_counts()
    assert user.image_ids() == user.image_ids(label=label) == [image.id]
    assert set(user.label_counts().values()) == {1}
    totals = user.call("GET", "/labels").document["thisMonth"]
    assert (totals["images"], totals["billedCalls"]) == (1, 1)


@pytest.mark.parametrize("service", ["Rekognition", "S3 and DynamoDB"])
def test_a_picture_that_arrives_in_an_outage_is_recognized_afterward(
    user: Client,
    upload_and_capture: UploadAndCapture,
    outage: Callable[[], AbstractContextManager[list[str]]],
    storage_outage: Callable[[], AbstractContextManager[None]],
    service: str,
) -> None:
    """How long an outage may last follows from the template: see tests/template/test_functions.py."""
    image, event = upload_and_capture()
    with outage() if service == "Rekognition" else storage_outage():
        user.stack.functions.invoke_async("ProcessorFunction", event)
        wait_until(lambda: messages_in(user, "RetryQueue") or None)  # after the first try
    assert_recognized_once(user, image)


def test_records_a_permanent_fault_and_sends_it_to_the_dead_letter_queue(
    client: Client,
    new_image: Callable[[], ImageFile],
    outage: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    image = new_image()
    with outage() as operations:
        fail_as_unavailable(client, image)
    record = json.loads(take_dead_letter(client))
    (s3_record,) = record["requestPayload"]["Records"]
    assert s3_record["s3"]["object"]["key"] == client.key(image)
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["requestContext"]["approximateInvokeCount"] == 1
    assert record["responsePayload"]["errorType"] == "TransientError"
    assert operations == ["DetectLabels"] * 21  # the first try, and twenty from the retry queue
    assert messages_in(client, "RetryQueue") == 0


def test_a_redriven_message_is_processed_after_an_outage(
    user: Client, unavailable: tuple[ImageFile, str]
) -> None:
    image, redriven = unavailable
    # as SQS redrives a message: a new one with the same body
    user.stack.client("sqs").send_message(QueueUrl=queue_url(user, "RetryQueue"), MessageBody=redriven)
    wait_until(lambda: user.get_image(image.id).document["image"]["status"] != "failed" or None)
    assert_recognized_once(user, image)
    wait_until(lambda: messages_in(user, "RetryQueue") == 0 or None)
    assert messages_in(user, "DeadLetterQueue") == 0


def test_a_person_retries_a_picture_after_an_outage(user: Client, unavailable: tuple[ImageFile, str]) -> None:
    image, dead = unavailable
    statuses = [user.retry(image.id).status for _ in range(3)]
    assert statuses[0] == 202
    assert set(statuses) <= {202, 200}
    assert_recognized_once(user, image)
    # the message of the first failure is harmless
    user.stack.client("sqs").send_message(QueueUrl=queue_url(user, "RetryQueue"), MessageBody=dead)
    wait_until(lambda: messages_in(user, "RetryQueue") == 0 or None)
    assert_recognized_once(user, image)
    assert messages_in(user, "DeadLetterQueue") == 0


def test_a_picture_without_its_file_cannot_be_retried(
    user: Client, unavailable: tuple[ImageFile, str]
) -> None:
    image, _ = unavailable
    user.s3.delete_object(Bucket=user.input, Key=user.key(image))
    response = user.retry(image.id)
    assert (response.status, response.document["code"]) == (409, "not-retryable")
    user.upload(image)
    assert user.wait_until_processed(image)["image"]["status"] == "done"


def test_processes_an_event_from_the_retry_queue(
    user: Client, upload_and_capture: UploadAndCapture, event_file: Callable[[str], Any]
) -> None:
    image, event = upload_and_capture()
    record = json.loads(event_file("sqs-retry")["Records"][0]["body"]) | {"requestPayload": event}
    retry = queue_url(user, "RetryQueue")
    user.stack.client("sqs").send_message(QueueUrl=retry, MessageBody=json.dumps(record))
    assert user.wait_until_processed(image)["image"]["status"] == "done"
    wait_until(lambda: messages_in(user, "RetryQueue") == 0 or None)
