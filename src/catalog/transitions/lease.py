"""Lease: reserve a pending image for one invocation of the processor."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from catalog.keys import record_key
from common.rejections import UNAVAILABLE
from common.time import format_rfc3339

if TYPE_CHECKING:
    from datetime import datetime

    from catalog.table import Table


class LeaseStatus(Enum):
    """Outcome of an attempt to lease an image for processing."""

    ACQUIRED = auto()
    FINISHED = auto()  # the image already has a result or a rejection
    BUSY = auto()  # another invocation holds the lease
    MISSING = auto()  # there is no record


def acquire(
    table: Table,
    owner: str,
    image_id: str,
    lease_owner: str,
    seconds: int,
    *,
    created_at: datetime | None,
    reopen: bool,
) -> LeaseStatus:
    """Lease a pending image, or renew its owner's lease.

    An image that failed before its file was created, at `created_at`, becomes pending again and is leased
    as well. So does one that failed as unavailable, if `reopen` is true.
    """
    now = table.now()
    values: dict[str, Any] = {
        ":lease_owner": lease_owner,
        ":until": now + seconds,
        ":now": now,
        ":pending": "pending",
        ":true": True,
    }
    leasable = (
        "#status = :pending AND "
        "(attribute_not_exists(leaseExpiresAt) OR leaseExpiresAt <= :now OR leaseOwner = :lease_owner)"
    )
    if reopen:
        values |= {":failed": "failed", ":unavailable": UNAVAILABLE}
        leasable += " OR #status = :failed AND reason.code = :unavailable"
    if created_at:
        values |= {":failed": "failed", ":created_at": format_rfc3339(created_at)}
        leasable += " OR #status = :failed AND processedAt < :created_at"
    is_acquired, item = table.update(
        record_key(owner, image_id),
        "SET #status = :pending, received = :true, leaseOwner = :lease_owner, leaseExpiresAt = :until "
        "REMOVE reason, processedAt",
        values,
        condition="attribute_exists(pk) AND expiresAt > :now AND attribute_not_exists(deletingSince) "
        f"AND ({leasable})",
    )
    if is_acquired:
        return LeaseStatus.ACQUIRED
    if not table.is_active(item):
        return LeaseStatus.MISSING
    return LeaseStatus.BUSY if item["status"] == "pending" else LeaseStatus.FINISHED


def release(table: Table, owner: str, image_id: str, lease_owner: str) -> None:
    """Release a lease if it still has the same owner."""
    table.update(
        record_key(owner, image_id),
        "REMOVE leaseOwner, leaseExpiresAt",
        {":lease_owner": lease_owner, ":pending": "pending"},
        condition="leaseOwner = :lease_owner AND #status = :pending",
    )
