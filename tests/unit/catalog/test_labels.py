from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from catalog.labels import LabelCount
from catalog.records import ResultSummary
from catalog.transitions.finish import Completion
from tests.unit.catalog.support import ID, OTHER_ID


@pytest.fixture
def scanned(table: Any) -> list[int]:
    """The number of items that each query has read."""
    scanned: list[int] = []
    table.meta.client.meta.events.register(
        "after-call.dynamodb.Query", lambda parsed, **_: scanned.append(parsed["ScannedCount"])
    )
    return scanned


def counted_days(items: dict[str, dict[str, Any]]) -> dict[str, list[str]]:
    """Return, for each label that has a count item, the names of its day attributes."""
    return {
        key.partition("LABEL#")[2]: [name for name in item if name.startswith("day")]
        for key, item in items.items()
        if "#LABELS " in key
    }


def test_returns_counts_with_the_most_frequent_label_first(catalog, record, complete) -> None:
    catalog.start(record)
    catalog.start(replace(record, id=OTHER_ID))
    complete("Person", "Zebra", "Animal")
    complete("Dog", "Animal", image_id=OTHER_ID)
    assert catalog.label_counts("public") == (
        LabelCount("Animal", 2),
        LabelCount("Dog", 1),
        LabelCount("Person", 1),
        LabelCount("Zebra", 1),
    )
    assert catalog.label_counts("bob") == ()


def test_lists_an_image_under_each_label_in_any_case(catalog, record, complete, list_ids) -> None:
    catalog.start(record)
    complete("Mobile Phone", "Straße")
    assert list_ids("mobile PHONE ") == list_ids("STRASSE") == [ID]
    assert list_ids("mobile") == list_ids("") == []


def test_counts_names_that_differ_only_in_case_once(catalog, record, complete, count_labels) -> None:
    catalog.start(record)
    complete("Cat", "CAT", "cat", "Cat")
    assert count_labels() == {"Cat": 1}


def test_lists_an_image_under_its_index_names_not_its_labels(catalog, record, clock, list_ids) -> None:
    catalog.start(record)
    completion = Completion(
        ResultSummary(1, 1, ()),
        index_names=("Animal",),
        billed_calls=0,
        processed_at=clock.now,
        expires_at=int(clock.now.timestamp()) + 1,
    )
    catalog.complete("public", ID, completion)
    assert catalog.get("public", ID).labels == ()
    assert list_ids("animal") == [ID]


def test_completes_an_image_without_labels(catalog, record, complete, count_labels) -> None:
    catalog.start(record)
    assert complete() is True
    assert count_labels() == {}
    assert catalog.get("public", ID).status == "done"


@pytest.mark.parametrize("number", [1, 24, 25, 120])
def test_splits_many_labels_into_transactions(
    catalog, table, record, complete, delete, count_labels, number: int
) -> None:
    sizes: list[int] = []
    table.meta.client.meta.events.register(
        "provide-client-params.dynamodb.TransactWriteItems",
        lambda params, **_: sizes.append(len(params["TransactItems"])),
    )
    labels = [f"Label {index}" for index in range(number)]
    catalog.start(record)
    assert complete(*labels) is True
    assert count_labels() == dict.fromkeys(labels, 1)
    assert delete() is True
    assert count_labels() == {}
    assert max(sizes) <= 100


def test_counts_a_repeated_result_once(catalog, record, complete, count_labels, read_items) -> None:
    catalog.start(record)
    assert complete("Cat", "Animal") is True
    items = read_items()
    assert complete("Cat", "Animal") is False
    assert read_items() == items
    assert count_labels() == {"Animal": 1, "Cat": 1}


def test_labels_that_are_already_indexed_do_not_block_others(
    catalog, record, complete, count_labels, interrupt_completion
) -> None:
    catalog.start(record)
    labels = [f"Label {index}" for index in range(60)]
    interrupt_completion("Stale", *labels[:40], before=3)
    assert count_labels() == {"Stale": 1, **dict.fromkeys(labels[:23], 1)}
    assert complete(*labels) is True
    assert count_labels() == dict.fromkeys(labels, 1)


