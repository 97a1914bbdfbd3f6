"""The records of a stream that its function hasn't processed yet."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable
from itertools import islice
from typing import Any

Record = dict[str, Any]  # as Lambda passes it to a function


class Backlog:
    """Records in the order of their sequence numbers, the oldest first. Thread-safe.

    A record is kept until it is acknowledged, so a reader that is interrupted reads it again.
    """

    def __init__(self) -> None:
        self._records: deque[Record] = deque()
        self._changed = threading.Condition()

    def __len__(self) -> int:
        with self._changed:
            return len(self._records)

    def append(self, records: Iterable[Record]) -> None:
        """Add the newest records."""
        with self._changed:
            self._records.extend(records)
            self._changed.notify_all()

    def read(self, limit: int, timeout: float) -> list[Record]:
        """Return the oldest records, at most `limit`. Wait up to `timeout` seconds while there are none."""
        with self._changed:
            self._changed.wait_for(lambda: self._records, timeout)
            return list(islice(self._records, limit))

    def oldest(self) -> Record | None:
        """Return the oldest record, or None if there is none."""
        with self._changed:
            return self._records[0] if self._records else None

    def acknowledge(self, count: int) -> None:
        """Forget the oldest records, which have been processed."""
        with self._changed:
            for _ in range(count):
                self._records.popleft()
