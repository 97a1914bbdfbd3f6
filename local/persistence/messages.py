"""The messages of SQS queues. After a restart, those that were in flight are visible again."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from local.aws import moto_state
from local.aws.queue_changes import QueueListener
from local.persistence.database import Database
from local.persistence.documents import dump, load

if TYPE_CHECKING:
    from moto.sqs.models import Message


class StoredMessages(QueueListener):
    def __init__(self, database: Database) -> None:
        self._database = database

    def message_added(self, queue: str, message: Message) -> None:
        document = dump(moto_state.message_document(message))
        query = """
            INSERT INTO messages (id, queue, message, receive_count, first_received_at) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET queue = excluded.queue
        """  # a conflict: the message moves to the dead-letter queue
        self._write(query, message.id, queue, document, *_receipts(message))

    def message_received(self, message: Message) -> None:
        query = "UPDATE messages SET receive_count = ?, first_received_at = ? WHERE id = ?"
        self._write(query, *_receipts(message), message.id)

    def messages_deleted(self, message_ids: Sequence[str]) -> None:
        with self._database.transaction() as connection:
            connection.executemany("DELETE FROM messages WHERE id = ?", [(each,) for each in message_ids])

    def restore(self) -> Counter[str]:
        """Put the messages into moto's queues, in their order, without those past the queue's retention.

        Return the number of messages of each queue that moto doesn't have.
        """
        retention, left, now = moto_state.retention_seconds(), Counter[str](), time.time()
        query = "SELECT id, queue, message, receive_count, first_received_at FROM messages ORDER BY number"
        expired = []
        for message_id, queue, text, *receipts in self._database.read(query):
            document = load(text)
            if queue not in retention:
                left[queue] += 1
            elif document["sent_timestamp"] / 1000 + retention[queue] < now:
                expired.append(message_id)
            else:
                moto_state.restore_message(queue, message_id, document, *receipts)
        self.messages_deleted(expired)
        return left

    def _write(self, query: str, *parameters: Any) -> None:
        with self._database.transaction() as connection:
            connection.execute(query, parameters)


def _receipts(message: Message) -> tuple[int, int | None]:
    return message.approximate_receive_count, message.approximate_first_receive_timestamp
