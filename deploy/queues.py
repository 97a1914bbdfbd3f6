"""Find the messages of a queue that contain a text. SQS can't search, so every message has to be received."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from mypy_boto3_sqs import SQSClient

_BATCH_SIZE = 10  # the maximum of ReceiveMessage
_HIDDEN_SECONDS = 600  # more than it takes to receive all; after an interruption, messages come back by then
WAIT_SECONDS = 2  # above 0, so that SQS asks all of its servers for messages


def count_messages(client: SQSClient, queue_url: str, *texts: str) -> int:
    """Return the number of messages whose body contains one of the texts."""
    return _search(client, queue_url, texts, delete=False)


def delete_messages(client: SQSClient, queue_url: str, *texts: str) -> int:
    """Delete the messages whose body contains one of the texts; return their number."""
    return _search(client, queue_url, texts, delete=True)


def _search(client: SQSClient, queue_url: str, texts: Collection[str], *, delete: bool) -> int:
    found, kept = 0, []
    try:
        while messages := _receive(client, queue_url):
            for body, receipt in messages:
                is_found = any(text in body for text in texts)
                found += is_found
                if delete and is_found:
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
