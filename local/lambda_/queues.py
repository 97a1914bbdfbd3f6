"""SQS event sources: pollers that hand a queue's messages to a function."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from local.lambda_.environment import InvocationResult
from local.lambda_.logs import Log, log_line
from local.template.names import REGION, arn

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

    from local.lambda_.functions import QueueSource

_LONG_POLL = 1  # seconds; short, since a stop waits for it
_PAUSE_AFTER_ERROR = 1.0
_SECONDS_PER_MINUTE_ON_AWS = 60

# The queues are moto's, and so the process's: of several stacks in it, the one started last polls them.
_polling: list[Pollers] = []


class Pollers:
    """All pollers of a template; failed messages come back as the queue's redrive policy has it."""

    def __init__(
        self,
        client: SQSClient,
        sources: Iterable[QueueSource],
        invoke: Callable[[str, Any], InvocationResult],
        visibility_seconds: int | None = None,
        log: Log = log_line,
    ) -> None:
        """A failed message returns after `visibility_seconds`, else a sixtieth of the queue's own time."""
        self._client = client
        self._invoke = invoke
        self._visibility = visibility_seconds
        self._log = log
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._poll, args=(source,), daemon=True)
            for source in sources
            for _ in range(source.concurrency)
        ]

    def start(self) -> None:
        _polling.append(self)
        for thread in self._threads:
            thread.start()

    def ask_to_stop(self) -> None:
        self._stopping.set()
        if self in _polling:
            _polling.remove(self)

    def wait(self) -> None:
        """Wait for the pollers, though not for one that hangs."""
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(_LONG_POLL + 0.5)

    def _poll(self, source: QueueSource) -> None:
        while not self._stopping.is_set():
            if _polling[-1:] != [self]:
                self._stopping.wait(_LONG_POLL)
                continue
            try:
                self._one_batch(source)
            except (BotoCoreError, ClientError) as error:
                if not self._stopping.is_set():
                    self._log(source.queue, f"polling failed: {error}")
                self._stopping.wait(_PAUSE_AFTER_ERROR)

    def _returns_after(self, url: str) -> int:
        if self._visibility is not None:
            return self._visibility
        answer = self._client.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])
        return int(answer["Attributes"]["VisibilityTimeout"]) // _SECONDS_PER_MINUTE_ON_AWS

    def _one_batch(self, source: QueueSource) -> None:
        url = self._client.get_queue_url(QueueName=source.queue)["QueueUrl"]
        answer = self._client.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=min(source.batch_size, 10),
            WaitTimeSeconds=_LONG_POLL,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        messages: Sequence[Mapping[str, Any]] = answer.get("Messages", [])
        if not messages or self._stopping.is_set():
            return
        result = self._invoke(source.function_id, {"Records": [_record(m, source.queue) for m in messages]})
        failed = failed_messages(result, [m["MessageId"] for m in messages], source.reports_failures)
        for message in messages:
            handle = message["ReceiptHandle"]
            if message["MessageId"] not in failed:
                self._client.delete_message(QueueUrl=url, ReceiptHandle=handle)
            else:
                self._client.change_message_visibility(
                    QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=self._returns_after(url)
                )


def failed_messages(result: InvocationResult, sent: Sequence[str], reports_failures: bool) -> set[str]:
    """Tell which messages stay in the queue: Lambda's rules for a batch's answer."""
    if result.failed:
        return set(sent)
    if not reports_failures or not result.payload:
        return set()
    if not isinstance(result.payload, dict):
        return set(sent)
    entries = result.payload.get("batchItemFailures") or []
    named = {entry.get("itemIdentifier") for entry in entries}
    return named if named <= set(sent) else set(sent)  # a name that was never sent voids the whole answer


def send_to_queue(client: SQSClient, log: Log, queue: str, body: str) -> None:
    """Deliver to a failure destination; an event that cannot be delivered is lost, and said to be."""
    try:
        client.send_message(QueueUrl=client.get_queue_url(QueueName=queue)["QueueUrl"], MessageBody=body)
    except (BotoCoreError, ClientError) as error:
        log(queue, f"a failed event is lost: {error}")


def _record(message: Mapping[str, Any], queue: str) -> dict[str, Any]:
    attributes = {
        name: {
            "dataType": value["DataType"],
            "stringValue": value.get("StringValue"),
            "stringListValues": [],
            "binaryListValues": [],
        }
        for name, value in message.get("MessageAttributes", {}).items()
    }
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": attributes,
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": arn("sqs", queue),
        "awsRegion": REGION,
    }
