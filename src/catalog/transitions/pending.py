"""The attributes that only a pending record has, besides its status."""

from __future__ import annotations

LEASE_ATTRIBUTES = "leaseOwner, leaseExpiresAt, leaseToken, attempts"
# To be removed, in an update expression, when a record is done or failed
PENDING_ATTRIBUTES = f"{LEASE_ATTRIBUTES}, queuedUntil, pendingShard, countedAt, doneAt"
