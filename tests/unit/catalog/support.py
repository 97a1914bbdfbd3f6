"""Helpers of the catalog's tests: a clock, a list as readers see it, and a log of DynamoDB calls."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NoReturn

from catalog.index.entries import is_current
from catalog.terms import Term

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from catalog.catalog import Catalog

ID, OTHER_ID = "ab" * 32, "cd" * 32


class Clock:
    """A clock that advances only when a test calls `advance`."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 15, 0, 0, 123000, UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **delta: int) -> None:
        self.now += timedelta(**delta)


def list_ids(catalog: Catalog, owner: str, label: str | None = None) -> list[str]:
    """Return the ids of an owner's images, newest first: all, or those with a label; no stale ones."""
    term_key = None if label is None else Term("label", label).key
    entries, _ = catalog.index.entries(owner, term_key, limit=100)
    records = catalog.index.records(owner, [entry.image_id for entry in entries])
    return [
        entry.image_id
        for entry in entries
        if entry.image_id in records and is_current(entry, records[entry.image_id], term_key)
    ]


class Interruption(Exception):
    """Simulates that the function is stopped, for example at its timeout."""


def interrupt() -> NoReturn:
    raise Interruption


class CallLog:
    """The names of the DynamoDB calls since the last `clear`, and an action to run before one of them."""

    def __init__(self, table: Any) -> None:
        self._names: list[str] = []
        self._action: Callable[[], object] | None = None
        self._action_index = 0
        table.meta.client.meta.events.register("before-call.dynamodb", self._on_call)

    def run_before(self, index: int, action: Callable[[], object]) -> None:
        """Run an action, once, before the call with this index; the next call has index 0."""
        self._action, self._action_index = action, len(self._names) + index

    @property
    def has_run(self) -> bool:
        """Whether the call with the action was reached."""
        return self._action is None

    def clear(self) -> list[str]:
        """Return the names of the calls, then forget them and any action."""
        names, self._names, self._action = self._names, [], None
        return names

    def _on_call(self, model: Any, **_: Any) -> None:
        self._names.append(model.name)
        if self._action and len(self._names) > self._action_index:
            action, self._action = self._action, None  # first, because the action may call the table as well
            action()


@contextmanager
def first_answers_are_lost(table: Any, operation: str) -> Iterator[list[bytes]]:
    """Let the SDK repeat each call once, because its answer was lost after DynamoDB had made it.

    Yields the bodies of the requests that were sent.
    """
    events = table.meta.client.meta.events
    bodies: list[bytes] = []

    def record(request: Any, **_: Any) -> None:
        bodies.append(request.body)

    def repeat(attempts: int, **_: Any) -> int | None:
        return 0 if attempts == 1 else None  # seconds to wait before the next attempt

    events.register_first(f"before-send.dynamodb.{operation}", record)
    events.register_first(f"needs-retry.dynamodb.{operation}", repeat)
    yield bodies
    events.unregister(f"before-send.dynamodb.{operation}", record)
    events.unregister(f"needs-retry.dynamodb.{operation}", repeat)
