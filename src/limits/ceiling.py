"""The ceiling on the bill: what Rekognition may cost in a month (UTC).

It refuses to permit more uploads and retries. What was permitted before is still recognized, and so is what
needs no permission: direct uploads and new source objects. By these the bill can exceed the ceiling without a
limit.
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
    from common.errors import CeilingReached


class Ceiling:
    """A ceiling in dollars; 0 for none."""

    def __init__(self, catalog: Catalog, dollars: float, clock: Callable[[], datetime] = now) -> None:
        self._catalog = catalog
        self._dollars = dollars
        self._clock = clock

    def measure(self) -> float:
        """Emit what is used of the ceiling, if there is one. Return what the month's analyses cost then."""
        if self._dollars == 0:
            return 0.0
        cost = self._cost()
        emit(CEILING_USED, round(100 * cost / self._dollars, 3))
        return cost

    def check(self) -> None:
        """Emit what is used of the ceiling. Raises CeilingReached if the month's analyses cost as much."""
        if problem := self._problem(self.measure()):
            raise problem

    def problem(self) -> CeilingReached | None:
        """Return what `check` raises, without a metric: for a command, which has no log to write it to."""
        return self._problem(self._cost())

    def _cost(self) -> float:
        return rekognition_cost(self._catalog.stack_usage().analyses)

    def _problem(self, cost: float) -> CeilingReached | None:
        if self._dollars == 0 or cost < self._dollars:
            return None
        time = self._clock()
        return ceiling_problem(period_end("month", time.strftime(UTC_DAY)), time)
