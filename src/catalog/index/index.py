"""The index of every owner: the lists, the counts, and the records that entries of the lists are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from catalog.contention import TableBusy
from catalog.index import entries, merge
from catalog.index.counts import CountsReader
from catalog.items import from_item
from catalog.keys import record_key
from common.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from catalog.index.entries import Entry, Order
    from catalog.index.vocabulary import Vocabulary
    from catalog.records import ImageRecord
    from catalog.table import Table

_log = get_logger(__name__)


class Index:
    """Reads lists and counts, and tidies them up. Transitions write them."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._counts = CountsReader(table)

    def vocabulary(self, owner: str) -> Vocabulary:
        """Return an owner's terms with the number of images of each, and the totals of each month.

        Raises TableBusy.
        """
        return self._counts.read(owner).vocabulary()

    def entries(
        self,
        owner: str,
        term_key: str | None,
        *,
        order: Order = "added",
        before: str | None = None,
        limit: int,
    ) -> tuple[list[Entry], bool]:
        """Read entries of the list of a term, or of all images, below a position, newest first.

        Return at most `limit`, and whether there may be more. In the order `taken`, which only the list of
        all images has, images that were never recognized are missing. Compare each entry with its record:
        see `entries.is_current`.
        """
        return entries.read(self._table, owner, term_key, order, before, limit)

    def records(self, owner: str, ids: Iterable[str]) -> dict[str, ImageRecord]:
        """Return the active records by image id. Raises TableBusy."""
        items = self._table.get_many([record_key(owner, each) for each in dict.fromkeys(ids)])
        records = [from_item(item) for item in items if self._table.is_active(item)]
        return {record.id: record for record in records}

    def drop_stale(
        self, owner: str, term_key: str | None, read: Iterable[Entry], records: Mapping[str, ImageRecord]
    ) -> None:
        """Delete those of the entries read from a list, in the order `added`, that can't become valid.

        `records` are what `records` returned for the entries' images. An error is only logged: it can wait.
        """
        try:
            entries.drop_stale(self._table, owner, term_key, read, records)
        except (BotoCoreError, ClientError, TableBusy) as error:
            _log.warning("stale entries not deleted", extra={"error": error})

    def merge_sometimes(self, owner: str, changes: int = 1) -> None:
        """Write a new snapshot of the counts if it is due, after changes of the index.

        `complete` and `fail` call it; call it after other changes. It can wait, so an error is logged only.
        """
        try:
            merge.merge_sometimes(self._table, self._counts, owner, changes)
        except (BotoCoreError, ClientError, TableBusy) as error:
            _log.warning("counts not merged", extra={"error": error})
