"""Asynchronous events over a kill."""

from __future__ import annotations

from dataclasses import replace

from local.lambda_.waiting import WaitingEvent
from tests.unit.local.persistence.conftest import Run

FIRST = WaitingEvent("WriterFunction", "id 1", {"Records": [{"key": "ä"}]}, 1.5)
SECOND = WaitingEvent("ReaderFunction", "id 2", {}, 2.5, 1)


def test_events_that_are_not_settled_are_the_same_after_a_kill(run: Run) -> None:
    run.data.events.add(FIRST)
    run.data.events.add(SECOND)
    run.restart()
    assert run.data.events.load() == [FIRST, SECOND]
    failed = replace(FIRST, due_at=60.0, failures=1)
    run.data.events.update(failed)
    run.data.events.remove(SECOND)
    run.restart()
    assert run.data.events.load() == [failed]


def test_an_event_that_is_settled_after_the_stop_is_delivered_again(run: Run) -> None:
    run.data.events.add(FIRST)
    run.stop()
    run.data.events.update(replace(FIRST, failures=1))
    run.data.events.remove(FIRST)
    run.restart()
    assert run.data.events.load() == [FIRST]


def test_an_object_is_stored_with_its_event_or_not_at_all(run: Run) -> None:
    """A kill between the two would leave an object that nothing processes."""
    stored = []
    with run.data.objects.saving("bucket", ["key"]):
        run.data.events.add(FIRST)
        stored.append(run.data._database._connection.in_transaction)
    assert stored == [True]
    assert run.data.events.load() == [FIRST]
