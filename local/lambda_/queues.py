"""SQS event sources: pollers that invoke a function with a queue's messages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from local.lambda_.background import Background
from local.lambda_.environment import InvocationResult
from local.lambda_.invoker import SPEEDUP
from local.logs import Log, log_line
from local.template.names import REGION, arn

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

    from local.lambda_.functions import EventSourceMapping

_WAIT_SECONDS = 1  # of a long poll; short because stopping waits for it
_ERROR_DELAY = 1.0  # seconds


class QueuePollers(Background):
    """All pollers of a template. Failed messages return to their queue, whose redrive policy applies."""

    def __init__(
        self,
        client: SQSClient,
        mappings: Iterable[EventSourceMapping],
        invoke: Callable[[str, Any], InvocationResult],
        speedup: float = SPEEDUP,
        log: Log = log_line,
        max_concurrency: int = 1,
    ) -> None:
        """Create pollers; `invoke(function id, event)` runs a function.

        `max_concurrency` limits each mapping's concurrency, because the pollers share the few environments of
        a function with its other events. A failed message becomes visible again after the queue's visibility
        timeout, divided by `speedup`.
        """
        polls = (
            partial(self._poll, mapping)
            for mapping in mappings
            for _ in range(min(mapping.concurrency, max_concurrency))
        )
        super().__init__(polls, _WAIT_SECONDS + 0.5)
        self._client = client
        self._invoke = invoke
        self._speedup = speedup
        self._log = log

    def _poll(self, mapping: EventSourceMapping) -> None:
        while not self._stopping.is_set():
            try:
                self._process_batch(mapping)
            except Exception as error:  # thread boundary: the queue must still be polled after any error
                if not self._stopping.is_set():
                    self._log(mapping.queue, f"Polling failed: {type(error).__name__}: {error}")
                self._stopping.wait(_ERROR_DELAY)

    def _process_batch(self, mapping: EventSourceMapping) -> None:
        url = self._client.get_queue_url(QueueName=mapping.queue)["QueueUrl"]
        response = self._client.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=min(mapping.batch_size, 10),
            WaitTimeSeconds=_WAIT_SECONDS,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        messages: Sequence[Mapping[str, Any]] = response.get("Messages", [])
        if not messages or self._stopping.is_set():
            return
        event = {"Records": [_record(message, mapping.queue) for message in messages]}
        result = self._invoke(mapping.function_id, event)
        message_ids = [message["MessageId"] for message in messages]
        failed = failed_message_ids(result, message_ids, mapping.reports_failures)
        for message in messages:
            handle = message["ReceiptHandle"]
            if message["MessageId"] not in failed:
                self._client.delete_message(QueueUrl=url, ReceiptHandle=handle)
            else:
                self._client.change_message_visibility(
                    QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=self._visibility_timeout(url)
                )

    def _visibility_timeout(self, url: str) -> int:
        response = self._client.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])
        return int(int(response["Attributes"]["VisibilityTimeout"]) / self._speedup)


def failed_message_ids(
    result: InvocationResult, message_ids: Sequence[str], reports_failures: bool
) -> set[str]:
    """Return the ids of the messages that failed, by Lambda's rules for batch responses."""
    if result.failed:
        return set(message_ids)
    if not reports_failures or not result.payload:
        return set()
    if not isinstance(result.payload, dict):
        return set(message_ids)
    failures = result.payload.get("batchItemFailures") or []
    failed = {failure.get("itemIdentifier") for failure in failures}
    return failed if failed <= set(message_ids) else set(message_ids)  # an unknown id fails the whole batch


def send_to_queue(client: SQSClient, log: Log, queue: str, body: str) -> None:
    """Send a failure record to a queue; log an error if it can't be delivered."""
    try:
        client.send_message(QueueUrl=client.get_queue_url(QueueName=queue)["QueueUrl"], MessageBody=body)
    except (BotoCoreError, ClientError) as error:
        log(queue, f"The record of a failed event is lost: {error}")


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
