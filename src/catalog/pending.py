"""The pending images of all owners."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.keys import PENDING_INDEX, from_record_key
from common.time import format_rfc3339

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from catalog.table import Table


def read_pending(table: Table, shard: str, before: datetime) -> Iterator[list[tuple[str, str]]]:
    """Yield the owner and image id of a shard's pending records uploaded before a time, oldest first.

    In pages of at most 1 MB. Some may have expired, been finished or been marked for deletion.
    """
    pages = table.query_index(
        PENDING_INDEX,
        "pendingShard = :shard AND uploadedAt < :before",
        {":shard": shard, ":before": format_rfc3339(before)},
    )
    for items in pages:
        yield [from_record_key(item) for item in items]
