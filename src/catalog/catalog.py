"""The catalog: what the functions may do with records, lists and counts."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from catalog import deleting, finishing, labels, listing, starting
from catalog.finishing import Finding
from catalog.keys import Place, fold, month_key
from catalog.records import from_item, item_key
from catalog.table import Rows
from common import time as times

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from mypy_boto3_dynamodb.service_resource import Table

    from catalog.labels import LabelCount
    from catalog.listing import Page
    from catalog.records import ImageRecord, LabelSummary, Reason

_CONFIG = Config(connect_timeout=2, read_timeout=4, retries={"mode": "standard", "total_max_attempts": 3})


class Claim(Enum):
    """What came of asking for an image to work on."""

    TAKEN = auto()  # it is the claimant's, for the time asked
    DONE = auto()  # it is answered already, with a result or a rejection
    BUSY = auto()  # another claimant has it
    MISSING = auto()  # there is no record


@dataclass(frozen=True)
class MonthTotals:
    """What an owner had recognised in a month: images, whether deleted since or not, and billed calls."""

    images: int
    billed_calls: int


class Catalog:
    """Records of images, each written only in the states that allow it."""

    def __init__(
        self,
        table: Table,
        clock: Callable[[], datetime] = times.now,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._clock = clock
        self._rows = Rows(table, clock, sleep, chance)

    @classmethod
    def from_env(cls, table_name: str) -> Catalog:
        """Build the table's client from the function's environment."""
        return cls(boto3.resource("dynamodb", config=_CONFIG).Table(table_name))

    def get(self, owner: str, image_id: str) -> ImageRecord | None:
        """Return an image's record; None where there is none, or none any more."""
        item = finishing.open_item(self._rows, owner, image_id)
        return from_item(item) if item else None

    def start(self, record: ImageRecord, *, after_failure: bool = True) -> ImageRecord:
        """Write a pending record, new or anew, for a day; return the record that stands then.

        That is the given one, unless the image is done or being worked on, which nothing may undo.
        Unless told `after_failure`, a failed record is left standing as well. BeingDeleted where the
        image is, for longer than it is worth waiting.
        """
        return starting.start(self._rows, record, after_failure=after_failure)

    def claim(self, owner: str, image_id: str, claimant: str, seconds: int) -> Claim:
        """Take a pending image to work on, so that no other claimant does; a claim may be renewed."""
        now = self._rows.now()
        taken, item = self._rows.update(
            item_key(owner, image_id),
            "SET claimant = :claimant, claimedUntil = :until",
            {":claimant": claimant, ":until": now + seconds, ":now": now, ":pending": "pending"},
            condition="attribute_exists(pk) AND expiresAt > :now AND attribute_not_exists(deletingSince) "
            "AND #status = :pending AND "
            "(attribute_not_exists(claimedUntil) OR claimedUntil <= :now OR claimant = :claimant)",
        )
        if taken:
            return Claim.TAKEN
        if not item or not self._rows.is_live(item) or "deletingSince" in item:
            return Claim.MISSING
        return Claim.BUSY if item["status"] == "pending" else Claim.DONE

    def release(self, owner: str, image_id: str, claimant: str) -> None:
        """Give a claim back, if it is still the claimant's."""
        self._rows.update(
            item_key(owner, image_id),
            "REMOVE claimant, claimedUntil",
            {":claimant": claimant, ":pending": "pending"},
            condition="claimant = :claimant AND #status = :pending",
        )

    def complete(
        self,
        owner: str,
        image_id: str,
        *,
        width: int,
        height: int,
        labels: Sequence[LabelSummary],
        index_names: Sequence[str],
        billed_calls: int,
        processed_at: datetime,
        expires_at: int,
        claimant: str | None = None,
    ) -> bool:
        """Record a result; True where it stands, by this call or another, False where the record is gone.

        With a `claimant` it is False as well where the record was made anew since the claim.
        `labels` are shown as given; the image is listed under `index_names`, which are to name the labels
        and their parents. It is all kept until the end of the day of `expires_at`.
        """
        finding = Finding(width, height, labels, index_names, billed_calls, processed_at, expires_at)
        return finishing.complete(self._rows, owner, image_id, finding, claimant)

    def fail(
        self,
        owner: str,
        image_id: str,
        reason: Reason,
        *,
        processed_at: datetime,
        expires_at: int,
        claimant: str | None = None,
    ) -> bool:
        """Record a rejection; False where the record is gone or, meanwhile, done or made anew."""
        failure = finishing.Failure(reason, processed_at, expires_at)
        return finishing.fail(self._rows, owner, image_id, failure, claimant)

    def page(self, owner: str, *, limit: int, label: str | None = None, position: str | None = None) -> Page:
        """Return an owner's images, newest first, all or those with a label (any case), after a position."""
        folded = None if label is None else fold(label)
        return listing.page(self._rows, owner, folded, limit=limit, before=position)

    def label_counts(self, owner: str) -> tuple[LabelCount, ...]:
        """Return an owner's labels and how many images have each, most frequent first."""
        return labels.counts(self._rows, owner)

    def this_month(self, owner: str) -> MonthTotals:
        """Return what an owner had recognised in the present month (UTC)."""
        item = self._rows.get(month_key(owner, self._clock())) or {"images": 0, "billedCalls": 0}
        return MonthTotals(int(item["images"]), int(item["billedCalls"]))

    def begin_deletion(self, owner: str, image_id: str) -> Place | None:
        """Hide an image from everybody and take its labels back; None where there is none.

        Called again it goes on where another was cut off. The objects can go then; `end_deletion` is last.
        """
        return deleting.begin(self._rows, owner, image_id)

    def end_deletion(self, place: Place) -> None:
        """Let go of the record of an image whose deletion has begun."""
        deleting.end(self._rows, place)
