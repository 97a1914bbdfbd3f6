"""Find the messages of a queue that contain a text. SQS can't search, so every message has to be received."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_BATCH_SIZE = 10  # the maximum of ReceiveMessage
_HIDDEN_SECONDS = 600  # more than it takes to receive all; after an interruption, messages come back by then
WAIT_SECONDS = 2  # above 0, so that SQS asks all of its servers for messages


def count_messages(client: SQSClient, queue_url: str, text: str) -> int:
    """Return the number of messages whose body contains a text."""
    return _search(client, queue_url, text, delete=False)


def delete_messages(client: SQSClient, queue_url: str, text: str) -> int:
    """Delete the messages whose body contains a text; return their number."""
    return _search(client, queue_url, text, delete=True)


def _search(client: SQSClient, queue_url: str, text: str, *, delete: bool) -> int:
    found, kept = 0, []
    try:
        while messages := _receive(client, queue_url):
            for body, receipt in messages:
                found += text in body
                if delete and text in body:
                    client.delete_message(QueueUrl=queue_url, ReceiptHandle=receipt)
                else:
                    kept.append(receipt)
    finally:
        for receipt in kept:
            client.change_message_visibility(QueueUrl=queue_url, ReceiptHandle=receipt, VisibilityTimeout=0)
    return found


def _receive(client: SQSClient, queue_url: str) -> list[tuple[str, str]]:
    """Return the bodies and receipts of messages that aren't hidden, and hide them."""
    answer = client.receive_message(
        QueueUrl=queue_url,
        MaxNumberOfMessages=_BATCH_SIZE,
        VisibilityTimeout=_HIDDEN_SECONDS,
        WaitTimeSeconds=WAIT_SECONDS,
    )
    return [(message["Body"], message["ReceiptHandle"]) for message in answer.get("Messages", [])]
