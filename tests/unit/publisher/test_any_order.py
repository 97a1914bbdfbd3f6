"""A consumer that applies the events in any order, some of them twice, ends with what the catalog says."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from catalog.records import ImageRecord, LabelSummary, Reason, ResultSummary
from catalog.transitions.finish import Completion, FailureSummary
from tests.unit.support import IMAGE_ID, OTHER_ID, ROOT

if TYPE_CHECKING:
    from catalog.catalog import Catalog
    from publisher.events import ImageEvent
    from tests.unit.catalog.support import Clock

IDS = (IMAGE_ID, OTHER_ID)
STEPS = 25


@pytest.fixture
def consumer(tmp_path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """The names that the example in docs/events.md defines."""
    text = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec(code, names)
    with closing(names["database"]):
        yield names


class Person:
    """Does random things to two images, as people, events and time do."""

    def __init__(self, catalog: Catalog, clock: Clock, expire: Callable[[], None], seed: int) -> None:
        self._catalog, self._clock, self._expire = catalog, clock, expire
        self._choose = random.Random(seed)
        self._actions = (
            *(self._start, self._start, self._complete, self._complete, self._fail, self._retry),
            *(self._lease, self._begin_deletion, self._delete, self._expire_some),
        )

    def step(self) -> None:
        image_id = self._choose.choice(IDS)
        action = self._choose.choice(self._actions)
        self._clock.advance(seconds=self._choose.randint(0, 90))
        action(image_id)

    def settle(self) -> None:
        """Finish what is pending, and let expire what is half deleted."""
        for image_id in IDS:
            record = self._catalog.get("alice", image_id)
            if record and record.status == "pending":
                self._complete(image_id)
        self._expire()

    def _start(self, image_id: str) -> None:
        now = self._clock.now
        record = ImageRecord("alice", image_id, "pending", "cat.jpg", "image/jpeg", 1000, now)
        old = self._catalog.get("alice", image_id)
        self._clock.advance(minutes=2)  # a deletion in progress was interrupted by then
        self._catalog.start(record if old is None else replace(record, uploaded_at=self._clock.now))

    def _complete(self, image_id: str) -> None:
        names = tuple(self._choose.sample(["Cat", "Dog", "Bird"], 2))
        summary = ResultSummary(10, 20, tuple(LabelSummary(name, 98.5) for name in names))
        completion = Completion(summary, 1, self._clock.now, self._later())
        self._catalog.complete("alice", image_id, completion)

    def _fail(self, image_id: str) -> None:
        reason = Reason(self._choose.choice(["broken", "unavailable"]), "It is.")
        self._catalog.fail("alice", image_id, FailureSummary(reason, self._clock.now, self._later()))

    def _retry(self, image_id: str) -> None:
        record = self._catalog.get("alice", image_id)
        if record and record.status == "failed":
            self._catalog.reopen(record)

    def _lease(self, image_id: str) -> None:
        self._catalog.acquire_lease("alice", image_id, "me", 60, reopen=True, created_at=self._clock.now)

    def _begin_deletion(self, image_id: str) -> None:
        self._catalog.begin_deletion("alice", image_id)

    def _delete(self, image_id: str) -> None:
        if entry := self._catalog.begin_deletion("alice", image_id):
            self._catalog.end_deletion(entry)

    def _expire_some(self, image_id: str) -> None:
        self._clock.advance(days=self._choose.choice([0, 2, 9]))
        if self._choose.random() < 0.5:  # otherwise DynamoDB hasn't got round to it
            self._expire()

    def _later(self) -> int:
        return int(self._clock.now.timestamp()) + 5 * 86400


@pytest.mark.parametrize("seed", range(12))
def test_the_last_event_says_what_the_catalog_says(
    catalog: Catalog,
    clock: Clock,
    expire: Callable[[], None],
    take_events: Callable[[], list[ImageEvent]],
    consumer: dict[str, Any],
    seed: int,
) -> None:
    person = Person(catalog, clock, expire, seed)
    for _ in range(STEPS):
        person.step()
    person.settle()
    details = [event.detail for event in take_events()]
    order = random.Random(seed)
    delivered = details + order.choices(details, k=len(details) // 2)
    order.shuffle(delivered)
    for detail in delivered:
        consumer["apply"]({"detail": detail})
    expected = {
        record.id: (record.status, [label.name for label in record.labels])
        for record in (catalog.get("alice", image_id) for image_id in IDS)
        if record
    }
    assert {
        detail["id"]: (detail["status"], [label["name"] for label in detail.get("labels", [])])
        for detail in consumer["current_images"]()
    } == expected
