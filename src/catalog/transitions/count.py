"""Count: add billed calls that no completion counts to the record of an image and to the month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog import actions
from catalog.index.log import LogEntry
from catalog.index.vocabulary import MonthTotals
from catalog.keys import record_key
from catalog.transitions.change import put_log
from common.time import month_of

if TYPE_CHECKING:
    from catalog.table import Table


def count_calls(table: Table, owner: str, image_id: str, calls: int) -> None:
    """Add calls to the record of an image and to the month; to the month alone if the image is deleted.

    A transaction has a request token that the SDK repeats in its own retries, so each call counts once.
    Raises TableBusy.
    """
    if calls == 0:
        return
    totals = MonthTotals(images=0, billed_calls=calls)
    month = put_log(table, owner, LogEntry(month=month_of(table.time()), totals=totals))
    record = actions.update(
        record_key(owner, image_id),
        "ADD billedCalls :calls",
        {":calls": calls},
        "attribute_exists(pk) AND attribute_not_exists(deletingSince)",
    )
    if table.write(record, month):
        table.write(month)
