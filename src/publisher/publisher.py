"""Publishes the events in a batch of the table's stream."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from common.logs import get_logger, log_scope
from publisher.changes import parse_change, record_owner_and_id

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from publisher.bus import EventBus
    from publisher.events import ImageEvent, Origin

_log = get_logger(__name__)


class Publisher:
    """Publishes events to a bus."""

    def __init__(self, bus: EventBus, origin: Origin) -> None:
        self._bus = bus
        self._origin = origin

    def publish(self, records: Sequence[Mapping[str, Any]], remaining_ms: Callable[[], int]) -> str | None:
        """Publish the events of a batch, in order, while the invocation has time.

        Return the sequence number of the first record whose event wasn't accepted: Lambda repeats the batch
        from there. A record that was skipped instead would be lost. Raises the error of the first record, so
        that Lambda counts it.
        """
        events, failed = self._events_of(records)
        sent = self._bus.send(events, remaining_ms)
        return failed if sent == len(events) else str(events[sent].detail["sequence"])

    def _events_of(self, records: Sequence[Mapping[str, Any]]) -> tuple[list[ImageEvent], str | None]:
        """Return the events before the first record that can't be read, and its sequence number."""
        events: list[ImageEvent] = []
        for place, record in enumerate(records):
            try:
                change = parse_change(record)
                event = self._origin.event_of(change) if change else None
            except Exception:  # whatever is wrong with the record, those before it must not wait for it
                owner, image_id = record_owner_and_id(record)
                with log_scope(owner=owner, imageId=image_id):
                    _log.exception("record not published")
                if place == 0:
                    raise
                return events, str(record["dynamodb"]["SequenceNumber"])
            if event:
                events.append(event)
        return events, None
