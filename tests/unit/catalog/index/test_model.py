"""The index equals a plain dictionary, whatever happens to the images and wherever it is interrupted."""

from __future__ import annotations

from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from moto import mock_aws

from catalog.catalog import Catalog
from catalog.contention import TableBusy
from catalog.index import merge
from catalog.index.counts import CountsReader
from catalog.index.entries import Entry, Order, is_current
from catalog.index.vocabulary import MonthTotals
from catalog.items import from_item, own_attributes
from catalog.keys import is_record_key, position_of, record_key
from catalog.records import ImageRecord, LabelSummary, OwnData, Reason, ResultSummary
from catalog.table import Table
from catalog.terms import MONTH_KINDS
from catalog.transitions.change import change
from catalog.transitions.finish import Completion, FailureSummary
from catalog.transitions.start import BeingDeleted
from tests.cloud import create_catalog_table
from tests.unit.catalog.support import CallLog, Clock, Interruption, interrupt

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

IDS = tuple(f"{number:064x}" for number in range(3))
LABELS = ("Cat", "Dog", "Sea")
RETENTION = 3 * 86400

images = st.sampled_from(IDS)
label_sets = st.sets(st.sampled_from(LABELS))
operations = st.sampled_from(["start", "complete", "fail", "tag", "reopen", "delete"])
taken_times = st.none() | st.sampled_from(
    [datetime(1999, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)]
)
lease_owners = st.none() | st.sampled_from(["me", "you"])
TERMS = ("label:cat", "label:dog", "label:sea", "tag:sale", "status:failed", "name:a.jpg")
interruptions = st.none() | st.integers(0, 6)  # before which call


@dataclass(frozen=True)
class Model:
    """What the dictionary has of an image; `terms` are those by which it is found."""

    status: str
    expires_at: int
    terms: frozenset[str] = frozenset()
    tags: tuple[str, ...] = ()
    is_again: bool = False  # pending again after it was done


