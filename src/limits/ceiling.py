"""The ceiling on the bill: what Rekognition may cost in a month (UTC).

It refuses to permit more uploads and retries. Pictures that were permitted before, and direct uploads, are
still recognized, so the bill ends somewhat above the ceiling.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from common.metrics import CEILING_USED, emit
from common.prices import rekognition_cost
from common.time import UTC_DAY, now, period_end
from limits.problems import ceiling_problem

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from catalog.catalog import Catalog


class Ceiling:
    """A ceiling in dollars; 0 for none."""

    def __init__(self, catalog: Catalog, dollars: float, clock: Callable[[], datetime] = now) -> None:
        self._catalog = catalog
        self._dollars = dollars
        self._clock = clock

    def check(self) -> None:
        """Emit what is used of the ceiling. Raises CeilingReached if the month's analyses cost as much."""
        if self._dollars == 0:
            return
        cost = rekognition_cost(self._catalog.stack_usage().analyses)
        emit(CEILING_USED, round(100 * cost / self._dollars, 3))
        if cost >= self._dollars:
            time = self._clock()
            raise ceiling_problem(period_end("month", time.strftime(UTC_DAY)), time)
