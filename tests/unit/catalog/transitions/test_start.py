"""Starts, alone and with another operation before each of their calls."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from catalog.contention import TableBusy
from catalog.items import own_attributes
from catalog.keys import position_of
from catalog.records import Decision, OwnData
from catalog.table import Table
from catalog.transitions.change import change
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
    assert catalog.start(fresh) == replace(fresh, revision=2)
    assert catalog.get("public", ID) == replace(fresh, revision=2)


def test_restarts_a_failed_record(catalog, record, failed_record, fail) -> None:
    catalog.start(record)
    assert fail() is True
    assert catalog.get("public", ID) == failed_record
    assert catalog.start(record) == replace(record, revision=2)
    assert catalog.get("public", ID) == replace(record, revision=2)


def test_a_restarted_record_moves_to_the_front_of_the_list(catalog, read_items, clock, record, fail) -> None:
    catalog.start(record)
    fail()
    clock.advance(minutes=5)
    restarted = replace(record, uploaded_at=clock.now)
    assert catalog.start(restarted) == replace(restarted, revision=2)
    lists = {key: item for key, item in read_items().items() if "#LOG " not in key and " IMAGE#" not in key}
    assert lists == {
        # midnight after the retention of 90 days, and the 15 days that an image may be pending
        f"OWNER#public#IMAGES 2026-11-22T15:05:00.123Z#{ID}": {"expiresAt": Decimal(1804464000)}
    }


def test_keeps_a_leased_record_until_the_lease_expires(catalog, clock, record) -> None:
    catalog.start(record)
    catalog.acquire_lease("public", ID, "me", 60)
    restarted = replace(record, file_name="again.jpg")
    until = int(clock.now.timestamp()) + 60
    assert catalog.start(restarted) == replace(record, is_received=True, lease_expires_at=until)
    clock.advance(seconds=60)
    assert catalog.start(restarted) == replace(restarted, revision=1)


def test_restarting_during_a_completion_leaves_one_list_entry(
    catalog, restarted, complete, count_labels, list_ids, run_before_each_call
) -> None:
    def check() -> None:
        assert count_labels() == dict.fromkeys(LABELS, 1)
        assert list_ids("label 3") == [ID]
        assert list_ids() == [ID]

    run_before_each_call(lambda: complete(*LABELS), lambda: catalog.start(restarted), check)


def test_restarting_after_an_interrupted_completion(
    catalog, clock, record, complete, count_labels, list_ids, interrupt_completion
) -> None:
    catalog.start(record)
    interrupt_completion("Cat", before=2)
    clock.advance(minutes=5)
    restarted = replace(record, uploaded_at=clock.now, file_name="b.jpg")
    assert catalog.start(restarted) == replace(restarted, revision=1)
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
    assert is_being_deleted == [False, False, True, True, True]
    assert delays.count(0.5) == 30


def test_starts_as_soon_as_a_deletion_ends(catalog, record, calls, reset, delete, complete) -> None:
    reset()
    complete("Cat")
    catalog.begin_deletion("public", ID)
    calls.clear()
    calls.run_before(1, delete)
    assert catalog.start(record) == record
    assert catalog.get("public", ID) == record


def test_keeps_what_the_owner_said_about_an_image(catalog, clock, record, table, fail, count_labels) -> None:
    catalog.start(record)
    fail()
    key = {"pk": "OWNER#public", "sk": f"IMAGE#{ID}"}
    own = own_attributes(OwnData(("Sale",), True, "A cat.", Decision("hidden", "me", clock.now)))
    adapter = Table(table, clock, lambda _: None, lambda: 1.0)
    change(adapter, table.get_item(Key=key)["Item"], own)
    expected = catalog.get("public", ID).own
    clock.advance(minutes=5)
    assert catalog.start(replace(record, uploaded_at=clock.now)).own == expected
    assert catalog.index.vocabulary("public").terms() == []  # until it is finished, it is found by nothing
    count_labels()
    fail()
    assert [str(each.term) for each in catalog.index.vocabulary("public").terms(["tag", "is"])] == [
        "is:favorite",
        "is:hidden",
        "tag:Sale",
    ]
    count_labels()


def test_restarts_an_interrupted_deletion_after_a_minute(
    catalog, clock, record, complete, delete, count_labels, assert_deleted, reset
) -> None:
    reset()
    complete("Cat")
    entry = catalog.begin_deletion("public", ID)
    clock.advance(seconds=60)
    restarted = replace(record, uploaded_at=clock.now, file_name="again.jpg")
    assert catalog.start(restarted) == replace(restarted, revision=3)
    catalog.end_deletion(entry)  # too late: the record has been restarted
    assert complete("Cat", "Animal") is True
    assert count_labels() == {"Animal": 1, "Cat": 1}
    assert delete() is True
    assert_deleted()


def test_two_concurrent_starts_leave_one_list_entry(
    catalog, record, restarted, run_before_each_call, list_ids
) -> None:
    def check() -> None:
        assert list_ids() == [ID]  # the entry of the slower one doesn't count

    run_before_each_call(lambda: catalog.start(record), lambda: catalog.start(restarted), check)


def test_a_start_that_loses_leaves_no_list_entry(
    catalog, record, restarted, run_before_each_call, read_items
) -> None:
    def win() -> None:
        catalog.start(restarted)
        catalog.acquire_lease("public", ID, "me", 60)

    def check() -> None:
        current = catalog.get("public", ID)
        entries = [key for key in read_items() if "#IMAGES " in key]
        assert entries == [f"OWNER#public#IMAGES {position_of(current.uploaded_at, ID)}"]

    run_before_each_call(lambda: catalog.start(record), win, check)


def test_gives_up_if_the_record_keeps_changing(catalog, record, fail, cancel_transactions) -> None:
    catalog.start(record)
    fail()
    cancel_transactions("ConditionalCheckFailed")
    with pytest.raises(TableBusy, match=ID):
        catalog.start(record)
