"""Event handling: processes each record of an event independently, and settles the retry queue's messages."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from catalog.records import Reason
from common.logs import get_logger, log_scope
from common.metrics import (
    IMAGES_RECOGNIZED,
    IMAGES_REJECTED,
    IMAGES_RETRIED,
    INVALID_EVENTS,
    SECONDS_TO_RESULT,
    emit,
)
from processor.errors import TransientError
from processor.events import (
    InvalidMessage,
    InvalidRecord,
    is_queue_batch,
    is_test_event,
    parse_messages,
    parse_records,
)
from processor.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from processor.events import Message, ObjectCreated
    from processor.invocation import Invocation
    from processor.process import Processor

_log = get_logger(__name__)


@dataclass(frozen=True)
class _EventOutcome:
    """The outcomes of an event's records, and those that have to be processed again."""

    outcomes: tuple[Outcome, ...]
    unfinished: tuple[ObjectCreated | InvalidRecord, ...]


def handle_event(event: Any, processor: Processor, invocation: Invocation) -> dict[str, Any]:
    """Handle an S3 event or a batch of the retry queue.

    Return the outcome of each image of an S3 event, or the messages of a batch that failed.
    """
    mapping = event if isinstance(event, dict) else {}
    if is_test_event(mapping):
        _log.info("test event")
        return {"images": []}
    handle = _handle_batch if is_queue_batch(mapping) else _handle_s3_event
    return handle(mapping, processor, invocation)


def _process_records(
    event: Mapping[str, Any],
    processor: Processor,
    invocation: Invocation,
    process: Callable[[ObjectCreated, Invocation], Outcome],
    *,
    is_retry: bool = False,
) -> _EventOutcome:
    """Process each record of an S3 event, or the one of an event about a source object."""
    outcomes: list[Outcome] = []
    unfinished: list[ObjectCreated | InvalidRecord] = []
    for record in parse_records(event, processor.input_bucket, processor.sources.scope):
        with log_scope(**record.log_keys):
            try:
                if isinstance(record, InvalidRecord):
                    outcomes.append(_reject_record(record, processor, invocation))
                    continue
                outcome = process(record, invocation)
            except Exception:  # must not keep the other records from being processed; the caller retries
                _log.exception("unfinished")
                unfinished.append(record)
                _count(None, is_retry=is_retry)
                continue
            _log.info(outcome.status, extra={"code": outcome.reason.code} if outcome.reason else None)
            outcomes.append(outcome)
            _count(outcome, is_retry=is_retry)
    return _EventOutcome(tuple(outcomes), tuple(unfinished))


def _reject_record(record: InvalidRecord, processor: Processor, invocation: Invocation) -> Outcome:
    """Log and count a record that can't be processed, and end an image that waits for it."""
    if record.foreign and record.foreign.upload:
        processor.refuse(record.foreign, record.foreign.upload, invocation)
    rejection = record.rejection
    _log.warning("invalid record: %s", rejection.message, extra={"code": rejection.code})
    emit(INVALID_EVENTS, dimension=rejection.code)
    reason = Reason(rejection.code, rejection.message)
    return Outcome(record.key, "failed", reason=reason, is_stored=False)


def _count(outcome: Outcome | None, *, is_retry: bool) -> None:
    """Count a try and what became of its image; None if it is unfinished.

    An image that was skipped or busy wasn't tried.
    """
    if is_retry and (outcome is None or outcome.status not in ("skipped", "busy")):
        emit(IMAGES_RETRIED)
    if outcome is None:
        return
    if outcome.status == "done":
        emit(IMAGES_RECOGNIZED)
    if outcome.seconds is not None:
        emit(SECONDS_TO_RESULT, outcome.seconds)
    if outcome.status == "failed" and outcome.reason:
        emit(IMAGES_REJECTED, dimension=outcome.reason.code)


def _handle_s3_event(
    event: Mapping[str, Any], processor: Processor, invocation: Invocation
) -> dict[str, Any]:
    """Process an S3 event. Raises TransientError, so that Lambda retries it, if an image is unfinished.

    A busy image is finished: the invocation that processes it has an event of its own, which is retried.
    """
    result = _process_records(event, processor, invocation, processor.process)
    if result.unfinished:
        keys = ", ".join(record.key for record in result.unfinished)
        raise TransientError(f"to be retried: {keys}")
    return {"images": [outcome.body() for outcome in result.outcomes]}


def _handle_batch(event: Mapping[str, Any], processor: Processor, invocation: Invocation) -> dict[str, Any]:
    """Process the messages of the retry queue side by side. Return those that SQS has to deliver again.

    Raises TransientError, after the other messages, if a record has no id by which its failure could be
    returned: without the error, SQS would delete the message. The whole batch is delivered again instead,
    which is harmless for the others, as processing is idempotent.
    """
    messages = parse_messages(event)
    with ThreadPoolExecutor(len(messages)) as pool:
        settled = pool.map(lambda message: _is_settled(message, processor, invocation), messages)
        failed = [message.id for message, is_settled in zip(messages, settled, strict=True) if not is_settled]
    if None in failed:
        raise TransientError("a message without a valid messageId: the batch has to be delivered again")
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _is_settled(message: Message | InvalidMessage, processor: Processor, invocation: Invocation) -> bool:
    """Process a message. Return whether it can be deleted from the queue.

    The last receive only records the failure: a try could end the function, for example by its memory or
    its timeout, before the failure is recorded. A failed message goes to the dead-letter queue, unless the
    failure is permanent and is recorded nowhere. A busy image may be one whose invocation ended that way, so
    its message is delivered again.
    """
    if isinstance(message, InvalidMessage):
        rejection = message.rejection
        with log_scope(**message.log_keys):
            _log.error("invalid message: %s", rejection.message, extra={"code": rejection.code})
            emit(INVALID_EVENTS, dimension=rejection.code)
        return False
    process = processor.give_up if message.is_last_receive else processor.process
    retry = replace(
        invocation,
        # Two messages of a batch can be about the same image, and only one may lease it.
        lease_owner=f"{invocation.lease_owner}/{message.id}",
        is_retry=True,
        parked_since=message.parked_since,
        ask_again=message.ask_again,
    )
    result = _process_records(
        message.event,
        processor,
        retry,
        process,
        is_retry=not message.is_last_receive,
    )
    return not result.unfinished and not any(
        outcome.status == "busy"
        or (message.is_last_receive and outcome.status == "failed" and outcome.is_stored)
        for outcome in result.outcomes
    )
