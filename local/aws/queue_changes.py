"""What SQS requests change: patches moto's queues to report their messages before the request is answered."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from moto.sqs.models import Message, Queue, SQSBackend


class QueueListener:
    """What happens to messages. The request fails if a method raises."""

    def message_added(self, queue: str, message: Message) -> None:
        """A message was sent to a queue, or moved there from the queue whose dead-letter queue it is."""

    def message_received(self, message: Message) -> None:
        """A message was received: its counts have changed."""

    def messages_deleted(self, message_ids: Sequence[str]) -> None:
        """Messages were deleted or purged."""


_listeners: list[QueueListener] = []  # of the process, as moto's state is


@contextmanager
def listening(listener: QueueListener) -> Iterator[None]:
    """Report changes to a listener within a `with` block."""
    _patch()
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def _patch() -> None:
    """Patch moto for the whole process. Calling it again has no effect."""
    if hasattr(Queue.add_message, "__wrapped__"):
        return
    patches: list[tuple[Any, str, Callable[[Any], Any]]] = [
        (Queue, "add_message", _reporting_addition),
        (Queue, "delete_message", _reporting_deletion),
        (SQSBackend, "purge_queue", _reporting_purge),
        (Message, "mark_received", _reporting_receipt),
    ]
    for owner, name, wrap in patches:
        setattr(owner, name, wrap(getattr(owner, name)))


def _reporting_addition(add: Any) -> Any:
    @functools.wraps(add)
    def add_message(queue: Queue, message: Message) -> None:
        for listener in tuple(_listeners):  # first: a poller may receive and delete it as soon as it's there
            listener.message_added(queue.name, message)
        add(queue, message)

    return add_message


def _reporting_deletion(delete: Any) -> Any:
    @functools.wraps(delete)
    def delete_message(queue: Queue, receipt_handle: str) -> None:
        with queue._messages_lock:  # moto replaces the list, and would lose a message that is added meanwhile
            deleted = [each.id for each in queue._messages if each.had_receipt_handle(receipt_handle)]
            delete(queue, receipt_handle)
        _report_deleted(deleted)

    return delete_message


def _reporting_purge(purge: Any) -> Any:
    @functools.wraps(purge)
    def purge_queue(backend: SQSBackend, queue_name: str) -> None:
        queue = backend.get_queue(queue_name)
        with queue._messages_lock:
            deleted = [each.id for each in queue._messages]
            purge(backend, queue_name)
        _report_deleted(deleted)

    return purge_queue


def _reporting_receipt(mark: Any) -> Any:
    @functools.wraps(mark)
    def mark_received(message: Message, *arguments: Any, **options: Any) -> None:
        mark(message, *arguments, **options)
        for listener in tuple(_listeners):
            listener.message_received(message)

    return mark_received


def _report_deleted(message_ids: Sequence[str]) -> None:
    if message_ids:
        for listener in tuple(_listeners):
            listener.messages_deleted(message_ids)