def test_counts_every_image_of_many_concurrent_results(catalog, record, complete, count_labels) -> None:
    image_ids = [f"{number:064x}" for number in range(12)]
    for image_id in image_ids:
        catalog.start(replace(record, id=image_id))

    def complete_twice(image_id: str) -> list[bool]:
        return [complete("Person", "Animal", image_id=image_id) for _ in range(2)]

    with ThreadPoolExecutor(6) as threads:
        assert list(threads.map(complete_twice, image_ids)) == [[True, False]] * 12
    assert count_labels() == {"Animal": 12, "Person": 12}
    assert catalog.this_month("public").images == 12


def test_owners_have_separate_counts(catalog, record, complete, count_labels, list_ids) -> None:
    for owner in ("public", "bob"):
        catalog.start(replace(record, owner=owner))
        complete("Cat", owner=owner)
    catalog.end_deletion(catalog.begin_deletion("bob", ID))
    assert count_labels() == {"Cat": 1}
    assert count_labels("bob") == {}
    assert list_ids("cat", "bob") == []


def test_does_not_count_expired_images(catalog, clock, record, complete, list_ids, read_items) -> None:
    catalog.start(record)
    complete("Cat", "Animal")
    clock.advance(days=2)
    catalog.start(replace(record, id=OTHER_ID, uploaded_at=clock.now))
    complete("Dog", "Animal", image_id=OTHER_ID)
    clock.advance(days=3, hours=8, minutes=59)
    assert catalog.label_counts("public") == (
        LabelCount("Animal", 2),
        LabelCount("Cat", 1),
        LabelCount("Dog", 1),
    )
    clock.advance(minutes=1)
    assert catalog.label_counts("public") == (LabelCount("Animal", 1), LabelCount("Dog", 1))
    assert catalog.get("public", ID) is None
    assert list_ids("cat") == []
    assert list_ids("animal") == [OTHER_ID]
    # reading the counts above has deleted the expired ones
    assert counted_days(read_items()) == {"animal": ["day20787"], "dog": ["day20787"]}


@pytest.mark.parametrize("images", [1, 30])
def test_the_cost_of_reading_counts_does_not_depend_on_the_number_of_images(
    catalog, record, complete, calls, scanned, images: int
) -> None:
    for number in range(images):
        catalog.start(replace(record, id=f"{number:064x}"))
        complete("Cat", "Animal", "Pet", image_id=f"{number:064x}")
    scanned.clear()
    calls.clear()
    assert [label.count for label in catalog.label_counts("public")] == [images] * 3
    assert (calls.clear(), scanned) == (["Query"], [3])


@pytest.mark.parametrize(("labels", "expected"), [(7, [7, 0]), (120, [120, 20, 0])])
def test_reading_counts_deletes_those_without_images(
    catalog, record, complete, delete, scanned, labels: int, expected: list[int]
) -> None:
    catalog.start(record)
    complete(*(f"Label {number}" for number in range(labels)))
    delete()
    scanned.clear()
    assert [catalog.label_counts("public") for _ in expected] == [()] * len(expected)
    assert scanned == expected


def test_a_label_that_returns_does_not_block_the_deletion_of_other_counts(
    catalog, record, complete, delete, calls, read_items
) -> None:
    catalog.start(record)
    complete("Cat", "Dog", "Zebra")
    delete()
    catalog.start(record)
    calls.clear()
    calls.run_before(1, lambda: complete("Dog"))
    assert catalog.label_counts("public") == ()
    assert list(counted_days(read_items())) == ["dog"]


def test_returns_counts_even_if_the_cleanup_fails(
    catalog, clock, record, complete, cancel_transactions
) -> None:
    catalog.start(record)
    complete("Cat")
    clock.advance(days=7)
    cancel_transactions("TransactionConflict")
    assert catalog.label_counts("public") == ()


def test_a_deletion_while_the_last_day_expires_leaves_no_count(
    catalog, clock, calls, record, complete, table
) -> None:
    catalog.start(record)
    complete("Cat")
    (entry,) = [item for item in table.scan()["Items"] if item["pk"].endswith("#IMAGES")]
    clock.advance(seconds=int(entry["expiresAt"]) - clock.now.timestamp() - 1)

    def expire() -> None:
        clock.advance(seconds=1)
        assert catalog.label_counts("public") == ()

    calls.clear()
    calls.run_before(1, expire)
    catalog.begin_deletion("public", ID)
    assert calls.has_run
    assert catalog.label_counts("public") == ()
    assert [item for item in table.scan()["Items"] if item["pk"].endswith("#LABELS")] == []
