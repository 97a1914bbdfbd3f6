"""Lease: reserve a pending image, or a direct upload, for one invocation of the processor.

A lease ends when it is released, when its record is finished, or at its expiry. `attempts` counts the leases
in a row that were acquired and not ended in one of the first two ways: the processor was killed each time.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from catalog.keys import DAY_SECONDS, direct_lease_key, pending_shard, record_key
from catalog.transitions.pending import LEASE_ATTRIBUTES
from common.rejections import UNAVAILABLE
from common.time import format_rfc3339

if TYPE_CHECKING:
    from datetime import datetime

    from catalog.table import Item, Key, Table

_FREE = "(attribute_not_exists(leaseExpiresAt) OR leaseExpiresAt <= :now OR leaseOwner = :lease_owner)"
_DIRECT_SECONDS = DAY_SECONDS  # that the lease of a direct upload is kept: longer than all tries of an event


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
    """

    status: LeaseStatus
    key: Key
    lease_owner: str
    interrupted: int = 0
    billed_calls: int = 0


def acquire(
    table: Table,
    owner: str,
    image_id: str,
    lease_owner: str,
    seconds: int,
    *,
    created_at: datetime | None,
    reopen: bool,
) -> Lease:
    """Lease a pending image. The owner of its lease may acquire it again, as another attempt.

    An image that failed before its file was created, at `created_at`, becomes pending again and is leased
    as well. So does one that failed as unavailable, if `reopen` is true.
    """
    now = table.now()
    values: dict[str, Any] = {
        ":lease_owner": lease_owner,
        ":until": now + seconds,
        ":now": now,
        ":one": 1,
        ":pending": "pending",
        ":shard": pending_shard(image_id),
        ":true": True,
    }
    leasable = f"#status = :pending AND {_FREE}"
    if reopen:
        values |= {":failed": "failed", ":unavailable": UNAVAILABLE}
        leasable += " OR #status = :failed AND reason.code = :unavailable"
    if created_at:
        values |= {":failed": "failed", ":created_at": format_rfc3339(created_at)}
        leasable += " OR #status = :failed AND processedAt < :created_at"
    key = record_key(owner, image_id)
    is_acquired, item = table.update(
        key,
        "SET #status = :pending, pendingShard = :shard, received = :true, leaseOwner = :lease_owner, "
        "leaseExpiresAt = :until REMOVE reason, processedAt ADD attempts :one",
        values,
        condition="attribute_exists(pk) AND expiresAt > :now AND attribute_not_exists(deletingSince) "
        f"AND ({leasable})",
    )
    if is_acquired:
        return _acquired(key, item)
    if not table.is_active(item):
        return Lease(LeaseStatus.MISSING, key, lease_owner)
    status = LeaseStatus.BUSY if item["status"] == "pending" else LeaseStatus.FINISHED
    return Lease(status, key, lease_owner)


def acquire_direct(table: Table, key: str, etag: str, lease_owner: str, seconds: int) -> Lease:
    """Lease a direct upload, which has no record: the version of an object that has this ETag."""
    now = table.now()
    lease_key = direct_lease_key(key, etag)
    is_acquired, item = table.update(
        lease_key,
        "SET leaseOwner = :lease_owner, leaseExpiresAt = :until, expiresAt = :expiresAt ADD attempts :one",
        {
            ":lease_owner": lease_owner,
            ":until": now + seconds,
            ":expiresAt": now + _DIRECT_SECONDS,
            ":now": now,
            ":one": 1,
        },
        condition=_FREE,
    )
    return _acquired(lease_key, item) if is_acquired else Lease(LeaseStatus.BUSY, lease_key, lease_owner)


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


def _acquired(key: Key, item: Item) -> Lease:
    return Lease(
        LeaseStatus.ACQUIRED,
        key,
        item["leaseOwner"],
        interrupted=int(item["attempts"]) - 1,
        billed_calls=int(item.get("billedCalls", 0)),
    )
