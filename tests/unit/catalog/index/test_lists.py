"""The lists of terms, as transitions write them and readers read them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError

from catalog.index.entries import Entry, is_current
from catalog.index.vocabulary import TermCount
from catalog.records import LabelSummary, ResultSummary
from catalog.table import TableBusy
from catalog.terms import Term
from catalog.transitions.finish import Completion
from tests.unit.catalog.support import ID, OTHER_ID

POSITION = f"2026-11-22T15:00:00.123Z#{ID}"


def test_returns_counts_with_the_most_frequent_label_first(catalog, record, complete) -> None:
    catalog.start(record)
    catalog.start(replace(record, id=OTHER_ID))
    complete("Person", "Zebra", "Animal")
    complete("Dog", "Animal", image_id=OTHER_ID)
    assert catalog.vocabulary("public").terms(["label"]) == [
        TermCount(Term("label", "Animal"), 2),
        TermCount(Term("label", "Dog"), 1),
        TermCount(Term("label", "Person"), 1),
        TermCount(Term("label", "Zebra"), 1),
    ]
    assert catalog.vocabulary("bob").terms() == []


def test_lists_an_image_under_each_label_in_any_case(catalog, record, complete, list_ids) -> None:
    catalog.start(record)
    complete("Mobile Phone", "Straße")
    assert list_ids("mobile PHONE ") == list_ids("STRASSE") == [ID]
    assert list_ids("mobile") == list_ids("") == []


def test_counts_names_that_differ_only_in_case_once(catalog, record, complete, count_labels) -> None:
    catalog.start(record)
    complete("Cat", "CAT", "cat", "Cat")
    assert count_labels() == {"CAT": 1}


def test_completes_an_image_without_labels(catalog, record, complete, count_labels) -> None:
    catalog.start(record)
    assert complete() is True
    assert count_labels() == {}
    assert catalog.get("public", ID).status == "done"


@pytest.fixture
def old_picture(catalog, record, clock) -> None:
    """A picture of 1912 with a label, an own term and a hash."""
    catalog.start(record)
    summary = ResultSummary(
        1,
        1,
        (LabelSummary("Ship", 99.0),),
        terms=(Term("color", "gray"),),
        taken_at=datetime(1912, 4, 14, 23, 40, tzinfo=UTC),
        perceptual_hash="00ff" * 4,
    )
    expires_at = int(clock.now.timestamp()) + 86400
    catalog.complete("public", ID, Completion(summary, 1, clock.now, expires_at))


def test_entries_tell_when_a_picture_was_taken(catalog, old_picture) -> None:
    taken = f"1912-04-14T23:40:00.000Z#{ID}"
    for term in ("label:ship", "color:gray", "name:räuber 🐈.jpg"):
        assert catalog.entries("public", term, limit=1) == ([Entry(ID, POSITION, taken)], False)
    assert catalog.entries("public", None, limit=1) == ([Entry(ID, POSITION, None)], False)
    assert catalog.entries("public", None, order="taken", limit=1) == (
        [Entry(ID, taken, taken, "00ff" * 4, POSITION)],
        False,
    )
    assert catalog.entries("public", "label:ship", before=POSITION, limit=1) == ([], False)
    assert catalog.entries("bob", "label:ship", limit=1) == ([], False)


def test_an_entry_counts_if_its_record_is_there_and_has_the_term(catalog, old_picture) -> None:
    record = catalog.records("public", [ID, OTHER_ID, ID])[ID]
    entry, taken = Entry(ID, POSITION, None), Entry(ID, f"1912-04-14T23:40:00.000Z#{ID}", None)
    assert is_current(entry, record, "label:ship")
    assert is_current(entry, record, None)
    assert is_current(taken, record, None, "taken")
    assert not is_current(entry, record, "label:cat")
    assert not is_current(entry, replace(record, is_indexed=False), "label:ship")
    assert not is_current(replace(entry, position=f"2025{POSITION[4:]}"), record, "label:ship")
    assert not is_current(entry, record, None, "taken")


def test_readers_delete_old_entries_without_a_record(catalog, table, clock, old_picture) -> None:
    stale = {
        "pk": "OWNER#public#TERM#label:ship",
        "sk": f"2026-11-22T14:00:00.000Z#{OTHER_ID}",
        "expiresAt": 1,
    }
    moved = {**stale, "sk": f"2026-11-22T14:00:00.000Z#{ID}"}
    for item in (stale, moved):
        table.put_item(Item=item)

    def drop() -> list[str]:
        read, _ = catalog.entries("public", "label:ship", limit=9)
        catalog.drop_stale("public", "label:ship", read, catalog.records("public", [ID, OTHER_ID]))
        return [entry.image_id for entry in catalog.entries("public", "label:ship", limit=9)[0]]

    assert drop() == [ID, OTHER_ID, ID]  # others may be about to be written
    clock.advance(hours=23, minutes=10)
    assert drop() == [ID]


@pytest.mark.parametrize("error", [TableBusy("public"), ClientError({"Error": {"Code": "Other"}}, "Batch")])
def test_readers_go_on_if_old_entries_cannot_be_deleted(
    catalog, table, clock, calls, caplog, error: Exception
) -> None:
    stale = {"pk": "OWNER#public#TERM#label:ship", "sk": f"2025{POSITION[4:]}", "expiresAt": 1}
    table.put_item(Item=stale)
    read, _ = catalog.entries("public", "label:ship", limit=9)

    def reject() -> None:
        raise error

    calls.run_before(0, reject)
    catalog.drop_stale("public", "label:ship", read, {})
    assert calls.has_run
    assert [each.message for each in caplog.records] == ["stale entries not deleted"]
