"""Starts, alone and with another operation before each of their calls."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from catalog.table import TableBusy
from catalog.transitions.start import BeingDeleted
from tests.unit.catalog.support import ID

LABELS = ["Label 1", "Label 2", "Label 3"]


def test_keeps_a_done_record(catalog, record, done_record, complete) -> None:
    catalog.start(record)
    complete("Person")
    assert catalog.start(replace(record, file_name="another.jpg")) == done_record
    assert catalog.get("public", ID) == done_record


def test_restarts_an_expired_record(catalog, clock, record, complete) -> None:
    catalog.start(record)
    complete("Person")
    clock.advance(days=5, hours=9)
    fresh = replace(record, uploaded_at=clock.now)
    assert catalog.start(fresh) == fresh
    assert catalog.get("public", ID) == fresh


def test_restarts_a_failed_record(catalog, record, failed_record, fail) -> None:
    catalog.start(record)
    assert fail() is True
    assert catalog.get("public", ID) == failed_record
    assert catalog.start(record) == record
    assert catalog.get("public", ID) == record


def test_a_restarted_record_moves_to_the_front_of_the_list(catalog, read_items, clock, record, fail) -> None:
    catalog.start(record)
    fail()
    clock.advance(minutes=5)
    restarted = replace(record, uploaded_at=clock.now)
    assert catalog.start(restarted) == restarted
    expires_at = Decimal(int(clock.now.timestamp()) + 86400)
    assert {key: item for key, item in read_items().items() if "#IMAGES" in key} == {
        f"OWNER#public#IMAGES 2026-11-22T15:05:00.123Z#{ID}": {"id": ID, "expiresAt": expires_at}
    }


def test_keeps_a_leased_record_until_the_lease_expires(catalog, clock, record) -> None:
    catalog.start(record)
    catalog.acquire_lease("public", ID, "me", 60)
    restarted = replace(record, file_name="again.jpg")
    until = int(clock.now.timestamp()) + 60
    assert catalog.start(restarted) == replace(record, is_received=True, lease_expires_at=until)
    clock.advance(seconds=60)
    assert catalog.start(restarted) == restarted


def test_restarting_during_a_completion_leaves_one_list_entry(
    catalog, restarted, complete, count_labels, list_ids, run_before_each_call
) -> None:
    def check() -> None:
        assert count_labels() == dict.fromkeys(LABELS, 1)
        assert list_ids("label 3") == [ID]
        assert list_ids() == [ID]

    run_before_each_call(lambda: complete(*LABELS), lambda: catalog.start(restarted), check)


def test_restarting_after_an_interrupted_completion_keeps_the_position(
    catalog, clock, record, complete, count_labels, list_ids, interrupt_completion
) -> None:
    catalog.start(record)
    interrupt_completion("Cat", before=3)
    clock.advance(minutes=5)
    restarted = catalog.start(replace(record, uploaded_at=clock.now, file_name="b.jpg"))
    assert restarted == replace(record, file_name="b.jpg")
    assert complete("Cat") is True
    assert count_labels() == {"Cat": 1}
    assert list_ids("cat") == [ID]


def test_waits_for_a_deletion_then_raises(catalog, record, delays, delete, run_before_each_call) -> None:
    is_being_deleted: list[bool] = []

    def start() -> None:
        try:
            catalog.start(record)
        except BeingDeleted:
            is_being_deleted.append(True)
        else:
            is_being_deleted.append(False)

    run_before_each_call(delete, start, lambda: None)
    assert is_being_deleted == [False, True, True]
    assert delays.count(0.5) == 20


def test_starts_as_soon_as_a_deletion_ends(catalog, record, calls, reset, delete, complete) -> None:
    reset()
    complete("Cat")
    catalog.begin_deletion("public", ID)
    calls.clear()
    calls.run_before(1, delete)
    assert catalog.start(record) == record
    assert catalog.get("public", ID) == record


def test_restarts_an_interrupted_deletion_after_a_minute(
    catalog, clock, record, complete, delete, count_labels, assert_deleted, reset
) -> None:
    reset()
    complete("Cat")
    entry = catalog.begin_deletion("public", ID)
    clock.advance(seconds=60)
    restarted = replace(record, uploaded_at=clock.now, file_name="again.jpg")
    assert catalog.start(restarted) == replace(record, file_name="again.jpg")
    catalog.end_deletion(entry)  # too late: the record has been restarted
    assert complete("Cat", "Animal") is True
    assert count_labels() == {"Animal": 1, "Cat": 1}
    assert delete() is True
    assert_deleted()


def test_two_concurrent_starts_leave_one_list_entry(
    catalog, record, restarted, run_before_each_call, read_items, list_ids
) -> None:
    def check() -> None:
        assert len([key for key in read_items() if "#IMAGES " in key]) == 1
        assert len(list_ids()) == 1

    run_before_each_call(lambda: catalog.start(record), lambda: catalog.start(restarted), check)


def test_gives_up_if_the_record_keeps_changing(catalog, record, cancel_transactions) -> None:
    cancel_transactions("ConditionalCheckFailed")
    with pytest.raises(TableBusy, match=ID):
        catalog.start(record)