class Index(RuleBasedStateMachine):
    """A few images of an owner. The model follows the records, each of which changes in one write."""

    def __init__(self) -> None:
        super().__init__()
        self.mock = mock_aws()
        self.mock.start()
        self.clock = Clock()
        self.resource = create_catalog_table()
        self.calls = CallLog(self.resource)
        self.adapter = Table(self.resource, self.clock, lambda _: None, lambda: 1.0)
        self.catalog = Catalog(self.resource, self.clock, sleep=lambda _: None, random=lambda: 1.0)
        self.model: dict[str, Model] = {}
        self.month: Counter[str] = Counter()

    def teardown(self) -> None:
        self.mock.stop()

    def attempt(self, before: int | None, action: Callable[[], object]) -> bool:
        """Do something, or let it be interrupted before one of its calls. Return whether it was done."""
        self.clock.advance(seconds=1)
        self.calls.clear()
        if before is not None:
            self.calls.run_before(before, interrupt)
        is_done = False
        with suppress(Interruption):
            action()
            is_done = True
        self.calls.clear()
        return is_done

    def item(self, image: str) -> dict[str, Any]:
        item: dict[str, Any] = self.resource.get_item(Key=record_key("public", image)).get("Item", {})
        return item

    def live(self) -> dict[str, Model]:
        now = self.clock.now.timestamp()
        return {image: each for image, each in self.model.items() if each.expires_at > now}

    @rule(image=images, before=interruptions)
    def start(self, image: str, before: int | None) -> None:
        """An upload is requested."""
        old = self.live().get(image)
        if image in self.model and self.item(image).get("deletingSince"):
            return
        record = ImageRecord("public", image, "pending", "a.jpg", "image/jpeg", 1, self.clock.now)
        revision = self.item(image).get("revision")
        self.attempt(before, lambda: self.catalog.start(replace(record, uploaded_at=self.clock.now)))
        item = self.item(image)
        is_started = item and (old is None or old.status != "done") and item.get("revision") != revision
        if is_started or (item and old is None):
            tags = old.tags if old else ()
            self.model[image] = Model("pending", int(item["expiresAt"]), tags=tags)

    @rule(image=images, owner=st.sampled_from(["me", "you"]), before=interruptions)
    def lease(self, image: str, owner: str, before: int | None) -> None:
        """An invocation leases the image, for less time than the next operation takes or for longer."""
        if not self.item(image) or self.item(image)["status"] == "pending":
            self.attempt(before, lambda: self.catalog.acquire_lease("public", image, owner, 1))

    @rule(
        image=images,
        labels=label_sets,
        before=interruptions,
        calls=st.integers(0, 2),
        taken_at=taken_times,
        lease_owner=lease_owners,
    )
    def complete(
        self,
        image: str,
        labels: set[str],
        before: int | None,
        calls: int,
        taken_at: datetime | None,
        lease_owner: str | None,
    ) -> None:
        """A result, perhaps of a late or repeated event; an image that is done isn't counted again."""
        found = tuple(LabelSummary(each, 90.0) for each in sorted(labels))
        summary = ResultSummary(1, 1, found, taken_at=taken_at)
        is_leased = lease_owner in (None, self.item(image).get("leaseOwner"))
        expires_at = int(self.clock.now.timestamp()) + RETENTION
        old, was = self.live().get(image), self.item(image).get("revision")
        completion = Completion(summary, calls, self.clock.now, expires_at)
        self.attempt(before, lambda: self.catalog.complete("public", image, completion, lease_owner))
        item = self.item(image)
        assert is_leased or item.get("revision") == was
        if old and old.status != "done" and item.get("revision") != was:
            terms = {f"label:{each.lower()}" for each in labels} | {"name:a.jpg"}
            terms |= {f"tag:{tag}" for tag in old.tags}
            self.model[image] = Model("done", int(item["expiresAt"]), frozenset(terms), old.tags)
            self.month += Counter(images=0 if old.is_again else 1, calls=calls)

    @rule(image=images, before=interruptions)
    def fail(self, image: str, before: int | None) -> None:
        """A rejection."""
        old, was = self.live().get(image), self.item(image).get("revision")
        expires_at = int(self.clock.now.timestamp()) + RETENTION
        failure = FailureSummary(Reason("unavailable", "Later."), self.clock.now, expires_at)
        self.attempt(before, lambda: self.catalog.fail("public", image, failure))
        item = self.item(image)
        if old and old.is_again and item.get("revision") != was:
            kept = old.terms - {"status:pending"}
            self.model[image] = replace(old, status="done", terms=kept, is_again=False)
        elif old and old.status != "done" and item.get("revision") != was:
            terms = {"name:a.jpg", "status:failed", *(f"tag:{tag}" for tag in old.tags)}
            self.model[image] = Model("failed", int(item["expiresAt"]), frozenset(terms), old.tags)

    @rule(image=images, before=interruptions, by_event=st.booleans())
    def retry(self, image: str, before: int | None, by_event: bool) -> None:
        """A finished image is reopened by its owner, or one that failed by its event."""
        old = self.live().get(image)
        if not old or old.status == "pending" or (by_event and old.status == "done"):
            return
        record = self.catalog.get("public", image)
        assert record is not None
        was = record.revision

        def lease() -> object:
            return self.catalog.acquire_lease("public", image, "me", 1, reopen=True)

        self.attempt(before, lease if by_event else lambda: self.catalog.reopen(record))
        if self.item(image).get("revision") != was:
            terms = old.terms - {"status:failed"} | {"status:pending"}
            self.model[image] = replace(old, status="pending", terms=terms, is_again=old.status == "done")

    @rule(image=images, tags=st.sets(st.sampled_from(["sale", "beach"])), before=interruptions)
    def tag(self, image: str, tags: set[str], before: int | None) -> None:
        """The owner sets the tags."""
        old, item = self.live().get(image), self.item(image)
        if not old:
            return
        new = own_attributes(OwnData(tags=tuple(sorted(tags))))
        self.attempt(before, lambda: change(self.adapter, item, new))
        if self.item(image).get("revision") != item.get("revision"):
            terms = {term for term in old.terms if not term.startswith("tag:")}
            terms |= {f"tag:{tag}" for tag in tags} if old.terms else set()
            self.model[image] = replace(old, tags=tuple(sorted(tags)), terms=frozenset(terms))

    @rule(image=images, before=interruptions)
    def delete(self, image: str, before: int | None) -> None:
        """The image is deleted; the page repeats an interrupted deletion."""

        def delete() -> None:
            deletion = self.catalog.begin_deletion("public", image)
            if deletion:
                self.catalog.end_deletion(deletion)

        if not self.attempt(before, delete) and self.item(image).get("deletingSince"):
            self.model.pop(image, None)
            self.counts_and_lists_equal_the_model()
            self.attempt(None, delete)
        if not self.item(image):
            self.model.pop(image, None)

    @rule(image=images, first=operations, second=operations, index=st.integers(0, 5))
    def race(self, image: str, first: str, second: str, index: int) -> None:
        """A second operation happens just before a call of the first; the model follows the record."""
        self.clock.advance(seconds=1)
        was = self.catalog.index.vocabulary("public").month("2026-11")
        self.calls.clear()
        self.calls.run_before(index, lambda: self.operate(second, image, "you"))
        self.operate(first, image, "me")
        self.calls.clear()
        item = self.item(image)
        if item and "deletingSince" not in item:
            record = from_item(item)
            terms = frozenset(term.key for term in record.all_terms) if record.is_indexed else frozenset()
            expires_at = int(item["expiresAt"])
            is_again = record.done_at is not None
            self.model[image] = Model(record.status, expires_at, terms, record.own.tags, is_again)
        else:
            self.model.pop(image, None)
        month = self.catalog.index.vocabulary("public").month("2026-11")
        assert 0 <= month.images - was.images <= 2
        self.month = Counter(images=month.images, calls=month.billed_calls)

    def operate(self, operation: str, image: str, name: str) -> None:
        """Do something with an image as one of two processes, whose results differ."""
        time, catalog = self.clock.now, self.catalog
        expires_at = int(time.timestamp()) + RETENTION
        record = catalog.get("public", image)
        with suppress(TableBusy, BeingDeleted):
            if operation == "start":
                catalog.start(ImageRecord("public", image, "pending", "a.jpg", "image/jpeg", 1, time))
            elif operation == "complete":
                labels = (LabelSummary("Cat", 90.0), LabelSummary("Dog" if name == "me" else "Sea", 90.0))
                completion = Completion(ResultSummary(1, 1, labels), 1, time, expires_at)
                catalog.complete("public", image, completion)
            elif operation == "fail":
                failure = FailureSummary(Reason("unavailable", "Later."), time, expires_at)
                catalog.fail("public", image, failure)
            elif operation == "tag":
                tags = ("sale",) if name == "me" else ("beach",)
                catalog.annotate("public", image, lambda own: replace(own, tags=tags))
            elif operation == "reopen" and record and record.status != "pending":
                catalog.reopen(record)
            elif operation == "delete":
                deletion = catalog.begin_deletion("public", image)
                if deletion:
                    catalog.end_deletion(deletion)

    @rule(term=st.sampled_from([*TERMS, None]))
    def drop_stale(self, term: str | None) -> None:
        """A search deletes entries that it found to be stale."""
        entries, _ = self.catalog.index.entries("public", term, limit=9)
        records = self.catalog.index.records("public", [entry.image_id for entry in entries])
        self.catalog.index.drop_stale("public", term, entries, records)

    @rule(before=interruptions)
    def merge(self, before: int | None) -> None:
        """A snapshot is written."""
        reader = CountsReader(self.adapter)
        self.attempt(before, lambda: merge.merge(self.adapter, "public", reader.read("public")))

    @rule(calls=st.integers(1, 2), image=images)
    def count_calls(self, calls: int, image: str) -> None:
        """Calls of a try that isn't completed."""
        self.catalog.count_calls("public", image, calls)
        self.month += Counter(calls=calls)

    @precondition(lambda self: self.clock.now.month == 11)
    @rule(hours=st.sampled_from([5, 30]))
    def wait(self, hours: int) -> None:
        """Time passes; some images expire. DynamoDB deletes some of what has expired."""
        self.clock.advance(hours=hours)
        if self.clock.now.month == 12:
            self.clock.advance(hours=-hours)
        for index, item in enumerate(self.resource.scan()["Items"]):
            if item["expiresAt"] <= self.clock.now.timestamp() and index % 2:
                self.resource.delete_item(Key={"pk": item["pk"], "sk": item["sk"]})

    @invariant()
    def counts_and_lists_equal_the_model(self) -> None:
        """Each term has the images of the model, in its count and in its list, and no other is found."""
        expected = Counter(term for each in self.live().values() for term in each.terms)
        vocabulary = self.catalog.index.vocabulary("public")
        assert {each.term.key: each.count for each in vocabulary.terms()} == expected
        indexed = [image for image, each in self.live().items() if each.terms]
        months = Counter(month.key for image in indexed for month in from_item(self.item(image)).months)
        assert {each.term.key: each.count for each in vocabulary.terms(MONTH_KINDS)} == months
        totals = MonthTotals(self.month["images"], self.month["calls"])
        assert vocabulary.month("2026-11") == totals
        lists = self.lists()
        for term in TERMS:
            expected_ids = [image for image, each in self.live().items() if term in each.terms]
            assert sorted(lists[f"TERM#{term}"]) == sorted(expected_ids)
        assert sorted(lists["IMAGES"]) == sorted(self.live())
        assert sorted(lists["TAKEN"]) == sorted(indexed)

    @invariant()
    def entries_have_the_time_taken(self) -> None:
        """Each entry of a finished image that counts has its time taken."""
        for term in TERMS:
            entries, _ = self.catalog.index.entries("public", term, limit=100)
            records = self.catalog.index.records("public", [entry.image_id for entry in entries])
            for entry in entries:
                record = records.get(entry.image_id)
                if record and record.status != "pending" and is_current(entry, record, term):
                    assert entry.taken == position_of(record.sort_time, record.id)

    def lists(self) -> defaultdict[str, list[str]]:
        """Return the ids of the entries that count, by the rest of their partition."""
        items = self.resource.scan()["Items"]
        records = {
            record.id: record
            for record in (from_item(item) for item in items if is_record_key(item))
            if self.catalog.get("public", record.id)
        }
        found: defaultdict[str, list[str]] = defaultdict(list)
        for item in items:
            name = item["pk"].removeprefix("OWNER#public#")
            if name.startswith(("IMAGES", "TAKEN", "TERM#")):
                order: Order = "taken" if name == "TAKEN" else "added"
                term = name.removeprefix("TERM#") if name.startswith("TERM#") else None
                entry = Entry(item["sk"].partition("#")[2], item["sk"], None)
                if entry.image_id in records and is_current(entry, records[entry.image_id], term, order):
                    found[name].append(entry.image_id)
        return found


@pytest.mark.timeout(600)  # hundreds of operations, each of some calls
def test_the_index_equals_a_plain_dictionary() -> None:
    run_state_machine_as_test(
        Index,
        settings=settings(
            max_examples=20,
            derandomize=True,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
