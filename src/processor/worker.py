"""Events of several pictures: each has its turn, whatever becomes of the others."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from common.logs import image_log
from common.object_keys import parse_upload_key
from processor.errors import TransientFault
from processor.events import Refused, arrivals, messages
from processor.outcomes import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from processor.events import Arrival, Message
    from processor.process import Attempt, Processor

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Worked:
    """What became of an event's pictures, and which are to be tried again."""

    outcomes: tuple[Outcome, ...]
    unfinished: tuple[Arrival, ...]


def work_through(event: Mapping[str, Any], bucket: str, work: Callable[[Arrival], Outcome]) -> Worked:
    """Give each record of an S3 event its turn."""
    outcomes, unfinished = [], []
    for told in arrivals(event, bucket):
        if isinstance(told, Refused):
            _log.warning("record refused", extra={"key": told.key, "code": told.reason.code})
            outcomes.append(Outcome(told.key, "failed", reason=told.reason, is_stored=False))
            continue
        log = _log_of(told)
        try:
            outcome = work(told)
        except Exception:  # the boundary of one picture's work: raised again once all have had their turn
            log.exception("unfinished")
            unfinished.append(told)
            continue
        log.info(outcome.status)
        outcomes.append(outcome)
    return Worked(tuple(outcomes), tuple(unfinished))


def answer_event(event: Mapping[str, Any], processor: Processor, attempt: Attempt) -> dict[str, Any]:
    """Answer an S3 event; TransientFault, for Lambda to send it again, where a picture is unfinished.

    One that is busy is not: the invocation that has it has an event of its own, which comes again.
    """
    worked = work_through(event, processor.input_bucket, lambda arrival: processor.process(arrival, attempt))
    if worked.unfinished:
        keys = ", ".join(arrival.key for arrival in worked.unfinished)
        raise TransientFault(f"to be tried again: {keys}")
    return {"images": [outcome.body() for outcome in worked.outcomes]}


def answer_batch(event: Mapping[str, Any], processor: Processor, attempt: Attempt) -> dict[str, Any]:
    """Answer a batch of the retry queue: which of its messages failed, and are to come again."""
    failures = [message.id for message in messages(event) if not _is_settled(message, processor, attempt)]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failures]}


def _is_settled(message: Message, processor: Processor, attempt: Attempt) -> bool:
    """Tell whether nothing is left to do about a message, nor for people to look at.

    Its last receive only records the failure: a try may end without a word, as by its memory or its time,
    and would take the record with it. A picture that is busy may be so by such an end, and comes again.
    """
    if message.event is None:
        _log.error("no event in the message", extra={"messageId": message.id})
        return False  # people find it in the dead-letter queue
    work = processor.give_up if message.is_last else processor.process
    worked = work_through(message.event, processor.input_bucket, lambda arrival: work(arrival, attempt))
    open_ends = {"busy", "failed"} if message.is_last else {"busy"}
    return not worked.unfinished and all(outcome.status not in open_ends for outcome in worked.outcomes)


def _log_of(arrival: Arrival) -> logging.LoggerAdapter[logging.Logger]:
    upload = parse_upload_key(arrival.key)
    if upload is None:
        return logging.LoggerAdapter(_log, {"key": arrival.key})
    return image_log(_log, upload.owner, upload.image_id)
