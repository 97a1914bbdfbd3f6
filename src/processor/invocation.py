"""What an image is processed for: a first try of its event, or a retry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Invocation:
    """The owner of the image's lease, and the seconds that are left.

    A retry comes from the retry queue. It waits for Rekognition's quota, which a first try doesn't.
    `parked_since` is when its image was first parked. `ask_again` are operations to call again, although the
    earlier result has answers to the same call.
    """

    lease_owner: str
    seconds_left: Callable[[], float]
    is_retry: bool = False
    parked_since: datetime | None = None
    ask_again: frozenset[str] = frozenset()
