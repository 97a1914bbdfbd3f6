"""Usage: the stack's answered Rekognition calls in a month, of all owners and of direct uploads.

A counter of its own, because adding up the owners' totals would take a query of the whole table. It is exact
unless a function is killed between a call and its count, or the SDK repeats a count whose answer was lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog.index.log import MONTH_SECONDS
from catalog.keys import stack_month_key
from common.prices import GROUPS, rekognition_cost

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from catalog.table import Table


@dataclass(frozen=True)
class StackUsage:
    """The analyses by price group, and the calls that made them: one call can make one of each group.

    Calls of custom labels are among the calls, but make no analysis that is billed.
    """

    analyses: Mapping[str, int]
    calls: int

    @property
    def cost_per_call(self) -> float:
        """The average price of a call, in dollars; 0 without calls."""
        return rekognition_cost(self.analyses) / self.calls if self.calls else 0.0


def read(table: Table, time: datetime) -> StackUsage:
    """Return the stack's usage in the month (UTC) of a time."""
    item = table.get(stack_month_key(time)) or {}
    return StackUsage({group: int(item.get(group, 0)) for group in GROUPS}, int(item.get("billedCalls", 0)))


def add(table: Table, time: datetime, usage: StackUsage) -> None:
    """Add to the usage in the month (UTC) of a time."""
    added = {**usage.analyses, "billedCalls": usage.calls}
    table.update(
        stack_month_key(time),
        "ADD " + ", ".join(f"{name} :{name}" for name in added) + " SET expiresAt = :expiresAt",
        {
            **{f":{name}": count for name, count in added.items()},
            ":expiresAt": table.now() + MONTH_SECONDS,
        },
    )
