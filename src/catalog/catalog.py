"""The catalog: every operation on records, lists and counts."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

from catalog import active_models, pending, quotas, usage
from catalog.client import table_handle
from catalog.index.index import Index
from catalog.items import from_item
from catalog.keys import day_end, record_key
from catalog.label_categories import LabelCategories
from catalog.models import Models
from catalog.table import Table
from catalog.transitions import annotate, count, delete, finish, give_back, lease, queue, reopen, start
from catalog.transitions.start_source import start_source
from catalog.waiting_owners import WaitingOwners
from common.time import now

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from datetime import datetime

    from mypy_boto3_dynamodb.service_resource import Table as TableResource

    from catalog.client import TableHandle
    from catalog.quotas import UploadCounts, UploadLimits
    from catalog.records import ImageRecord, OwnData
    from catalog.table import Item
    from catalog.transitions.delete import Deletion
    from catalog.transitions.finish import Completion, FailureSummary
    from catalog.transitions.lease import Lease
    from catalog.usage import StackUsage

DEFAULT_RETENTION_DAYS = 90  # of the template's parameter


class Catalog:
    """Records of images, and their index. Methods that write or read several items can raise TableBusy."""

    def __init__(
        self,
        table: TableHandle | TableResource,
        clock: Callable[[], datetime] = now,
        sleep: Callable[[float], None] = time.sleep,
        random: Callable[[], float] = random.random,
    ) -> None:
        self._clock = clock
        self._table = Table(table, clock, sleep, random)
        self.index = Index(self._table)
        self.label_categories = LabelCategories(self._table)
        self.active_models = active_models.ActiveModels(self._table, clock)
        self.models = Models(self._table)
        self.waiting_owners = WaitingOwners(self._table)

    @classmethod
    def from_env(cls, table_name: str) -> Catalog:
        """Build the client from the function's environment."""
        return cls(table_handle(table_name))

    def get(self, owner: str, image_id: str) -> ImageRecord | None:
        """Return an image's record. Return None if it is missing, expired or being deleted."""
        item = self._table.get_active(record_key(owner, image_id))
        return from_item(item) if item else None

    def get_many(self, keys: Sequence[tuple[str, str]]) -> list[ImageRecord]:
        """Return the records of owners and image ids, in no particular order; omit those that `get` omits."""
        items = self._table.get_many([record_key(owner, image_id) for owner, image_id in keys])
        return [from_item(item) for item in items if self._table.is_active(item)]

    def take_request(self, owner: str, limit: int) -> None:
        """Count a request in the current minute. Raises QuotaReached."""
        quotas.take_request(self._table, owner, limit, self._clock())

    def start(
        self,
        record: ImageRecord,
        limits: UploadLimits | None = None,
        *,
        retention_days: int = DEFAULT_RETENTION_DAYS,
    ) -> ImageRecord:
        """Write a pending record that expires after a day. Return the current record.

        An existing record is kept if it is done, leased or queued. What the owner has said about an image
        that failed is kept. With limits, the request is counted, and the upload, unless a pending record has
        counted it already. Raises QuotaReached, or BeingDeleted if a deletion doesn't finish in time.
        """
        return start.start(self._table, record, limits, self._clock(), retention_days)

    def start_source(
        self, record: ImageRecord, *, retention_days: int = DEFAULT_RETENTION_DAYS, known: str | None = None
    ) -> tuple[ImageRecord, bool]:
        """Write a pending record, or reopen one that is outdated. See the function of the same name."""
        return start_source(self._table, record, retention_days, known)

    def give_back(self, record: ImageRecord) -> bool:
        """Uncount the upload of a record that was read before. Return whether it still was to be given back.

        It isn't if its file was received, or the image was started again.
        """
        if record.counted_at is None:
            return False
        return give_back.give_back(
            self._table, record.owner, record.id, record.counted_at, record.uploaded_at
        )

    def upload_counts(self, owner: str) -> UploadCounts:
        """Return an owner's uploads in the current day and month (UTC)."""
        return quotas.read(self._table, owner, self._clock())

    def acquire_lease(
        self,
        owner: str,
        image_id: str,
        lease_owner: str,
        seconds: int,
        *,
        created_at: datetime | None = None,
        reopen: bool = False,
        queued_until: int | None = None,
    ) -> Lease:
        """Lease a pending image, so that no other invocation processes it, and count the attempt.

        See `lease.acquire` for images that failed. `queued_until` (epoch seconds) replaces the mark of an
        image whose event came from the retry queue.
        """
        wanted = (self._table, owner, image_id, lease_owner, seconds)
        return lease.acquire(*wanted, created_at=created_at, reopen=reopen, queued_until=queued_until)

    def acquire_direct_lease(self, key: str, lease_owner: str, seconds: int) -> Lease:
        """Lease a direct upload, which has no record. The lease is acquired or busy."""
        return lease.acquire_direct(self._table, key, lease_owner, seconds)

    def renew_lease(self, acquired: Lease, seconds: int) -> bool:
        """Extend a lease to `seconds` from now. Return False if it was lost."""
        return lease.renew(self._table, acquired, seconds)

    def release_lease(self, acquired: Lease) -> None:
        """Release a lease if its owner still holds it. Finishing or parking an image does so, too."""
        lease.release(self._table, acquired)

    def mark_queued(
        self,
        owner: str,
        image_id: str,
        until: int,
        *,
        lease_owner: str | None = None,
        created_at: datetime | None = None,
    ) -> bool:
        """Mark a pending image whose event is in the retry queue until a time, in epoch seconds.

        Its record is kept until then, unless it is indexed, which fixes its expiry. With a lease
        owner, also release the lease. Return False if it isn't marked: see `queue.mark`. Without another
        event in flight, send the event first: a mark without a message hides the image from recovery.
        """
        return queue.mark(self._table, owner, image_id, until, lease_owner, created_at)

    def count_calls(self, owner: str, image_id: str, calls: int) -> None:
        """Count billed calls that no completion counts, for the month and, if it exists, the record."""
        count.count_calls(self._table, owner, image_id, calls)

    def add_usage(self, added: StackUsage) -> None:
        """Add answered calls to the stack's usage of the current month (UTC)."""
        usage.add(self._table, self._clock(), added)

    def stack_usage(self) -> StackUsage:
        """Return the stack's usage of the current month (UTC)."""
        return usage.read(self._table, self._clock())

    def complete(
        self,
        owner: str,
        image_id: str,
        completion: Completion,
        lease_owner: str | None = None,
        *,
        leased: Item | None = None,
    ) -> bool:
        """Record a result and count its calls.

        Return False, without counting, if the record is gone or done or, when a lease owner is given, was
        restarted since the lease. `leased` is the lease's item, to save reading it again.
        """
        if completion.summary.is_waiting:
            self.waiting_owners.add(owner, day_end(completion.expires_at))
        is_done = finish.complete(self._table, owner, image_id, completion, lease_owner, leased)
        self.index.merge_sometimes(owner)
        return is_done

    def fail(
        self, owner: str, image_id: str, failure: FailureSummary, lease_owner: str | None = None
    ) -> bool:
        """Record a rejection. Return False if the record is gone, done or restarted.

        An image that was done, and then reopened, is done again with its earlier result.
        """
        is_failed = finish.fail(self._table, owner, image_id, failure, lease_owner)
        self.index.merge_sometimes(owner)
        return is_failed

    def reopen(self, finished: ImageRecord, newer: ImageRecord | None = None) -> ImageRecord | None:
        """Set a finished image back to pending, unless it changed since `finished` was read.

        `newer` has the version that its source object has by now, if that is another.

        Of a failed image, send the event to the retry queue first, so that no interruption leaves it pending
        without an event. Of a done one, send it afterward: an event about a done image has no effect. Such an
        image keeps what was recognized, and is done with that again if it fails. Return what `get` does.
        """
        return reopen.reopen(self._table, finished, newer)

    def annotate(
        self,
        owner: str,
        image_id: str,
        edit: Callable[[OwnData], OwnData],
        *,
        revisions: Collection[int] | None = None,
    ) -> ImageRecord | None:
        """Edit what the owner says about an image, and return its record; None if there is none.

        The edit may be called several times. With `revisions`, the record must have one of them. Raises
        RecordChanged, and what the edit raises.
        """
        return annotate.annotate(self._table, owner, image_id, edit, revisions)

    def pending(self, shard: str, *, before: datetime) -> Iterator[list[tuple[str, str]]]:
        """Yield pages of (owner, image id) of the pending records uploaded before a time, oldest first.

        `shard` is one of `keys.PENDING_SHARDS`. The index lags behind: read a record before acting on it.
        """
        return pending.read_pending(self._table, shard, before)

    def begin_deletion(
        self, owner: str, image_id: str, *, if_unchanged: ImageRecord | None = None
    ) -> Deletion | None:
        """Hide an image, give back its upload if it wasn't received, and remove it from the index.

        Return None if there is no record. Delete the image's objects next, then call `end_deletion`. A
        repeated call resumes an interrupted deletion. With `if_unchanged`, a finished record that was read
        before, also return None if it changed since.
        """
        return delete.begin(self._table, owner, image_id, if_unchanged=if_unchanged)

    def end_deletion(self, deletion: Deletion) -> None:
        """Delete the record of an image whose objects are deleted."""
        delete.end(self._table, deletion)
