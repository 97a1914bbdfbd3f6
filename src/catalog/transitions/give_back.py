"""Give back: uncount the upload of a pending image whose file never arrived, in its record and its quota.

A record has `countedAt` from its start until its file is received: only then can its upload be given back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog import actions, quotas
from catalog.contention import TableBusy
from catalog.keys import record_key
from common.time import format_rfc3339

if TYPE_CHECKING:
    from datetime import datetime

    from catalog.table import Table

_MAX_ATTEMPTS = 5


def give_back(table: Table, owner: str, image_id: str, counted_at: datetime, uploaded_at: datetime) -> bool:
    """Uncount the upload of a record that was read before, in the periods that aren't over.

    Idempotent. Return False if its file was received, it was started again, or its upload was given back.
    Raises TableBusy.
    """
    record = actions.update(
        record_key(owner, image_id),
        "REMOVE countedAt",
        {":countedAt": format_rfc3339(counted_at), ":uploadedAt": format_rfc3339(uploaded_at)},
        "countedAt = :countedAt AND uploadedAt = :uploadedAt",
    )
    for attempt in range(_MAX_ATTEMPTS):
        change = quotas.uncounting(table, owner, counted_at)
        failed = table.write(record, *([change.action()] if change else []))
        if not failed:
            return True
        if 0 in failed:
            return False
        table.back_off(attempt)  # a new day began: decide again
    raise TableBusy(image_id)
