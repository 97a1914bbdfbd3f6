"""Usage: the answered calls, counted for the stack's ceiling on the bill."""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING

from catalog.usage import StackUsage
from common.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catalog.catalog import Catalog
    from processor.detectors import Call

_log = get_logger(__name__)


class UsageCounter:
    """Counts answered calls at once. What can't be counted is added to the next count. Thread-safe."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._lock = threading.Lock()
        self._analyses = Counter[str]()  # that aren't counted yet, by price group
        self._calls = 0  # likewise

    def count(self, answered: Iterable[Call]) -> None:
        """Count answered calls. Never raises an error: the answers are worth more than their count."""
        usage = self._take(answered)
        if usage.calls == 0:
            return
        try:
            self._catalog.add_usage(usage)
        except Exception:
            self._give_back(usage)
            _log.warning("calls not counted for the ceiling", extra={"calls": usage.calls}, exc_info=True)

    def _take(self, answered: Iterable[Call]) -> StackUsage:
        """Return the usage of calls and what isn't counted yet."""
        with self._lock:
            for call in answered:
                self._calls += 1
                self._analyses.update(call.price_groups)
            usage = StackUsage(dict(self._analyses), self._calls)
            self._analyses, self._calls = Counter(), 0
        return usage

    def _give_back(self, usage: StackUsage) -> None:
        with self._lock:
            self._analyses.update(usage.analyses)
            self._calls += usage.calls
