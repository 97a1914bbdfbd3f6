"""Monthly totals: images recognized and calls billed for an owner, including images deleted since."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog import actions
from catalog.keys import DAY_SECONDS, month_key, record_key

if TYPE_CHECKING:
    from datetime import datetime

    from catalog.actions import Action
    from catalog.table import Table

MONTH_SECONDS = 400 * DAY_SECONDS  # keeps monthly totals for over a year


@dataclass(frozen=True)
class MonthTotals:
    """What was recognized for an owner in a month, including images deleted since."""

    images: int
    billed_calls: int


def read(table: Table, owner: str, time: datetime) -> MonthTotals:
    """Return an owner's totals for the month (UTC) of a time."""
    item = table.get(month_key(owner, time)) or {}
    return MonthTotals(int(item.get("images", 0)), int(item.get("billedCalls", 0)))


def add(table: Table, owner: str, time: datetime, *, images: int, calls: int) -> Action:
    """Return the action that adds to the totals of a month."""
    return actions.update(
        month_key(owner, time),
        "ADD images :images, billedCalls :calls SET expiresAt = :expiresAt",
        {":images": images, ":calls": calls, ":expiresAt": table.now() + MONTH_SECONDS},
    )


def count_calls(table: Table, owner: str, image_id: str, calls: int, time: datetime) -> None:
    """Add calls to the record of an image and to the month; to the month alone if the image is deleted.

    One transaction, whose request token the SDK repeats in its own retries, so each call counts once.
    Raises TableBusy.
    """
    if calls == 0:
        return
    month = add(table, owner, time, images=0, calls=calls)
    record = actions.update(
        record_key(owner, image_id),
        "ADD billedCalls :calls",
        {":calls": calls},
        "attribute_exists(pk) AND attribute_not_exists(deletingSince)",
    )
    if table.write(record, month):
        table.write(month)
