"""The attributes that only a pending record has, besides its status."""

from __future__ import annotations

LEASE_ATTRIBUTES = "leaseOwner, leaseExpiresAt, leaseToken, attempts"
# To be removed by a change to done or failed
NOT_PENDING = dict.fromkeys(
    (
        *LEASE_ATTRIBUTES.split(", "),
        "queuedUntil",
        "pendingShard",
        "countedAt",
        "startToken",
        "doneAt",
        "replaced",
    )
)
