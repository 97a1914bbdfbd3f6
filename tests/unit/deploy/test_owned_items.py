"""An owner's items: all are found, also after an interruption and while the functions add to them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from catalog.catalog import Catalog
from catalog.records import SourceObject
from catalog.source_records import source_record
from deploy.owned_items import OwnedItems
from tests.unit.catalog.support import CallLog, Clock, Interruption, interrupt

if TYPE_CHECKING:
    from tests.unit.deploy.people import People


def test_counts_and_deletes_every_item_of_an_owner(people: People) -> None:
    people.add_images("alice2")
    before = people.items()
    people.add_images("alice")
    items = OwnedItems(people.table, "alice")
    added = len(people.items()) - len(before)
    assert (items.count(), items.delete(), items.count()) == (added, added, 0)
    assert people.items() == before


def test_the_note_that_images_wait_is_one_of_them(people: People) -> None:
    owners = Catalog(people.table).waiting_owners
    for owner in ("alice", "alice2"):
        owners.add(owner, expires_at=1 << 40)
    items = OwnedItems(people.table, "alice")
    assert (items.count(), items.delete()) == (1, 1)
    assert [each.owner for each in owners.all()] == ["alice2"]


def test_events_from_before_the_deletion_start_nothing_again(people: People) -> None:
    clock = Clock()
    catalog = Catalog(people.table, clock)
    source = SourceObject("archive", "a.jpg", "0f" * 16)
    found = {owner: source_record(owner, source, 5, clock.now) for owner in ("alice", "alice2")}
    for record in found.values():
        catalog.start_source(record)
    items = OwnedItems(people.table, "alice", clock)
    assert (items.delete(), items.count()) == (2, 0)
    assert catalog.start_source(found["alice"]) == (found["alice"], False)
    assert catalog.get("alice", found["alice"].id) is None
    assert catalog.get("alice2", found["alice2"].id) == found["alice2"]
    assert items.delete() == 0
    clock.advance(days=1)
    fresh = replace(found["alice"], uploaded_at=clock.now)
    assert catalog.start_source(fresh) == (fresh, True)


def test_the_note_of_a_deletion_expires(people: People) -> None:
    clock = Clock()
    catalog = Catalog(people.table, clock)
    found = source_record("alice", SourceObject("archive", "a.jpg", "0f" * 16), 5, clock.now)
    OwnedItems(people.table, "alice", clock).delete()
    clock.advance(days=14)
    assert catalog.start_source(found) == (found, False)
    clock.advance(days=1)
    assert catalog.start_source(found) == (found, True)


def test_a_deletion_that_is_interrupted_at_any_call_is_finished_by_the_next_one(people: People) -> None:
    people.add_images("alice")
    stored, items, calls = people.items(), OwnedItems(people.table, "alice"), CallLog(people.table)
    interruptions = 0
    while interruptions < 100:
        people.restore(stored)
        calls.clear()
        calls.run_before(interruptions, interrupt)
        try:
            items.delete()
            break
        except Interruption:
            items.delete()
            assert people.items() == {}
        interruptions += 1
    assert 2 < interruptions < 100


def test_an_image_that_is_finished_at_any_call_leaves_nothing(people: People) -> None:
    people.add_images("alice")
    stored, items, calls = people.items(), OwnedItems(people.table, "alice"), CallLog(people.table)
    index = 0
    while index < 100:
        people.restore(stored)
        calls.clear()
        calls.run_before(index, lambda: people.finish_pending("alice"))
        items.delete()
        assert people.items() == {}
        if not calls.has_run:
            break
        index += 1
    assert 2 < index < 100
