"""Lease: reserve a pending image for one invocation of the processor."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from catalog.keys import record_key

if TYPE_CHECKING:
    from catalog.table import Table


class LeaseStatus(Enum):
    """Outcome of an attempt to lease an image for processing."""

    ACQUIRED = auto()
    FINISHED = auto()  # the image already has a result or a rejection
    BUSY = auto()  # another invocation holds the lease
    MISSING = auto()  # there is no record


def acquire(table: Table, owner: str, image_id: str, lease_owner: str, seconds: int) -> LeaseStatus:
    """Lease a pending image, or renew its owner's lease."""
    now = table.now()
    is_acquired, item = table.update(
        record_key(owner, image_id),
        "SET leaseOwner = :lease_owner, leaseExpiresAt = :until",
        {":lease_owner": lease_owner, ":until": now + seconds, ":now": now, ":pending": "pending"},
        condition="attribute_exists(pk) AND expiresAt > :now AND attribute_not_exists(deletingSince) "
        "AND #status = :pending AND "
        "(attribute_not_exists(leaseExpiresAt) OR leaseExpiresAt <= :now OR leaseOwner = :lease_owner)",
    )
    if is_acquired:
        return LeaseStatus.ACQUIRED
    if not item or not table.is_live(item) or "deletingSince" in item:
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
