"""Usage: the stack's Rekognition analyses in a month, of all owners and of direct uploads, by price group.

A counter of its own, because adding up the owners' totals would take a query of the whole table. It is exact
unless a function is killed between a call and its count, or the SDK repeats a count whose answer was lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.keys import stack_month_key
from catalog.months import MONTH_SECONDS
from common.prices import GROUPS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from catalog.table import Table


def read(table: Table, time: datetime) -> dict[str, int]:
    """Return the stack's analyses in the month (UTC) of a time, by price group."""
    item = table.get(stack_month_key(time)) or {}
    return {group: int(item.get(group, 0)) for group in GROUPS}


def add(table: Table, time: datetime, analyses: Mapping[str, int]) -> None:
    """Add analyses, by price group, to the month (UTC) of a time."""
    if not analyses:
        return
    table.update(
        stack_month_key(time),
        "ADD " + ", ".join(f"{group} :{group}" for group in analyses) + " SET expiresAt = :expiresAt",
        {
            **{f":{group}": count for group, count in analyses.items()},
            ":expiresAt": table.now() + MONTH_SECONDS,
        },
    )
