"""The state of moto's queues that SQS tells in its metrics only."""

from __future__ import annotations

import time
from dataclasses import dataclass

from moto.sqs.models import Message, Queue, sqs_backends

from local.template.names import ACCOUNT, REGION

# "After a message is received three times (or more) and not processed", SQS leaves it out of the queue's age:
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
_MAX_RECEIVES = 3


@dataclass(frozen=True)
class QueueState:
    """Numbers of messages, and the age of the oldest in seconds; 0 if there is none."""

    name: str
    visible: int
    in_flight: int
    age: float


def read_queues() -> list[QueueState]:
    """Return the state of each queue, by name."""
    queues = sqs_backends[ACCOUNT][REGION].queues
    return [_state(queues[name]) for name in sorted(queues)]


def _state(queue: Queue) -> QueueState:
    messages = list(queue._messages)  # a copy, because other threads send and receive
    visible = sum(message.visible and not message.delayed for message in messages)
    in_flight = sum(not message.visible for message in messages)
    sent = [message.sent_timestamp or 0 for message in messages if _has_age(queue, message)]
    age = time.time() - min(sent) / 1000 if sent else 0.0
    return QueueState(queue.name, visible, in_flight, max(age, 0.0))


def _has_age(queue: Queue, message: Message) -> bool:
    """Return whether a message counts for the age. In a dead-letter queue, each was received too often."""
    return not queue.redrive_policy or message.approximate_receive_count <= _MAX_RECEIVES
