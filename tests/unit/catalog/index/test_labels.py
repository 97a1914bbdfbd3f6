from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from catalog.catalog import Catalog
from catalog.labels import LabelCount

ID, OTHER = "ab" * 32, "cd" * 32


def ids(catalog: Catalog, label: str, owner: str = "public") -> list[str]:
    return [record.id for record in catalog.page(owner, limit=100, label=label).records]


def test_labels_are_counted_the_most_frequent_first(catalog, record, look) -> None:
    catalog.start(record)
    catalog.start(replace(record, id=OTHER))
    look("Person", "Zebra", "Animal")
    look("Dog", "Animal", image_id=OTHER)
    assert catalog.label_counts("public") == (
        LabelCount("Animal", 2),
        LabelCount("Dog", 1),
        LabelCount("Person", 1),
        LabelCount("Zebra", 1),
    )
    assert catalog.label_counts("somebody-else") == ()


def test_an_image_is_listed_by_each_of_its_names_in_any_case(catalog, record, look) -> None:
    catalog.start(record)
    look("Mobile Phone", "Straße")
    assert ids(catalog, "mobile PHONE ") == ids(catalog, "STRASSE") == [ID]
    assert ids(catalog, "mobile") == ids(catalog, "") == []


def test_names_that_differ_in_case_count_once(catalog, record, look, counts) -> None:
    catalog.start(record)
    look("Cat", "CAT", "cat", "Cat")
    assert counts() == {"Cat": 1}


def test_the_labels_shown_are_not_the_names_listed(catalog, record, clock) -> None:
    catalog.start(record)
    catalog.complete(
        "public",
        ID,
        width=1,
        height=1,
        labels=[],
        index_names=["Animal"],
        billed_calls=0,
        processed_at=clock.now,
        expires_at=int(clock.now.timestamp()) + 1,
    )
    assert catalog.get("public", ID).labels == ()
    assert ids(catalog, "animal") == [ID]


def test_an_image_without_labels(catalog, record, look, counts) -> None:
    catalog.start(record)
    assert look() is True
    assert counts() == {}
    assert catalog.get("public", ID).status == "done"


@pytest.mark.parametrize("number", [1, 24, 25, 120])
def test_any_number_of_labels_fits(catalog, table, record, look, counts, number: int) -> None:
    sizes: list[int] = []
    table.meta.client.meta.events.register(
        "provide-client-params.dynamodb.TransactWriteItems",
        lambda params, **_: sizes.append(len(params["TransactItems"])),
    )
    names = [f"Label {index}" for index in range(number)]
    catalog.start(record)
    assert look(*names) is True
    assert counts() == dict.fromkeys(names, 1)
    catalog.end_deletion(catalog.begin_deletion("public", ID))
    assert counts() == {}
    assert max(sizes) <= 100


def test_a_result_that_comes_twice_counts_once(catalog, record, look, counts, items) -> None:
    catalog.start(record)
    assert look("Cat", "Animal") is True
    before = items()
    assert look("Cat", "Animal") is True
    assert items() == before
    assert counts() == {"Animal": 1, "Cat": 1}


def test_names_that_are_there_already_hold_up_no_others(catalog, calls, record, look, counts) -> None:
    """After a try that was cut off, the transaction in which they are is done without them."""
    catalog.start(record)
    names = [f"Label {index}" for index in range(60)]
    calls.cut_off(3)
    with pytest.raises(calls.Interruption):
        look("Stale", *names[:40])
    assert counts() == {"Stale": 1, **dict.fromkeys(names[:23], 1)}
    assert look(*names) is True
    assert counts() == dict.fromkeys(names, 1)


def test_many_at_once_are_counted_each(catalog, record, look, counts) -> None:
    images = [f"{number:064x}" for number in range(12)]
    for image_id in images:
        catalog.start(replace(record, id=image_id))

    def look_twice(image_id: str) -> list[bool]:
        return [look("Person", "Animal", image_id=image_id) for _ in range(2)]

    with ThreadPoolExecutor(6) as threads:
        assert list(threads.map(look_twice, images)) == [[True, True]] * 12
    assert counts() == {"Animal": 12, "Person": 12}
    assert catalog.this_month("public").images == 12


def test_owners_have_their_own_counts(catalog, record, look, counts) -> None:
    for owner in ("public", "bob"):
        catalog.start(replace(record, owner=owner))
        look("Cat", owner=owner)
    catalog.end_deletion(catalog.begin_deletion("bob", ID))
    assert counts() == {"Cat": 1}
    assert counts("bob") == {}
    assert ids(catalog, "cat", "bob") == []


