"""The lists of terms, as transitions write them and readers read them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from catalog.contention import TableBusy
from catalog.index.entries import Entry, is_current
from catalog.index.vocabulary import TermCount
from catalog.keys import list_partition, record_key
from catalog.records import LabelSummary, ResultSummary
from catalog.terms import Term
from catalog.transitions.finish import Completion
from tests.unit.catalog.support import ID, OTHER_ID

POSITION = f"2026-11-22T15:00:00.123Z#{ID}"


def test_returns_counts_with_the_most_frequent_label_first(catalog, record, complete) -> None:
    catalog.start(record)
    catalog.start(replace(record, id=OTHER_ID))
    complete("Person", "Zebra", "Animal")
    complete("Dog", "Animal", image_id=OTHER_ID)
    assert catalog.index.vocabulary("public").terms(["label"]) == [
        TermCount(Term("label", "Animal"), 2),
        TermCount(Term("label", "Dog"), 1),
        TermCount(Term("label", "Person"), 1),
        TermCount(Term("label", "Zebra"), 1),
    ]
    assert catalog.index.vocabulary("bob").terms() == []


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
        assert catalog.index.entries("public", term, limit=1) == ([Entry(ID, POSITION, taken)], False)
    assert catalog.index.entries("public", None, limit=1) == ([Entry(ID, POSITION, None)], False)
    assert catalog.index.entries("public", None, order="taken", limit=1) == (
        [Entry(ID, taken, taken, "00ff" * 4, POSITION)],
        False,
    )
    assert catalog.index.entries("public", "label:ship", before=POSITION, limit=1) == ([], False)
    assert catalog.index.entries("bob", "label:ship", limit=1) == ([], False)


def test_an_entry_counts_if_its_record_is_there_and_has_the_term(catalog, old_picture) -> None:
    record = catalog.index.records("public", [ID, OTHER_ID, ID])[ID]
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
        read, _ = catalog.index.entries("public", "label:ship", limit=9)
        records = catalog.index.records("public", [ID, OTHER_ID])
        catalog.index.drop_stale("public", "label:ship", read, records)
        return [entry.image_id for entry in catalog.index.entries("public", "label:ship", limit=9)[0]]

    assert drop() == [ID, OTHER_ID, ID]  # others may be about to be written
    clock.advance(hours=23, minutes=10)
    assert drop() == [ID]


@pytest.fixture
def cats(catalog, record, complete, clock) -> list[str]:
    """The ids of five images with a label, newest first."""
    ids = [f"{number:064x}" for number in range(5)]
    for minutes, each in enumerate(ids):
        catalog.start(replace(record, id=each, uploaded_at=clock.now - timedelta(minutes=minutes)))
        complete("Cat", image_id=each)
    return ids


@pytest.mark.parametrize("term_key", [None, "label:cat"])
def test_a_list_continues_after_a_position(catalog, cats, term_key: str | None) -> None:
    def read(owner: str, limit: int, before: str | None = None) -> tuple[list[str], bool]:
        entries, has_more = catalog.index.entries(owner, term_key, before=before, limit=limit)
        return [entry.image_id for entry in entries], has_more

    position = catalog.index.entries("public", term_key, limit=2)[0][-1].position
    assert read("public", 2) == (cats[:2], True)
    assert read("public", 9, position) == (cats[2:], False)
    catalog.end_deletion(catalog.begin_deletion("public", cats[1]))
    assert read("public", 9, position) == (cats[2:], False)
    assert read("public", 9, "2020-01-01T00:00:00.000Z#") == ([], False)
    assert read("bob", 9, position) == ([], False)  # a position gives no access to another owner's list


@pytest.mark.parametrize("term_key", [None, "label:cat"])
def test_a_part_of_a_list_takes_one_query_and_one_batch(catalog, table, cats, term_key: str | None) -> None:
    """However many images there are, no more is read than asked for."""
    requested: list[tuple[str, int]] = []
    returned: list[int] = []

    def on_request(params: dict[str, Any], model: Any, **_: Any) -> None:
        keys = params.get("RequestItems", {}).get("catalog", {}).get("Keys", ())
        requested.append((model.name, params.get("Limit") or len(keys)))

    def on_response(parsed: dict[str, Any], model: Any, **_: Any) -> None:
        is_query = model.name == "Query"
        returned.append(parsed["ScannedCount"] if is_query else len(parsed["Responses"]["catalog"]))

    table.meta.client.meta.events.register("provide-client-params.dynamodb", on_request)
    table.meta.client.meta.events.register("after-call.dynamodb", on_response)
    entries, _ = catalog.index.entries("public", term_key, limit=3)
    records = catalog.index.records("public", (entry.image_id for entry in entries))
    assert set(records) == set(cats[:3])
    assert requested == [("Query", 3), ("BatchGetItem", 3)]
    assert returned == [3, 3]


def test_images_that_expired_or_are_being_deleted_do_not_count(catalog, table, cats, list_ids) -> None:
    # DynamoDB deletes expired items in any order: here the record is gone first, and its entries are left.
    table.update_item(
        Key=record_key("public", cats[0]),
        UpdateExpression="SET expiresAt = :past",
        ExpressionAttributeValues={":past": 1},
    )
    catalog.begin_deletion("public", cats[2])
    assert list_ids() == list_ids("cat") == [cats[1], *cats[3:]]


def test_a_stale_entry_of_a_restarted_image_does_not_count(catalog, table, record, list_ids) -> None:
    catalog.start(record)
    stale = {"pk": list_partition("public"), "sk": f"2026-11-21T00:00:00.000Z#{ID}", "expiresAt": 2**31}
    table.put_item(Item=stale)
    assert len(catalog.index.entries("public", None, limit=9)[0]) == 2
    assert list_ids() == [ID]


@pytest.mark.parametrize("error", [TableBusy("public"), ClientError({"Error": {"Code": "Other"}}, "Batch")])
def test_readers_go_on_if_old_entries_cannot_be_deleted(
    catalog, table, clock, calls, caplog, error: Exception
) -> None:
    stale = {"pk": "OWNER#public#TERM#label:ship", "sk": f"2025{POSITION[4:]}", "expiresAt": 1}
    table.put_item(Item=stale)
    read, _ = catalog.index.entries("public", "label:ship", limit=9)

    def reject() -> None:
        raise error

    calls.run_before(0, reject)
    catalog.index.drop_stale("public", "label:ship", read, {})
    assert calls.has_run
    assert [each.message for each in caplog.records] == ["stale entries not deleted"]
