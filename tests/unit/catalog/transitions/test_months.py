"""Billed calls of images and months, counted when they were answered."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from catalog.index.vocabulary import MonthTotals
from tests.unit.catalog.support import ID, first_answers_are_lost

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

RECORD = f"OWNER#public IMAGE#{ID}"


@pytest.fixture
def record_calls(read_items: Callable[[], dict[str, dict[str, Any]]]) -> Callable[[], int]:
    """Return the calls that the record counts."""
    return lambda: int(read_items()[RECORD].get("billedCalls", 0))


def test_counts_the_calls_of_every_try(this_month, catalog, record, complete, record_calls) -> None:
    catalog.start(record)
    catalog.count_calls("public", ID, 3)
    assert this_month() == MonthTotals(images=0, billed_calls=3)
    assert catalog.acquire_lease("public", ID, "me", 60).billed_calls == 3
    complete("Cat", lease_owner="me", billed_calls=2)
    assert record_calls() == 5
    assert this_month() == MonthTotals(images=1, billed_calls=5)
    assert this_month("bob") == MonthTotals(0, 0)


def test_counts_nothing_without_calls(catalog, record, read_items) -> None:
    catalog.start(record)
    items = read_items()
    catalog.count_calls("public", ID, 0)
    assert read_items() == items


def test_counts_the_calls_of_a_deleted_image_for_the_month(
    this_month, catalog, clock, record, delete, table
) -> None:
    catalog.start(record)
    catalog.begin_deletion("public", ID)
    catalog.count_calls("public", ID, 1)
    delete()
    catalog.count_calls("public", ID, 2)
    assert this_month() == MonthTotals(images=0, billed_calls=3)
    items = table.scan()["Items"]
    assert [item["expiresAt"] for item in items] == [int(clock.now.timestamp()) + 400 * 86400] * 2


def test_counts_calls_in_the_month_they_were_made(this_month, catalog, clock, record, record_calls) -> None:
    catalog.start(record)
    catalog.count_calls("public", ID, 1)
    clock.advance(days=9)
    catalog.count_calls("public", ID, 2)
    assert this_month() == MonthTotals(images=0, billed_calls=2)
    assert record_calls() == 3


@pytest.mark.parametrize("finish", ["fail", "complete"])
def test_a_finished_image_keeps_its_count(catalog, record, record_calls, request, finish: str) -> None:
    catalog.start(record)
    catalog.count_calls("public", ID, 3)
    request.getfixturevalue(finish)()
    catalog.count_calls("public", ID, 1)
    assert record_calls() == (6 if finish == "complete" else 4)


def test_a_restarted_image_keeps_its_count_but_a_new_one_has_none(
    catalog, record, restarted, delete, record_calls
) -> None:
    catalog.start(record)
    catalog.count_calls("public", ID, 3)
    catalog.start(restarted)
    assert record_calls() == 3
    delete()
    catalog.start(record)
    assert record_calls() == 0


def test_calls_counted_while_an_image_is_restarted_are_kept(
    this_month, catalog, restarted, run_before_each_call, record_calls
) -> None:
    def check() -> None:
        assert record_calls() == 3
        assert this_month().billed_calls == 3

    run_before_each_call(
        lambda: catalog.start(restarted), lambda: catalog.count_calls("public", ID, 3), check
    )


def test_calls_counted_while_an_image_is_completed_are_kept(
    this_month, catalog, complete, run_before_each_call, record_calls
) -> None:
    def check() -> None:
        assert record_calls() == 5
        assert this_month() == MonthTotals(1, 5)

    run_before_each_call(lambda: complete("Cat"), lambda: catalog.count_calls("public", ID, 3), check)


def test_calls_counted_while_an_image_is_deleted_count_for_the_month(
    this_month, catalog, delete, run_before_each_call, assert_deleted
) -> None:
    def check() -> None:
        assert this_month() == MonthTotals(0, 3)
        assert_deleted()

    for operation, action in [
        (delete, lambda: catalog.count_calls("public", ID, 3)),
        (lambda: catalog.count_calls("public", ID, 3), delete),
    ]:
        run_before_each_call(operation, action, check)


def test_an_interrupted_count_counts_nothing_or_all(
    this_month, catalog, interrupt_each_call, record_calls
) -> None:
    def check() -> None:
        assert (record_calls(), this_month()) == (0, MonthTotals(0, 0))

    assert interrupt_each_call(lambda: catalog.count_calls("public", ID, 3), check) == 1


@pytest.mark.parametrize("is_completion", [True, False])
def test_a_transaction_whose_answer_was_lost_is_repeated_with_its_token(
    catalog, record, table, complete, is_completion: bool
) -> None:
    """DynamoDB makes a transaction with the same token once; moto makes it again."""
    catalog.start(record)
    with first_answers_are_lost(table, "TransactWriteItems") as bodies:
        complete("Cat") if is_completion else catalog.count_calls("public", ID, 3)
    tokens = [json.loads(body)["ClientRequestToken"] for body in bodies]
    assert tokens[::2] == tokens[1::2]
    assert len(set(tokens)) == len(tokens) // 2 > 0
