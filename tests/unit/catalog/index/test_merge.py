"""Snapshots: they never change what readers see, whatever happens meanwhile."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from catalog.index import merge
from catalog.index.counts import CountsReader
from catalog.index.log import LogEntry
from catalog.index.snapshot import Head
from catalog.index.vocabulary import Terms
from catalog.keys import DAY_SECONDS, head_key, snapshot_partition
from catalog.table import Table
from catalog.terms import Term
from tests.unit.catalog.support import Interruption, interrupt

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog.catalog import Catalog
    from catalog.index.counts import Counts
    from catalog.records import ImageRecord
    from tests.unit.catalog.support import Clock

IDS = tuple(f"{number:064x}" for number in range(4))


@pytest.fixture
def adapter(table: Any, clock: Clock) -> Table:
    return Table(table, clock, lambda _: None, lambda: 1.0)


@pytest.fixture
def read(adapter: Table) -> Callable[[], Counts]:
    """Read the counts without what an earlier reader has in its cache."""
    return lambda: CountsReader(adapter).read("public")


@pytest.fixture
def merge_now(adapter: Table, read: Callable[[], Counts], clock: Clock) -> Callable[[], bool]:
    """Write a snapshot. Return whether it was written."""

    def merge_now() -> bool:
        clock.advance(seconds=1)
        return merge.merge(adapter, "public", read())

    return merge_now


@pytest.fixture
def add(catalog: Catalog, record: ImageRecord, complete: Callable[..., bool]) -> Callable[..., None]:
    """Add an image, which expires after five days, with these labels."""

    def add(number: int, *labels: str) -> None:
        catalog.start(replace(record, id=IDS[number], file_name="a.jpg"))
        complete(*labels, image_id=IDS[number])

    return add


@pytest.fixture
def remove(catalog: Catalog) -> Callable[[int], None]:
    def remove(number: int) -> None:
        deletion = catalog.begin_deletion("public", IDS[number])
        assert deletion
        catalog.end_deletion(deletion)

    return remove


def partitions(read_items: Callable[[], dict[str, Any]]) -> list[str]:
    """Return the sort keys of the snapshot, the log and what expires."""
    kinds = ("COUNTS", "LOG", "EXPIRING")
    return sorted(
        key.partition("public#")[2] for key in read_items() if key.partition("public#")[2].startswith(kinds)
    )


def test_a_snapshot_has_the_counts_of_the_log_and_replaces_it(
    add, remove, merge_now, read, read_items, clock
) -> None:
    add(0, "Cat", "Sports Car")
    add(1, "Cat")
    remove(1)
    before = read().vocabulary()
    assert merge_now() is True
    after = read().vocabulary()
    assert after.terms() == before.terms()
    assert after.months == before.months
    assert after.changes == {}
    keys = partitions(read_items)
    assert [key.partition(" ")[0] for key in keys] == ["COUNTS", "COUNTS", "EXPIRING"]
    assert [key for key in keys if "HEAD" in key or "CHUNK" in key] == ["COUNTS CHUNK#0000", "COUNTS HEAD"]


def test_later_snapshots_add_up(add, remove, merge_now, count_labels) -> None:
    add(0, "Cat")
    merge_now()
    add(1, "Cat", "Dog")
    assert count_labels() == {"Cat": 2, "Dog": 1}
    merge_now()
    remove(0)
    assert count_labels() == {"Cat": 1, "Dog": 1}
    merge_now()
    assert count_labels() == {"Cat": 1, "Dog": 1}
    remove(1)
    merge_now()
    assert count_labels() == {}


def test_counts_forget_what_expires(add, remove, merge_now, count_labels, clock) -> None:
    add(0, "Cat")
    add(1, "Cat", "Dog")
    merge_now()
    remove(1)
    clock.advance(days=2)
    add(2, "Cat")
    assert count_labels() == {"Cat": 2}
    clock.advance(days=4)  # the first has expired, the third hasn't
    assert count_labels() == {"Cat": 1}
    merge_now()
    assert count_labels() == {"Cat": 1}
    clock.advance(days=2)
    assert count_labels() == {}
    merge_now()
    assert count_labels() == {}


def test_keeps_the_totals_of_months(add, merge_now, read, clock) -> None:
    add(0, "Cat")
    merge_now()
    clock.advance(days=9)
    add(1, "Cat")
    merge_now()
    months = read().vocabulary().months
    assert {month: (each.images, each.billed_calls) for month, each in months.items()} == {
        "2026-11": (1, 2),
        "2026-12": (1, 2),
    }


def test_an_interrupted_merge_changes_nothing(
    add, remove, merge_now, count_labels, calls, table, clock
) -> None:
    for index in range(12):
        for item in table.scan()["Items"]:
            table.delete_item(Key={"pk": item["pk"], "sk": item["sk"]})
        add(0, "Cat")
        merge_now()
        add(1, "Cat", "Dog")
        remove(0)
        calls.clear()
        calls.run_before(index, interrupt)
        with suppress(Interruption):
            merge_now()
        has_run = calls.has_run
        calls.clear()
        assert count_labels() == {"Cat": 1, "Dog": 1}
        add(2, "Dog")
        merge_now()
        assert count_labels() == {"Dog": 2, "Cat": 1}
        if not has_run:
            break
    else:
        raise AssertionError


@pytest.mark.parametrize("action", ["add", "remove", "merge", "read"])
def test_what_happens_during_a_merge_or_while_counts_are_read_counts(
    add, remove, merge_now, count_labels, calls, table, read, action: str
) -> None:
    actions: dict[str, Callable[[], object]] = {
        "add": lambda: add(2, "Cat"),
        "remove": lambda: remove(0),
        "merge": merge_now,
        "read": read,
    }
    expected = {"add": {"Cat": 3}, "remove": {"Cat": 1}}.get(action, {"Cat": 2})
    for operation in (merge_now, read):
        for index in range(12):
            for item in table.scan()["Items"]:
                table.delete_item(Key={"pk": item["pk"], "sk": item["sk"]})
            add(0, "Cat")
            merge_now()
            add(1, "Cat")
            calls.clear()
            calls.run_before(index, actions[action])
            operation()
            has_run = calls.has_run
            calls.clear()
            if not has_run:
                break
            assert count_labels() == expected
            merge_now()
            assert count_labels() == expected
        else:
            raise AssertionError


def test_a_snapshot_that_expired_includes_nothing(add, merge_now, count_labels, table, clock, read) -> None:
    add(0, "Cat")
    merge_now()
    clock.advance(days=401)
    table.delete_item(Key={"pk": "OWNER#public#COUNTS", "sk": "CHUNK#0000"})  # DynamoDB deletes in any order
    assert count_labels() == {}
    add(1, "Dog")
    assert count_labels() == {"Dog": 1}
    assert merge_now() is True
    assert count_labels() == {"Dog": 1}


def test_a_reader_forgets_a_snapshot_that_expired(add, merge_now, adapter, clock) -> None:
    add(0, "Cat")
    merge_now()
    reader = CountsReader(adapter)
    assert reader.read("public").vocabulary().count("label:cat") == 1
    clock.advance(days=401)
    assert reader.read("public").terms == Terms()


def test_merges_a_long_log_once_in_a_while(adapter, read, add, table, monkeypatch) -> None:
    def merged(changes: int = 1) -> bool:
        merge.merge_sometimes(adapter, CountsReader(adapter), "public", changes)
        return Head.from_item(table.get_item(Key=head_key("public")).get("Item"), 0).version > 0

    add(0, "Cat")
    add(1, "Cat")
    monkeypatch.setattr(adapter, "_random", lambda: 0.0)
    assert not merged()  # two entries are too few
    monkeypatch.setattr(merge, "_MIN_ENTRIES", 2)
    monkeypatch.setattr(adapter, "_random", lambda: 1 / 64)
    assert not merged()
    assert not merged(changes=0)
    assert merged(changes=2)


def test_one_change_in_64_merges_a_long_log(adapter, add, table, monkeypatch) -> None:
    monkeypatch.setattr(merge, "_MIN_ENTRIES", 1)
    monkeypatch.setattr(adapter, "_random", lambda: 0.015)
    add(0, "Cat")
    merge.merge_sometimes(adapter, CountsReader(adapter), "public", 1)
    assert Head.from_item(table.get_item(Key=head_key("public")).get("Item"), 0).version > 0


def test_merges_a_very_long_log_in_parts(merge_now, add, remove, count_labels, monkeypatch) -> None:
    monkeypatch.setattr(merge, "_MAX_ENTRIES", 2)
    add(0, "Cat")
    add(1, "Cat", "Dog")
    remove(0)  # this entry may be merged before the one that it takes back
    add(2, "Dog")
    for _ in range(3):
        assert count_labels() == {"Dog": 2, "Cat": 1}
        merge_now()
    assert count_labels() == {"Dog": 2, "Cat": 1}


def test_a_snapshot_of_many_terms_has_several_chunks(merge_now, add, read, read_items, monkeypatch) -> None:
    monkeypatch.setattr("catalog.index.snapshot._MAX_CHUNK_BYTES", 45)
    monkeypatch.setattr("catalog.index.snapshot._CHUNK_BYTES", 30)
    add(0, *(f"Label {number}" for number in range(9)))
    before = read().vocabulary().terms()
    merge_now()
    assert read().vocabulary().terms() == before
    assert len([key for key in read_items() if "CHUNK#" in key]) > 2


def test_merges_more_expiry_days_than_a_transaction_can_write(adapter, read, clock) -> None:
    days = [adapter.now() // DAY_SECONDS + 1 + number % 150 for number in range(300)]
    entries = [LogEntry(added=(Term("tag", "sale"),), added_day=day) for day in days]
    adapter.batch_write(put=[entry.to_item("public", adapter.now()) for entry in entries])
    for _ in range(9):
        assert read().vocabulary().count("tag:sale") == 300
        if not read().log:
            break
        assert merge.merge(adapter, "public", read()) is True
        clock.advance(seconds=1)
    assert read().log == ()
    clock.advance(days=100)
    assert read().vocabulary().count("tag:sale") == 100


def test_chunks_are_as_large_as_an_item_can_be_and_a_snapshot_as_a_transaction(
    adapter, read, monkeypatch
) -> None:
    random = Random(1)
    day = adapter.now() // DAY_SECONDS + 1
    for _ in range(12):  # of 400 KB each, which compression can't shrink much
        terms = tuple(Term("text", f"{random.getrandbits(1600):x}") for _ in range(250))
        entry = LogEntry(added=terms, added_day=day)
        adapter.batch_write(put=[entry.to_item("public", adapter.now())])
    monkeypatch.setattr(merge, "_MAX_BYTES", 700_000)
    counts = read()
    assert merge.merge(adapter, "public", counts) is True
    items = adapter.query_all(snapshot_partition("public"))
    sizes = [len(bytes(item["data"])) for item in items if "data" in item]
    assert max(sizes) <= 350_000
    assert sum(sizes) <= 700_000
    assert 0 < len(read().log) < 12


@pytest.mark.parametrize(
    ("kilobytes", "entries"), [(0, 50), (200, 50), (400, 100), (1000, 250), (1300, 250), (3400, 250)]
)
def test_the_log_stays_short_however_large_the_snapshot_is(kilobytes: int, entries: int) -> None:
    assert merge.merged_from(kilobytes * 1024) == entries


def test_a_reader_keeps_the_last_snapshot_of_each_owner_within_a_number_of_terms(
    adapter, clock, calls, monkeypatch
) -> None:
    monkeypatch.setattr("catalog.index.counts._MAX_CACHED", 5)
    reader = CountsReader(adapter)

    def add_terms(owner: str, count: int) -> None:
        clock.advance(seconds=1)
        entry = LogEntry(tuple(Term("tag", str(each)) for each in range(count)), 99_999)
        adapter.batch_write(put=[entry.to_item(owner, adapter.now())])
        merge.merge(adapter, owner, CountsReader(adapter).read(owner))

    def is_kept(owner: str) -> bool:
        calls.clear()
        assert reader.read(owner).head.chunks == 1
        names: list[str] = calls.clear()
        return names.count("Query") == 1  # of the log; another one reads the chunks

    add_terms("one", 2)
    add_terms("two", 2)
    assert [is_kept(owner) for owner in ("one", "two", "one", "two")] == [False, False, True, True]
    for _ in range(3):  # the terms of earlier snapshots don't count
        add_terms("one", 2)
        assert [is_kept(owner) for owner in ("one", "two", "one")] == [False, True, True]
    add_terms("three", 3)  # more than five in all, and "two" was read first
    assert [is_kept(owner) for owner in ("three", "one", "two")] == [False, True, False]
    add_terms("four", 6)  # the newest are kept however many they are
    assert [is_kept("four"), is_kept("four"), is_kept("two")] == [False, True, False]
