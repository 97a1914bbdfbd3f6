"""Starts, overtaken at every place where they can be."""

from __future__ import annotations

from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from catalog.starting import BeingDeleted

ID = "ab" * 32
NAMES = ["Label 1", "Label 2", "Label 3"]  # more than one transaction holds here


def ids_of(catalog, label: str) -> list[str]:
    return [record.id for record in catalog.page("public", limit=9, label=label).records]


def test_an_image_started_over_while_it_is_completed_is_listed_where_it_stands(
    catalog, again, look, counts, overtaken
) -> None:
    def check() -> None:
        assert counts() == dict.fromkeys(NAMES, 1)
        assert ids_of(catalog, "label 3") == [ID]
        assert [each.id for each in catalog.page("public", limit=9).records] == [ID]

    overtaken(lambda: look(*NAMES), lambda: catalog.start(again), check)


def test_an_image_cannot_start_while_it_is_deleted(catalog, record, pauses, look, overtaken, delete) -> None:
    refused: list[bool] = []

    def start() -> None:
        try:
            catalog.start(record)
        except BeingDeleted:
            refused.append(True)
        else:
            refused.append(False)

    overtaken(delete, start, lambda: None)
    assert refused == [False, True, True]
    assert pauses.count(0.5) == 20


def test_an_image_starts_once_its_deletion_is_over(catalog, record, calls, fresh, delete, look) -> None:
    fresh()
    look("Cat")
    catalog.begin_deletion("public", ID)
    calls.forget()
    calls.before(1, delete)
    assert catalog.start(record) == record
    assert catalog.get("public", ID) == record


def test_a_deletion_that_was_cut_off_is_overtaken_after_a_minute(
    catalog, clock, record, look, delete, counts, nothing_left, fresh
) -> None:
    fresh()
    look("Cat")
    place = catalog.begin_deletion("public", ID)
    clock.forward(seconds=60)
    again = replace(record, uploaded_at=clock.now, file_name="again.jpg")
    assert catalog.start(again) == replace(record, file_name="again.jpg")
    catalog.end_deletion(place)  # late: it is not its image any more
    assert look("Cat", "Animal") is True
    assert counts() == {"Animal": 1, "Cat": 1}
    assert delete() is True
    nothing_left()


def test_two_starts_at_once_leave_one_place(catalog, record, overtaken, items) -> None:
    other = replace(record, uploaded_at=record.uploaded_at.replace(minute=9), file_name="other.jpg")

    def check() -> None:
        assert len([key for key in items() if "#IMAGES " in key]) == 1
        assert len(catalog.page("public", limit=9).records) == 1

    overtaken(lambda: catalog.start(record), lambda: catalog.start(other), check)


def test_a_table_that_is_changed_all_the_time_is_not_waited_for_for_ever(catalog, table, record) -> None:
    def refuse(**_: object) -> None:
        raise table.meta.client.exceptions.TransactionCanceledException(
            {
                "Error": {"Code": "TransactionCanceledException"},
                "CancellationReasons": [{"Code": "ConditionalCheckFailed"}],
            },
            "TransactWriteItems",
        )

    table.meta.client.meta.events.register("before-call.dynamodb.TransactWriteItems", refuse)
    with pytest.raises(Exception, match=ID) as caught:
        catalog.start(record)
    assert not isinstance(caught.value, ClientError | BeingDeleted)
