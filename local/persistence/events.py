"""The asynchronous events of functions that aren't settled yet."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from typing import Any

from local.lambda_.waiting import WaitingEvent, WaitingEvents
from local.persistence.database import Database, DatabaseClosed


class StoredEvents(WaitingEvents):
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, waiting: WaitingEvent) -> None:
        query = "INSERT INTO events (request_id, function_id, event, due_at, failures) VALUES (?, ?, ?, ?, ?)"
        event = json.dumps(waiting.event)
        self._write(query, waiting.request_id, waiting.function_id, event, waiting.due_at, waiting.failures)

    def update(self, waiting: WaitingEvent) -> None:
        with contextlib.suppress(DatabaseClosed):  # then the stack stops, and the try is repeated
            query = "UPDATE events SET due_at = ?, failures = ? WHERE request_id = ?"
            self._write(query, waiting.due_at, waiting.failures, waiting.request_id)

    def remove(self, waiting: WaitingEvent) -> None:
        with contextlib.suppress(DatabaseClosed):
            self._write("DELETE FROM events WHERE request_id = ?", waiting.request_id)

    def load(self) -> Sequence[WaitingEvent]:
        query = "SELECT function_id, request_id, event, due_at, failures FROM events ORDER BY number"
        return [
            WaitingEvent(function_id, request_id, json.loads(event), due_at, failures)
            for function_id, request_id, event, due_at, failures in self._database.read(query)
        ]

    def _write(self, query: str, *parameters: Any) -> None:
        with self._database.transaction() as connection:
            connection.execute(query, parameters)
