"""Lease: reserve a pending image, or a direct upload, for one invocation of the processor.

A lease ends when it is released, when its record is finished, or at its expiry. `attempts` counts the leases
in a row that were acquired and not ended in one of the first two ways: the processor was killed each time.
`tries` counts all leases of a record since it was started.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from catalog.contention import TableBusy
from catalog.keys import DAY_SECONDS, direct_lease_key, record_key
from catalog.transitions.pending import LEASE_ATTRIBUTES
from catalog.transitions.reopen import reopen_item
from common.rejections import UNAVAILABLE
from common.time import format_rfc3339

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from catalog.table import Item, Key, Table

_FREE = "(attribute_not_exists(leaseExpiresAt) OR leaseExpiresAt <= :now)"
# That the lease of a direct upload is kept after its last try: longer than the pause between two tries.
DIRECT_SECONDS = DAY_SECONDS
_MAX_ATTEMPTS = 5


class LeaseStatus(Enum):
    """Outcome of an attempt to lease an image for processing."""

    ACQUIRED = auto()
    FINISHED = auto()  # the image already has a result or a rejection
    BUSY = auto()  # another invocation holds the lease
    MISSING = auto()  # there is no record


@dataclass(frozen=True)
class Lease:
    """The outcome of an attempt to lease something, and what identifies the lease if it was acquired.

    `interrupted` is the number of earlier attempts in a row that ended without releasing their lease.
    `billed_calls` are those counted for the record so far. Both are 0 unless the lease was acquired.
    `is_first` is whether no earlier try can have kept anything. `is_replaced` is whether the result that the
    record has already is about an earlier version of its source object. `source_etag` is that of the version
    that the record is about.
    """

    status: LeaseStatus
    key: Key
    lease_owner: str
    interrupted: int = 0
    billed_calls: int = 0
    uploaded_at: str = ""  # of the record, in RFC 3339
    done_at: str = ""  # of the result that the record has already, in RFC 3339; empty if none
    item: Item | None = None  # the record, as it was leased
    is_first: bool = False
    is_replaced: bool = False
    source_etag: str | None = None  # None if it isn't about a source object


def acquire(
    table: Table,
    owner: str,
    image_id: str,
    lease_owner: str,
    seconds: int,
    *,
    created_at: datetime | None,
    reopen: bool,
    queued_until: int | None,
) -> Lease:
    """Lease a pending image.

    An image that failed before its file was created, at `created_at`, becomes pending again and is leased
    as well. So does one that failed as unavailable, if `reopen` is true. `queued_until` replaces the mark.
    """
    key = record_key(owner, image_id)
    for attempt in range(_MAX_ATTEMPTS):
        lease, item = _acquire_pending(table, key, lease_owner, seconds, queued_until)
        if lease.status is LeaseStatus.ACQUIRED:
            return lease
        if not table.is_active(item):
            return replace(lease, status=LeaseStatus.MISSING)
        if item["status"] == "pending":
            return lease
        if not _can_reopen(item, created_at, is_unavailable_enough=reopen):
            return replace(lease, status=LeaseStatus.FINISHED)
        if not reopen_item(table, item):
            table.back_off(attempt)  # another process changed the record: decide again
    raise TableBusy(image_id)


def _can_reopen(item: Item, created_at: datetime | None, *, is_unavailable_enough: bool) -> bool:
    if item["status"] != "failed":
        return False
    if is_unavailable_enough and item["reason"]["code"] == UNAVAILABLE:
        return True
    return created_at is not None and bool(item["processedAt"] < format_rfc3339(created_at))


def _acquire_pending(
    table: Table, key: Key, lease_owner: str, seconds: int, queued_until: int | None
) -> tuple[Lease, Item]:
    queued = "" if queued_until is None else ", queuedUntil = :queuedUntil"
    return _acquire(
        table,
        key,
        lease_owner,
        seconds,
        f"SET received = :true{queued}",
        {":pending": "pending", ":true": True, **({":queuedUntil": queued_until} if queued else {})},
        "attribute_exists(pk) AND expiresAt > :now AND attribute_not_exists(deletingSince) "
        f"AND #status = :pending AND {_FREE}",
        remove="REMOVE countedAt",
        add=", tries :one",
    )


def acquire_direct(table: Table, key: str, lease_owner: str, seconds: int) -> Lease:
    """Lease a direct upload, which has no record: an object, whatever its version."""
    lease, _ = _acquire(
        table,
        direct_lease_key(key),
        lease_owner,
        seconds,
        "SET expiresAt = :expiresAt",
        {":expiresAt": table.now() + DIRECT_SECONDS},
        _FREE,
    )
    return lease


def renew(table: Table, lease: Lease, seconds: int) -> bool:
    """Extend a lease from now. Return False if it was lost: to another owner, a restart or a deletion."""
    is_renewed, _ = table.update(
        lease.key,
        "SET leaseExpiresAt = :until",
        {":lease_owner": lease.lease_owner, ":until": table.now() + seconds},
        condition="leaseOwner = :lease_owner AND attribute_not_exists(deletingSince)",
    )
    return is_renewed


def release(table: Table, lease: Lease) -> None:
    """Release a lease if it still has the same owner. The item of a direct upload expires within a day."""
    table.update(
        lease.key,
        f"REMOVE {LEASE_ATTRIBUTES}",
        {":lease_owner": lease.lease_owner},
        condition="leaseOwner = :lease_owner",
    )


def _acquire(
    table: Table,
    key: Key,
    lease_owner: str,
    seconds: int,
    expression: str,
    values: Mapping[str, Any],
    condition: str,
    *,
    remove: str = "",
    add: str = "",
) -> tuple[Lease, Item]:
    """Lease an item if a condition holds. Return the lease, busy if it doesn't, and the item as it is now.

    The token tells an update that the SDK repeats, because the response was lost, from another attempt.
    """
    token, now = uuid4().hex, table.now()
    is_updated, item = table.update(
        key,
        f"{expression}, leaseOwner = :lease_owner, leaseExpiresAt = :until, leaseToken = :token {remove} "
        f"ADD attempts :one{add}",
        {
            **values,
            ":lease_owner": lease_owner,
            ":until": now + seconds,
            ":now": now,
            ":token": token,
            ":one": 1,
        },
        condition=f"{condition} AND (attribute_not_exists(leaseToken) OR leaseToken <> :token)",
    )
    if not is_updated and item.get("leaseToken") != token:
        return Lease(LeaseStatus.BUSY, key, lease_owner), item
    interrupted, billed_calls = int(item["attempts"]) - 1, int(item.get("billedCalls", 0))
    lease = Lease(
        LeaseStatus.ACQUIRED,
        key,
        lease_owner,
        interrupted,
        billed_calls,
        uploaded_at=item.get("uploadedAt", ""),
        done_at=item.get("doneAt", ""),
        item=item,
        is_first=item.get("tries") == 1,
        is_replaced="replaced" in item,
        source_etag=item["source"]["etag"] if "source" in item else None,
    )
    return lease, item
