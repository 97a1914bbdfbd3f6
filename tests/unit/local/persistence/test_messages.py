"""Messages over a kill: bodies, order, receive counts, delays and the dead-letter queue."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest
from moto.sqs.models import Message

from local.aws.moto_state import MESSAGE_ATTRIBUTES
from local.persistence.database import FILE_NAME
from tests.unit.local.persistence.conftest import Run


def url(run: Run, queue: str = "RetryQueue") -> str:
    found: str = run.client("sqs").get_queue_url(QueueName=queue)["QueueUrl"]
    return found


def send(run: Run, body: str, **options: Any) -> str:
    message_id: str = run.client("sqs").send_message(QueueUrl=url(run), MessageBody=body, **options)[
        "MessageId"
    ]
    return message_id


def receive(run: Run, queue: str = "RetryQueue") -> list[Any]:
    response = run.client("sqs").receive_message(
        QueueUrl=url(run, queue),
        MaxNumberOfMessages=10,
        MessageSystemAttributeNames=["All"],
        MessageAttributeNames=["All"],
    )
    messages: list[Any] = response.get("Messages", [])
    return messages


def bodies(run: Run, queue: str = "RetryQueue") -> list[str]:
    return [message["Body"] for message in receive(run, queue)]


def test_messages_are_the_same_after_a_kill(run: Run) -> None:
    attributes = {
        "text": {"DataType": "String", "StringValue": "ä"},
        "bytes": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
    }
    sent = send(run, "first", MessageAttributes=attributes)
    entries = [{"Id": name, "MessageBody": name} for name in ("second", "third")]
    run.client("sqs").send_message_batch(QueueUrl=url(run), Entries=entries)
    (before, *others) = receive(run)
    run.restart()
    (after, *restored) = receive(run)
    assert (
        [message["Body"] for message in restored]
        == [message["Body"] for message in others]
        == ["second", "third"]
    )
    assert before["Attributes"].pop("ApproximateReceiveCount") == "1"
    assert after["Attributes"].pop("ApproximateReceiveCount") == "2"  # it was in flight
    assert before.pop("ReceiptHandle") != after.pop("ReceiptHandle")
    assert (before, before["MessageId"]) == (after, sent)


@pytest.mark.parametrize("batch", [False, True])
def test_a_deleted_message_stays_deleted(run: Run, batch: bool) -> None:
    for body in ("first", "second"):
        send(run, body)
    handle = receive(run)[0]["ReceiptHandle"]
    if batch:
        entries = [{"Id": "1", "ReceiptHandle": handle}]
        run.client("sqs").delete_message_batch(QueueUrl=url(run), Entries=entries)
    else:
        run.client("sqs").delete_message(QueueUrl=url(run), ReceiptHandle=handle)
    run.restart()
    assert bodies(run) == ["second"]


def test_a_message_that_fails_too_often_reaches_the_dead_letter_queue(run: Run) -> None:
    sent = send(run, "bad")
    for _ in range(5):  # maxReceiveCount
        assert bodies(run) == ["bad"]
        run.restart()
    assert bodies(run) == []
    run.restart()
    assert bodies(run) == []
    (dead,) = receive(run, "DeadLetterQueue")
    assert (dead["Body"], dead["MessageId"], dead["Attributes"]["ApproximateReceiveCount"]) == (
        "bad",
        sent,
        "6",
    )
    run.client("sqs").delete_message(
        QueueUrl=url(run, "DeadLetterQueue"), ReceiptHandle=dead["ReceiptHandle"]
    )
    run.restart()
    assert bodies(run, "DeadLetterQueue") == []


def test_a_delayed_message_stays_delayed(run: Run) -> None:
    send(run, "later", DelaySeconds=900)
    run.restart()
    assert bodies(run) == []
    attributes = run.client("sqs").get_queue_attributes(QueueUrl=url(run), AttributeNames=["All"])[
        "Attributes"
    ]
    assert attributes["ApproximateNumberOfMessagesDelayed"] == "1"


def test_a_purged_queue_stays_empty(run: Run) -> None:
    send(run, "gone")
    run.client("sqs").purge_queue(QueueUrl=url(run))
    run.restart()
    assert bodies(run) == []


def test_messages_past_their_retention_are_deleted(run: Run) -> None:
    send(run, "old")
    send(run, "new")
    run.stop()
    with closing(sqlite3.connect(run.folder / FILE_NAME)) as connection, connection:
        connection.execute(
            "UPDATE messages SET message = json_set(message, '$.sent_timestamp', 1) WHERE number = 1"
        )
    run.restart()
    assert bodies(run) == ["new"]


def test_a_queue_that_the_template_no_longer_has_is_kept(run: Run) -> None:
    send(run, "kept")
    queues = run.resources["AWS::SQS::Queue"]
    run.resources["AWS::SQS::Queue"] = {}
    run.restart()
    assert run.left == [
        "1 entry stays in the folder unused, because template.yaml no longer has the queue RetryQueue."
    ]
    run.resources["AWS::SQS::Queue"] = queues
    run.restart()
    assert (run.left, bodies(run)) == ([], ["kept"])


def test_every_attribute_of_a_message_is_kept_or_known() -> None:
    """A new version of moto may add some."""
    counts = {"approximate_receive_count", "approximate_first_receive_timestamp"}
    in_flight = {"receipt_handle", "_old_receipt_handles", "visible_at"}
    assert set(vars(Message("1", "body"))) == {"id", *MESSAGE_ATTRIBUTES, *counts, *in_flight}
