"""Events of several pictures: each has its turn, whatever becomes of the others."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.keys import parse_upload_key
from pipeline.logs import image_log
from processor.events import Arrival, Refused, arrivals, messages
from processor.faults import TransientFault
from processor.outcomes import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from processor.process import Attempt, Processor

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Worked:
    """What became of an event's pictures, and which are to be tried again."""

    outcomes: tuple[Outcome, ...]
    unfinished: tuple[Arrival, ...]


def work_through(event: Mapping[str, Any], processor: Processor, attempt: Attempt) -> Worked:
    """Give each record of an S3 event its turn."""
    outcomes, unfinished = [], []
    for told in arrivals(event, processor.input_bucket):
        if isinstance(told, Refused):
            _log.warning("record refused", extra={"key": told.key, "code": told.reason.code})
            outcomes.append(Outcome(told.key, "failed", reason=told.reason, is_stored=False))
            continue
        log = _log_of(told)
        try:
            outcome = processor.process(told, attempt)
        except Exception:  # the boundary of one picture's work: raised again once all have had their turn
            log.exception("unfinished")
            unfinished.append(told)
            continue
        log.info(outcome.status)
        outcomes.append(outcome)
    return Worked(tuple(outcomes), tuple(unfinished))


def answer_event(event: Mapping[str, Any], processor: Processor, attempt: Attempt) -> dict[str, Any]:
    """Answer an S3 event; TransientFault, for Lambda to send it again, where a picture is unfinished."""
    worked = work_through(event, processor, attempt)
    if worked.unfinished:
        keys = ", ".join(arrival.key for arrival in worked.unfinished)
        raise TransientFault(f"to be tried again: {keys}")
    return {"images": [outcome.body() for outcome in worked.outcomes]}


def answer_batch(event: Mapping[str, Any], processor: Processor, attempt: Attempt) -> dict[str, Any]:
    """Answer a batch of the retry queue: which of its messages failed, and are to come again."""
    failures = []
    for message in messages(event):
        if message.event is None:
            _log.error("no event in the message", extra={"messageId": message.id})
            failures.append(message.id)  # people find it in the dead-letter queue
            continue
        worked = work_through(message.event, processor, attempt)
        if worked.unfinished:
            failures.append(message.id)
        if message.is_last:
            for arrival in worked.unfinished:
                _give_up(processor, arrival)
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failures]}


def _give_up(processor: Processor, arrival: Arrival) -> None:
    try:
        processor.give_up(arrival)
    except Exception:  # the same boundary: its message goes to the dead-letter queue all the same
        _log_of(arrival).exception("not even recorded")


def _log_of(arrival: Arrival) -> logging.LoggerAdapter[logging.Logger]:
    upload = parse_upload_key(arrival.key)
    if upload is None:
        return logging.LoggerAdapter(_log, {"key": arrival.key})
    return image_log(_log, upload.owner, upload.image_id)
