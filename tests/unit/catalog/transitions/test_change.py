"""What all transitions have in common: entries first, then the record with the log, stale entries last."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from catalog.items import own_attributes
from catalog.records import OwnData
from catalog.table import Table
from catalog.transitions.change import change
from tests.unit.catalog.support import ID

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog.catalog import Catalog
    from catalog.records import ImageRecord
    from tests.unit.catalog.support import Clock

KEY = {"pk": "OWNER#public", "sk": f"IMAGE#{ID}"}


@pytest.fixture
def tag(table: Any, clock: Clock) -> Callable[..., bool]:
    """Set the tags of the image, as it was read or as it is now. Return whether it was changed."""
    adapter = Table(table, clock, lambda _: None, lambda: 1.0)

    def tag(*tags: str, item: dict[str, Any] | None = None) -> bool:
        item = item or table.get_item(Key=KEY)["Item"]
        return change(adapter, item, own_attributes(OwnData(tags=tags))) is not None

    return tag


@pytest.fixture
def done(catalog: Catalog, record: ImageRecord, complete: Callable[..., bool]) -> None:
    catalog.start(record)
    complete("Cat")


def tagged(catalog: Catalog) -> dict[str, list[str]]:
    """Return the tags with a count, each with the ids of its list."""
    found = catalog.index.vocabulary("public").terms(["tag"])
    return {
        each.term.value: [
            entry.image_id for entry in catalog.index.entries("public", each.term.key, limit=9)[0]
        ]
        for each in found
    }


def test_adds_and_removes_terms(catalog, done, tag, calls) -> None:
    calls.clear()
    assert tag("Sale", "beach") is True
    assert calls.clear() == ["GetItem", "BatchWriteItem", "TransactWriteItems"]
    assert tagged(catalog) == {"Sale": [ID], "beach": [ID]}
    calls.clear()
    assert tag("beach", "New") is True
    assert calls.clear() == ["GetItem", "BatchWriteItem", "TransactWriteItems", "DeleteItem"]
    assert tagged(catalog) == {"beach": [ID], "New": [ID]}
    assert catalog.index.entries("public", "tag:sale", limit=9) == ([], False)
    assert catalog.get("public", ID).revision == 3


def test_removes_many_terms_side_by_side(catalog, table, done, tag) -> None:
    names = [f"tag {number}" for number in range(4)]
    tag(*names)
    barrier = threading.Barrier(4, timeout=5)

    def wait(**_: object) -> None:
        barrier.wait()

    table.meta.client.meta.events.register("before-call.dynamodb.DeleteItem", wait)
    tag()
    assert [catalog.index.entries("public", f"tag:{name}", limit=1) for name in names] == [([], False)] * 4


def test_a_change_without_terms_is_one_update(table, done, tag, calls) -> None:
    calls.clear()
    tag()
    assert calls.clear() == ["GetItem", "UpdateItem"]


def test_of_two_changes_of_the_same_revision_one_is_refused(catalog, table, done, tag) -> None:
    item = table.get_item(Key=KEY)["Item"]
    assert tag("first", item=item) is True
    assert tag("second", item=item) is False
    assert tagged(catalog) == {"first": [ID]}


def test_keeps_an_entry_that_was_added_again_while_it_was_removed(
    catalog, table, done, tag, calls, read_items
) -> None:
    tag("Sale")
    calls.clear()
    calls.run_before(2, lambda: tag("Sale"))  # before the removal of the entry
    tag()
    assert tagged(catalog) == {"Sale": [ID]}


def test_a_change_that_loses_to_a_deletion_leaves_no_entries(
    catalog, record, complete, calls, read_items
) -> None:
    catalog.start(record)
    calls.clear()

    def delete() -> None:
        deletion = catalog.begin_deletion("public", ID)
        assert deletion
        catalog.end_deletion(deletion)

    calls.run_before(2, delete)  # after the entries, before the transaction
    assert complete("Cat") is False
    assert [key for key in read_items() if "#TERM#" in key or "#TAKEN" in key] == []


def test_a_change_that_loses_to_another_one_keeps_its_entries(catalog, done, tag, calls) -> None:
    calls.clear()
    calls.run_before(2, lambda: tag("Sale", "beach"))
    assert tag("Sale", "old") is False
    assert tagged(catalog) == {"Sale": [ID], "beach": [ID]}


def test_a_change_that_loses_keeps_the_entries_of_one_that_is_about_to_be_made(
    catalog, record, complete, clock, table, monkeypatch
) -> None:
    catalog.start(record)
    leased = catalog.acquire_lease("public", ID, "first", 60).item
    clock.advance(seconds=61)
    catalog.acquire_lease("public", ID, "second", 60)
    adapter = Table(table, clock, lambda _: None, lambda: 1.0)
    get = adapter.get

    def get_before_the_second_completes(key: dict[str, str]) -> Any:
        item = get(key)
        assert complete("Cat", lease_owner="second") is True
        return item

    monkeypatch.setattr(adapter, "get", get_before_the_second_completes)
    finished = {"status": "done", "labels": {"Cat": 90}, "indexed": True}
    values = {":first": "first"}
    assert change(adapter, leased, finished, condition="leaseOwner = :first", values=values) is None
    for term, order in (("label:cat", "added"), (None, "taken")):
        entries, _ = catalog.index.entries("public", term, order=order, limit=9)
        assert [entry.image_id for entry in entries] == [ID]
