"""The pace of a run: a share of Rekognition's quota, so that live uploads have the rest."""

from __future__ import annotations

import math
from time import monotonic
from typing import TYPE_CHECKING

from deploy.backfill.images import BATCH
from deploy.errors import DeploymentError

if TYPE_CHECKING:
    from collections.abc import Callable

DEFAULT_SHARE = 0.8
BACKLOG_SECONDS = 60  # of the quota: with more in the retry queue, live retries would wait longer


class Pace:
    """Lets images start evenly, at a rate. Each detector has a quota of its own, so an image counts once."""

    def __init__(self, calls_per_second: float, share: float, clock: Callable[[], float] = monotonic) -> None:
        self.rate = calls_per_second * share  # images per second
        self.max_backlog = math.ceil(calls_per_second * BACKLOG_SECONDS)  # messages in the retry queue
        self.group = max(1, min(BATCH, int(self.rate)))  # images that start together: those of a second
        self._clock = clock
        self._free_at = -math.inf

    def reserve(self, images: int) -> float:
        """Reserve the start of a few images. Return the seconds until then."""
        time = self._clock()
        start = max(self._free_at, time)
        self._free_at = start + images / self.rate
        return start - time


def parse_share(text: str) -> float:
    """Return the share of the quota that a run may use. Raises DeploymentError."""
    try:
        share = float(text)
    except ValueError:
        share = math.nan
    if not 0 < share <= 1:  # also for NaN
        raise DeploymentError(
            f"SHARE must be a number above 0 and up to 1, such as {DEFAULT_SHARE}, not {text!r}."
        )
    return share