def test_an_image_that_expires_is_counted_no_more(catalog, clock, record, look, items) -> None:
    catalog.start(record)
    look("Cat", "Animal")
    clock.forward(days=2)
    catalog.start(replace(record, id=OTHER, uploaded_at=clock.now))
    look("Dog", "Animal", image_id=OTHER)
    clock.forward(days=3, hours=8, minutes=59)
    assert catalog.label_counts("public") == (
        LabelCount("Animal", 2),
        LabelCount("Cat", 1),
        LabelCount("Dog", 1),
    )
    clock.forward(minutes=1)
    assert catalog.label_counts("public") == (LabelCount("Animal", 1), LabelCount("Dog", 1))
    assert catalog.get("public", ID) is None
    assert ids(catalog, "cat") == []
    assert ids(catalog, "animal") == [OTHER]
    # the reading above tidied up: what is over takes no more room
    assert days_of(items()) == {"animal": ["day20787"], "dog": ["day20787"]}


def days_of(found: dict[str, dict[str, Any]]) -> dict[str, list[str]]:
    return {
        key.partition("LABEL#")[2]: [name for name in item if name.startswith("day")]
        for key, item in found.items()
        if "#LABELS " in key
    }


@pytest.fixture
def read(table) -> list[int]:
    """How many items each query went through."""
    read: list[int] = []
    table.meta.client.meta.events.register(
        "after-call.dynamodb.Query", lambda parsed, **_: read.append(parsed["ScannedCount"])
    )
    return read


@pytest.mark.parametrize("images", [1, 30])
def test_counts_cost_what_they_show_however_many_images_there_are(
    catalog, record, look, calls, read, images: int
) -> None:
    for number in range(images):
        catalog.start(replace(record, id=f"{number:064x}"))
        look("Cat", "Animal", "Pet", image_id=f"{number:064x}")
    read.clear()
    calls.forget()
    assert [label.count for label in catalog.label_counts("public")] == [images] * 3
    assert (calls.forget(), read) == (["Query"], [3])


@pytest.mark.parametrize(("labels", "tidied"), [(7, [7, 0]), (120, [120, 20, 0])])
def test_labels_of_which_no_image_is_left_cost_nothing_in_the_long_run(
    catalog, record, look, delete, read, labels: int, tidied: list[int]
) -> None:
    catalog.start(record)
    look(*(f"Label {number}" for number in range(labels)))
    delete()
    read.clear()
    assert [catalog.label_counts("public") for _ in tidied] == [()] * len(tidied)
    assert read == tidied


@pytest.mark.parametrize("hours", [0, 10])  # of the same day as the count that is tidied up, and another
def test_a_label_that_comes_back_while_its_count_is_tidied_up_is_counted(
    catalog, clock, record, look, delete, counts, overtaken, hours: int
) -> None:
    def empty() -> None:
        look("Cat")
        delete()
        catalog.start(record)

    def again() -> None:
        clock.forward(hours=hours)
        look("Cat", "Animal")
        clock.forward(hours=-hours)

    def check() -> None:
        assert counts() == {"Animal": 1, "Cat": 1}

    assert overtaken(lambda: catalog.label_counts("public"), again, check, empty) == 2


def test_one_label_that_comes_back_holds_up_no_other(catalog, record, look, delete, calls, items) -> None:
    catalog.start(record)
    look("Cat", "Dog", "Zebra")
    delete()
    catalog.start(record)
    calls.forget()
    calls.before(1, lambda: look("Dog"))
    assert catalog.label_counts("public") == ()
    assert list(days_of(items())) == ["dog"]


def test_tidying_up_is_no_reason_not_to_answer(catalog, clock, record, look, table) -> None:
    catalog.start(record)
    look("Cat")
    clock.forward(days=7)

    def collide(**_: Any) -> None:
        raise table.meta.client.exceptions.TransactionCanceledException(
            {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": [REASON]},  # type: ignore
            "TransactWriteItems",
        )

    table.meta.client.meta.events.register("before-call.dynamodb.TransactWriteItems", collide)
    assert catalog.label_counts("public") == ()


REASON = {"Code": "TransactionConflict"}


def test_a_deletion_that_meets_the_end_of_the_last_day_leaves_the_counts_readable(
    catalog, clock, calls, record, look, table
) -> None:
    catalog.start(record)
    look("Cat")
    lasting = [item for item in table.scan()["Items"] if item["pk"].endswith("#IMAGES")]
    clock.forward(seconds=int(lasting[0]["expiresAt"]) - clock.now.timestamp() - 1)

    def day_ends() -> None:
        clock.forward(seconds=1)
        assert catalog.label_counts("public") == ()

    calls.forget()
    calls.before(1, day_ends)
    catalog.begin_deletion("public", ID)
    assert calls.has_happened
    assert catalog.label_counts("public") == ()
    assert [item for item in table.scan()["Items"] if item["pk"].endswith("#LABELS")] == []


def test_a_pending_image_that_starts_over_after_its_labels_were_listed_stays_in_place(
    catalog, clock, calls, record, look, counts
) -> None:
    catalog.start(record)
    calls.cut_off(3)
    with pytest.raises(calls.Interruption):
        look("Cat")
    clock.forward(minutes=5)
    assert catalog.start(replace(record, uploaded_at=clock.now, file_name="b.jpg")) == replace(
        record, file_name="b.jpg"
    )
    assert look("Cat") is True
    assert counts() == {"Cat": 1}
    assert ids(catalog, "cat") == [ID]
