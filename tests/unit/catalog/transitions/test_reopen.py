"""Reopening a failed or a done image, alone and after another operation."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from catalog.bodies import image_body
from catalog.index.entries import is_current
from catalog.index.vocabulary import MonthTotals
from catalog.items import own_attributes
from catalog.keys import record_key
from catalog.records import LabelSummary, OwnData
from catalog.transitions.change import change
from catalog.transitions.lease import LeaseStatus
from common.time import format_rfc3339
from tests.unit.catalog.support import ID, Interruption, interrupt

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog.catalog import Catalog
    from catalog.records import ImageRecord


@pytest.fixture
def failed(
    catalog: Catalog, record: ImageRecord, fail_as_unavailable: Callable[[], bool]
) -> ImageRecord | None:
    catalog.start(record)
    fail_as_unavailable()
    return catalog.get("public", ID)


def test_a_reopened_image_is_pending_and_keeps_its_place_and_expiry(
    catalog, record, failed, read_items, list_ids
) -> None:
    reopened, key = replace(record, is_received=True, is_indexed=True, revision=2), f"OWNER#public IMAGE#{ID}"
    before = read_items()
    assert catalog.reopen(failed) == reopened
    after = read_items()
    assert after[key]["expiresAt"] == before[key]["expiresAt"]
    assert after[key].keys() & {"reason", "processedAt", "leaseOwner"} == set()
    assert list_ids() == [ID]
    assert catalog.reopen(failed) == reopened
    assert catalog.acquire_lease("public", ID, "me", 60).status is LeaseStatus.ACQUIRED


def test_keeps_a_record_that_has_changed_since(catalog, clock, failed, restarted, complete, fail) -> None:
    def process_again() -> None:
        catalog.acquire_lease("public", ID, "me", 60, reopen=True)
        clock.advance(seconds=1)
        fail("me")

    for change_record in (process_again, lambda: catalog.start(restarted), lambda: complete("Cat")):
        change_record()
        current = catalog.get("public", ID)
        assert current != failed
        assert catalog.reopen(failed) == current
        assert catalog.get("public", ID) == current


def test_a_deleted_image_is_not_reopened(catalog, failed, delete) -> None:
    catalog.begin_deletion("public", ID)
    assert catalog.reopen(failed) is None
    delete()
    assert catalog.reopen(failed) is None


def test_an_expired_image_is_not_reopened(catalog, clock, failed, read_items) -> None:
    clock.advance(days=6)
    expired = read_items()
    assert catalog.reopen(failed) is None
    assert read_items() == expired


@pytest.fixture
def done(catalog: Catalog, record: ImageRecord, complete: Callable[..., bool]) -> ImageRecord | None:
    catalog.start(record)
    catalog.acquire_lease("public", ID, "first", 60)
    complete("Cat", lease_owner="first")
    return catalog.get("public", ID)


def test_a_reopened_done_image_keeps_what_was_recognized(
    catalog, done, read_items, list_ids, count_labels
) -> None:
    before = read_items()
    reopened = catalog.reopen(done)
    assert reopened == replace(
        done, status="pending", processed_at=None, done_at=done.processed_at, is_received=True, revision=2
    )
    assert reopened.has_result
    changed = {"status": "pending", "received": True, "revision": 2}
    assert image_body(reopened) == {**image_body(done), **changed}
    assert [key for key in before if read_items()[key] != before[key]] == [f"OWNER#public IMAGE#{ID}"]
    assert (list_ids("cat"), count_labels()) == ([ID], {"Cat": 1})


def test_a_reopened_image_is_completed_with_its_new_result(
    catalog, clock, done, complete, count_labels, list_ids, this_month
) -> None:
    catalog.reopen(done)
    clock.advance(seconds=60)
    lease = catalog.acquire_lease("public", ID, "again", 60)
    assert (lease.done_at, lease.billed_calls) == (format_rfc3339(done.processed_at), 2)
    assert complete("Dog", lease_owner="again", billed_calls=1)
    record = catalog.get("public", ID)
    assert (record.status, record.done_at, record.labels) == ("done", None, (LabelSummary("Dog", 90.0),))
    assert record.processed_at == done.processed_at + timedelta(seconds=60)
    assert (count_labels(), list_ids("dog"), list_ids("cat")) == ({"Dog": 1}, [ID], [])
    assert this_month() == MonthTotals(images=1, billed_calls=3)


def test_a_reopened_image_that_fails_is_done_with_its_earlier_result(
    catalog, clock, done, fail, read_items, count_labels
) -> None:
    def without_revisions() -> dict[str, dict[str, Any]]:  # entries are written again
        return {key: {**item, "revision": 0} for key, item in read_items().items()}

    before = without_revisions()
    for number in range(2):
        catalog.reopen(catalog.get("public", ID))
        clock.advance(seconds=60)
        catalog.acquire_lease("public", ID, "again", 60)
        assert fail("again")
        revision = done.revision + 2 * (number + 1)
        assert catalog.get("public", ID) == replace(done, revision=revision)
        items = {
            key: item for key, item in without_revisions().items() if key in before or "#LOG " not in key
        }
        assert items == before
        assert count_labels() == {"Cat": 1}
    assert not fail("again")


def test_entries_have_the_time_taken_of_the_earlier_result_after_an_interrupted_one(
    catalog, clock, done, complete, fail, calls
) -> None:
    catalog.reopen(done)
    catalog.acquire_lease("public", ID, "again", 60)
    calls.run_before(2, interrupt)  # the entries are written, the record isn't
    with pytest.raises(Interruption):
        complete("Cat", lease_owner="again", taken_at=datetime(1999, 1, 1, tzinfo=UTC))
    assert fail("again")
    assert catalog.get("public", ID).taken_at is None
    (entry,), _ = catalog.index.entries("public", "label:cat", limit=9)
    assert entry.taken == entry.position
    records = catalog.index.records("public", [ID])
    entries, _ = catalog.index.entries("public", None, order="taken", limit=9)
    assert [each.taken for each in entries if is_current(each, records[ID], None, "taken")] == [entry.taken]


def test_own_data_survives_a_new_recognition(catalog, table, done, complete, count_labels) -> None:
    def tag(*tags: str) -> None:
        item = table.get_item(Key=record_key("public", ID))["Item"]
        assert change(catalog._table, item, own_attributes(OwnData(tags=tags)))

    tag("sale")
    catalog.reopen(catalog.get("public", ID))
    catalog.acquire_lease("public", ID, "again", 60)
    tag("sale", "new")
    assert complete("Dog", lease_owner="again")
    assert catalog.get("public", ID).own == OwnData(tags=("sale", "new"))
    assert count_labels() == {"Dog": 1}


def test_a_failure_of_another_try_does_not_end_a_new_recognition(catalog, done, fail) -> None:
    catalog.reopen(done)
    catalog.acquire_lease("public", ID, "again", 60)
    assert not fail("first")
    assert catalog.get("public", ID).status == "pending"


def test_a_redelivered_event_does_not_open_a_done_image(catalog, clock, done) -> None:
    for time in (None, clock.now + timedelta(hours=1)):
        lease = catalog.acquire_lease("public", ID, "again", 60, created_at=time, reopen=True)
        assert lease.status is LeaseStatus.FINISHED
    assert catalog.get("public", ID) == done


def test_an_upload_does_not_restart_a_reopened_image(catalog, done, restarted) -> None:
    reopened = catalog.reopen(done)
    assert catalog.start(restarted) == reopened
    assert catalog.get("public", ID) == reopened


def test_an_image_is_reopened_once(catalog, clock, done, complete) -> None:
    reopened = catalog.reopen(done)
    assert catalog.reopen(done) == reopened
    clock.advance(seconds=60)
    complete("Dog")
    assert catalog.reopen(done) == catalog.get("public", ID)
    assert catalog.get("public", ID).status == "done"


def test_a_reopened_image_is_deleted(catalog, done, delete, assert_deleted, fail) -> None:
    catalog.reopen(done)
    catalog.acquire_lease("public", ID, "again", 60)
    catalog.begin_deletion("public", ID)
    assert not fail("again")
    delete()
    assert_deleted()
