"""The counts of uploads equal a simple model, whatever happens to the images."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from moto import mock_aws

from catalog.catalog import Catalog
from catalog.quotas import QuotaReached, UploadLimits
from catalog.records import ImageRecord, Reason
from catalog.transitions.finish import FailureSummary
from catalog.transitions.lease import LeaseStatus
from tests.cloud import create_catalog_table
from tests.unit.catalog.support import ID, OTHER_ID, Clock

if TYPE_CHECKING:
    from datetime import datetime


class Uploads(RuleBasedStateMachine):
    """Two images of an owner who may start three uploads a day, compared with sets of what counts."""

    images = st.sampled_from([ID, OTHER_ID])

    def __init__(self) -> None:
        super().__init__()
        self.mock = mock_aws()
        self.mock.start()
        self.clock = Clock()
        self.table = create_catalog_table()
        self.catalog = Catalog(self.table, self.clock, sleep=lambda _: None, random=lambda: 1.0)
        self.states: dict[str, str] = {}
        self.started: dict[str, datetime] = {}  # when each image was started last
        self.waiting: dict[str, datetime] = {}  # when the uploads counted whose file wasn't received
        self.received: list[datetime] = []  # when the others did

    def teardown(self) -> None:
        self.mock.stop()

    @rule(image=images)
    def start(self, image: str) -> None:
        """An upload is requested: the first time, again, or after a failure."""
        needs_count = image not in self.waiting and self.states.get(image) in (None, "pending", "failed")
        self.clock.advance(seconds=1)
        record = ImageRecord("public", image, "pending", "a.jpg", "image/jpeg", 1, self.clock.now)
        try:
            self.catalog.start(record, UploadLimits(day=3, month=5))
        except QuotaReached:
            assert needs_count
            assert self.expected()[0] == 3 or self.expected()[1] == 5
            return
        if needs_count:
            self.waiting[image] = self.clock.now
            self.states[image] = "pending"
        if self.states[image] == "pending":
            self.started[image] = self.clock.now

    @rule(image=images)
    def receive(self, image: str) -> None:
        """The file arrives, perhaps late, and the processor has it."""
        lease = self.catalog.acquire_lease("public", image, "processor", 1000)
        if lease.status is LeaseStatus.ACQUIRED:
            assert self.states[image] == "pending"
            self.states[image] = "leased"
            if image in self.waiting:
                self.received.append(self.waiting.pop(image))

    @rule(image=images)
    def fail(self, image: str) -> None:
        """The processor rejects the file."""
        if self.states.get(image) == "leased":
            expires_at = int(self.clock.now.timestamp()) + 90 * 86400
            failure = FailureSummary(Reason("broken", "It is."), self.clock.now, expires_at)
            assert self.catalog.fail("public", image, failure, "processor")
            self.states[image] = "failed"

    @rule(image=images)
    def recover(self, image: str) -> None:
        """The recovery finds no file."""
        record = self.catalog.get("public", image)
        assert (record is not None and self.catalog.give_back(record)) == (image in self.waiting)
        self.waiting.pop(image, None)

    @rule(image=images, is_interrupted=st.booleans())
    def delete(self, image: str, is_interrupted: bool) -> None:
        """The image is deleted; an interrupted deletion is resumed when the image is started again."""
        entry = self.catalog.begin_deletion("public", image)
        if entry is None:
            assert image not in self.states
            return
        if is_interrupted:
            self.clock.advance(seconds=61)
        else:
            self.catalog.end_deletion(entry)
        self.waiting.pop(image, None)
        self.states.pop(image, None)

    @rule(hours=st.sampled_from([1, 12]))
    def wait(self, hours: int) -> None:
        """Time passes, but no image's lease or record expires."""
        later = self.clock.now + timedelta(hours=hours)
        is_kept = all(later < self.started[image] + timedelta(days=1) for image in self.unfinished())
        if is_kept and "leased" not in self.states.values():
            self.clock.advance(hours=hours)

    def unfinished(self) -> list[str]:
        return [image for image, state in self.states.items() if state != "failed"]

    def expected(self) -> tuple[int, int]:
        """Return what counts in the current day and month."""
        counted = [*self.waiting.values(), *self.received]
        now = self.clock.now
        return (
            sum(time.date() == now.date() for time in counted),
            sum((time.year, time.month) == (now.year, now.month) for time in counted),
        )

    @invariant()
    def counts_are_those_of_the_model(self) -> None:
        """Neither count is above its limit or below zero."""
        counts = self.catalog.upload_counts("public")
        assert (counts.day, counts.month) == self.expected()
        assert 0 <= counts.day <= 3
        assert 0 <= counts.month <= 5


def test_counts_equal_a_simple_model_whatever_happens() -> None:
    run_state_machine_as_test(
        Uploads,
        settings=settings(
            max_examples=15, stateful_step_count=25, suppress_health_check=[HealthCheck.too_slow]
        ),
    )
