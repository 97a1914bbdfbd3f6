"""The alarms that a fault causes at once on a running stack. docs/runbook.md has an exercise for each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from catalog.keys import record_key
from common.object_keys import MAX_IMAGE_KEY_BYTES
from common.time import format_rfc3339, now
from tests.stack.client import Client, ImageFile, UploadAndCapture, wait_until

if TYPE_CHECKING:
    from local.stack import Stack


@pytest.fixture(autouse=True)
def _from_zero(stack: Stack) -> Iterator[None]:
    """Forget what other tests did, and end the faults of this one."""
    stack.cloudwatch.reset()
    yield
    stack.faults.configure({"reset": True})
    stack.cloudwatch.reset()


def is_on(stack: Stack, name: str) -> bool:
    """Whether an alarm is on, given by its name without the stack's."""
    (state,) = [
        alarm["state"] for alarm in stack.cloudwatch.alarms()["alarms"] if alarm["name"] == f"local-{name}"
    ]
    return bool(state == "ALARM")


def wait_for(stack: Stack, name: str) -> None:
    wait_until(lambda: is_on(stack, name) or None)


def test_an_outage_of_storage_and_an_end_of_it(stack: Stack, user: Client) -> None:
    stack.faults.configure({"errors": 1})
    for number in range(5):
        assert user.request_upload(ImageFile(f"picture {number}".encode()).request).status == 500
    wait_for(stack, "api-errors")
    stack.faults.configure({"reset": True})
    stack.cloudwatch.reset()
    assert user.request_upload(ImageFile(b"picture").request).status == 201
    assert not is_on(stack, "api-errors")


def test_functions_that_lambda_refuses(stack: Stack) -> None:
    stack.faults.configure({"throttles": 1})
    assert stack.functions.invoke("RecoveryFunction", {}).is_throttled
    wait_for(stack, "function-throttles")


def test_a_function_that_dies(stack: Stack) -> None:
    stack.faults.configure({"kills": 1})
    for _ in range(3):  # it may be done before it is killed
        stack.functions.invoke("RecoveryFunction", {})
    wait_for(stack, "function-errors")


def test_a_picture_that_waited_for_its_result(
    stack: Stack, user: Client, upload_and_capture: UploadAndCapture
) -> None:
    image, event = upload_and_capture()
    stack.client("dynamodb").update_item(
        TableName="CatalogTable",
        Key={name: {"S": value} for name, value in record_key(user.owner, image.id).items()},
        UpdateExpression="SET uploadedAt = :earlier",
        ExpressionAttributeValues={":earlier": {"S": format_rfc3339(now() - timedelta(minutes=2))}},
    )
    assert not stack.functions.invoke("ProcessorFunction", event).failed
    wait_for(stack, "slow-results")


def test_an_event_that_no_document_tells_of(stack: Stack, user: Client) -> None:
    user.put_directly("k" * (MAX_IMAGE_KEY_BYTES + 1), b"picture")
    wait_for(stack, "invalid-events")


def test_a_dead_letter(stack: Stack) -> None:
    sqs = stack.client("sqs")
    url = sqs.get_queue_url(QueueName="DeadLetterQueue")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="{}")
    try:
        wait_for(stack, "dead-letters")
    finally:
        sqs.purge_queue(QueueUrl=url)
    assert not is_on(stack, "dead-letters")
