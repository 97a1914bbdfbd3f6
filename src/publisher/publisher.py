"""Publishes the events in a batch of the table's stream."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from publisher.changes import parse_change

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from publisher.bus import EventBus
    from publisher.events import ImageEvent, Origin


class Publisher:
    """Publishes events to a bus."""

    def __init__(self, bus: EventBus, origin: Origin) -> None:
        self._bus = bus
        self._origin = origin

    def publish(self, records: Iterable[Mapping[str, Any]]) -> str | None:
        """Publish the events of a batch, in order.

        Return the sequence number of the first record whose event wasn't accepted: Lambda repeats the batch
        from there. Any error stops the batch as well. A record that was skipped instead would be lost.
        """
        events = [event for record in records if (event := self._event_of(record))]
        sent = self._bus.send(events)
        return None if sent == len(events) else str(events[sent].detail["sequence"])

    def _event_of(self, record: Mapping[str, Any]) -> ImageEvent | None:
        change = parse_change(record)
        return self._origin.event_of(change) if change else None
