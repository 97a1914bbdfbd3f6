"""Bring an existing catalog's index up to date: `make reindex`, once after an update that changes the index.

Idempotent, and safe while the stack runs: each record changes in one transaction with its log entry.
Until it is done, pictures of a version without the index are in the list of all pictures, but aren't found by
a label, and those of a version without counts by month aren't in these counts.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from catalog import actions
from catalog.contention import TableBusy
from catalog.index.counts import CountsReader
from catalog.index.log import LogEntry
from catalog.index.merge import merge
from catalog.index.vocabulary import MonthTotals
from catalog.items import from_item, index_version, label_map, labels_of
from catalog.keys import DAY_SECONDS, day_end, from_record_key, is_record_key, list_partition, position_of
from catalog.label_categories import LabelCategories
from catalog.records import INDEX_VERSION
from catalog.table import Table
from catalog.terms import Term, fold
from catalog.transitions.change import change, put_log
from catalog.transitions.start import MAX_PENDING_DAYS
from common.time import now
from deploy.old_categories import OldCategories
from deploy.stack import require_deployed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb.service_resource import Table as TableResource
    from mypy_boto3_s3 import S3Client

    from catalog.table import Item
    from deploy.target import Target

_MIN_LOG = 50  # entries that are worth a snapshot
_MAX_ATTEMPTS = 10


def main(target: Target) -> int:
    """Reindex the target's catalog and print how many records changed. Return 1 if an owner failed."""
    stack = require_deployed(target)
    table = target.session.resource("dynamodb").Table(stack.output("CatalogTableName"))
    s3, bucket = target.session.client("s3"), stack.output("OutputBucketName")
    reindexing = Reindexing(table, int(stack.parameters["RetentionDays"]), s3, bucket)
    counts = reindexing.run()
    print(f"Indexed {counts['indexed']} of {counts['records']} records.")
    print(f"Deleted {counts['deleted']} items of the old index.")
    for owner, error in reindexing.failures.items():
        print(f"Owner {owner} isn't finished: {error}", file=sys.stderr)
    if reindexing.failures:
        print("Run `make reindex` again.", file=sys.stderr)
    return 1 if reindexing.failures else 0


class Reindexing:
    """One run on a table; an upload that is pending may be kept for the retention from now on."""

    def __init__(
        self, resource: TableResource, retention_days: int, s3: S3Client, output_bucket: str
    ) -> None:
        self._resource = resource
        self._table = Table(resource, now, time.sleep, random.random)
        self._categories = OldCategories(s3, output_bucket, LabelCategories(self._table))
        self._retention_seconds = (retention_days + MAX_PENDING_DAYS) * DAY_SECONDS
        self._names: dict[str, dict[str, str]] = {}  # of an owner's labels by their folded form
        self._counts = Counter[str]()
        self.failures: dict[str, Exception] = {}  # the first of each owner

    def run(self) -> Counter[str]:
        """Index all records, then delete the old lists and counts. Return what was done.

        An owner whose records can't all be indexed keeps the old lists, because the next run needs them.
        """
        owners = set[str]()
        for item in self._scan():
            if is_record_key(item):
                owner, _ = from_record_key(item)
                owners.add(owner)
                self._counts["records"] += 1
                with self._collect_failure(owner):
                    self._counts["indexed"] += self._index(item)
                    self._keep_listed(item)
                    self._categories.add(from_item(item))
            elif item["sk"].startswith("MONTH#") and item["pk"].startswith("OWNER#"):
                owner = item["pk"].removeprefix("OWNER#")
                with self._collect_failure(owner):
                    self._move_month(owner, item)
        for owner in sorted(owners - self.failures.keys()):
            with self._collect_failure(owner):
                self._delete_old_index(owner)
                self._merge(owner)
        return self._counts

    @contextmanager
    def _collect_failure(self, owner: str) -> Iterator[None]:
        try:
            yield
        except (BotoCoreError, ClientError, TableBusy) as error:
            self.failures.setdefault(owner, error)

    def _index(self, item: Item) -> bool:
        """Bring what the index has of a record up to date. Return whether there was something to do.

        Raises TableBusy if the record keeps changing.
        """
        key = {"pk": item["pk"], "sk": item["sk"]}
        for attempt in range(_MAX_ATTEMPTS):
            current = self._table.get_active(key)
            if current is None or current["status"] == "pending" or index_version(current) == INDEX_VERSION:
                return False
            if change(self._table, current, self._attributes(current)):
                return True
            self._table.back_off(attempt)
        raise TableBusy(item["sk"])

    def _attributes(self, item: Item) -> dict[str, Any]:
        """Return what a record gets and loses: of one without index, also its old labels, and flags."""
        if "indexed" in item:
            return {"indexed": INDEX_VERSION}
        labels = labels_of(item)
        own = {fold(label.name) for label in labels}
        names = self._read_names(from_record_key(item)[0])
        others = sorted(names.get(folded, folded) for folded in item.get("indexNames", ()))
        terms = [str(Term("label", name)) for name in others if fold(name) not in own]
        terms += [str(Term("flag", flag)) for flag in item.get("flags", ())]
        return {
            "indexed": INDEX_VERSION,
            "labels": label_map(labels),
            "terms": terms or None,
            "indexNames": None,
            "owner": None,
            "id": None,
        }

    def _read_names(self, owner: str) -> dict[str, str]:
        if owner not in self._names:
            items = self._table.query_all(_old_counts(owner))
            self._names[owner] = {item["sk"].removeprefix("LABEL#"): item.get("name", "") for item in items}
        return self._names[owner]

    def _keep_listed(self, item: Item) -> None:
        """Keep the entry in the list of all images longer than the record: finishing doesn't rewrite it."""
        record = from_item(item)
        expires_at = int(item["expiresAt"])
        if record.status == "pending":
            expires_at = max(expires_at, day_end(self._table.now() + self._retention_seconds))
        entry = {
            "pk": list_partition(record.owner),
            "sk": position_of(record.uploaded_at, record.id),
            "expiresAt": expires_at,
        }
        if self._table.is_active(item):
            self._table.put(
                entry, "attribute_not_exists(pk) OR expiresAt < :expiresAt", {":expiresAt": expires_at}
            )

    def _move_month(self, owner: str, item: Item) -> None:
        """Replace an owner's totals of a month by an entry in the log."""
        totals = MonthTotals(int(item.get("images", 0)), int(item.get("billedCalls", 0)))
        entry = LogEntry(month=item["sk"].removeprefix("MONTH#"), totals=totals)
        self._table.write(
            actions.delete({"pk": item["pk"], "sk": item["sk"]}, "attribute_exists(pk)"),
            put_log(self._table, owner, entry),
        )

    def _delete_old_index(self, owner: str) -> None:
        """Delete the labels' lists and then their counts, which name them."""
        for count in self._table.query_all(_old_counts(owner)):
            entries = self._table.query_all(f"OWNER#{owner}#{count['sk']}")
            keys = [{"pk": each["pk"], "sk": each["sk"]} for each in (*entries, count)]
            self._table.batch_write(delete=keys)
            self._counts["deleted"] += len(keys)

    def _merge(self, owner: str) -> None:
        reader = CountsReader(self._table)
        while len((counts := reader.read(owner)).log) >= _MIN_LOG:
            merge(self._table, owner, counts)

    def _scan(self) -> Iterator[Item]:
        paginator = self._resource.meta.client.get_paginator("scan")
        for page in paginator.paginate(TableName=self._resource.name, ConsistentRead=True):
            yield from page["Items"]


def _old_counts(owner: str) -> str:
    return f"OWNER#{owner}#LABELS"
