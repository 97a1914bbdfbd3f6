"""Results and rejections, alone, interrupted, and with another operation before each of their calls."""

from __future__ import annotations

import pytest

from catalog.months import MonthTotals
from tests.unit.catalog.support import ID

LABELS = ["Label 1", "Label 2", "Label 3"]


def test_a_late_failure_keeps_the_result(catalog, record, done_record, complete, fail) -> None:
    catalog.start(record)
    complete("Person")
    assert fail() is False
    assert catalog.get("public", ID) == done_record


def test_a_result_replaces_a_failure(catalog, record, done_record, complete, fail) -> None:
    catalog.start(record)
    fail()
    assert complete("Person") is True
    assert catalog.get("public", ID) == done_record


def test_a_repeated_result_finishes_an_interrupted_one(
    catalog, complete, count_labels, interrupt_each_call, read_items, reset
) -> None:
    reset()
    complete(*LABELS)
    complete_items = read_items()

    def check() -> None:
        assert complete(*LABELS) is True
        assert read_items() == complete_items
        assert count_labels() == dict.fromkeys(LABELS, 1)
        assert catalog.this_month("public") == MonthTotals(1, 2)

    # read the record, write its labels, index them in two transactions, set it to done
    assert interrupt_each_call(lambda: complete(*LABELS), check) == 5


def test_a_different_result_replaces_the_labels_of_an_interrupted_one(
    clock, complete, count_labels, list_ids, interrupt_each_call
) -> None:
    def check() -> None:
        clock.advance(hours=10)  # past midnight, so this result would expire on another day
        assert complete("Label 3", "Cat") is True
        clock.advance(hours=-10)
        assert count_labels() == {"Cat": 1, "Label 3": 1}
        assert list_ids("cat") == [ID]
        assert list_ids("label 2") == []

    interrupt_each_call(lambda: complete(*LABELS), check)


def test_a_failure_removes_the_labels_of_an_interrupted_result(
    catalog, complete, fail, count_labels, interrupt_each_call, read_items
) -> None:
    def check() -> None:
        assert fail() is True
        assert count_labels() == {}
        assert catalog.get("public", ID).status == "failed"
        assert catalog.get("public", ID).labels == ()
        assert [key for key in read_items() if "#LABEL#" in key] == []

    interrupt_each_call(lambda: complete(*LABELS), check)


def test_a_repeated_failure_finishes_an_interrupted_one(
    fail, count_labels, interrupt_each_call, interrupt_completion
) -> None:
    def check() -> None:
        assert fail() is True
        assert count_labels() == {}

    assert interrupt_each_call(fail, check, lambda: interrupt_completion(*LABELS, before=4)) > 3


def test_one_of_two_concurrent_results_completes_the_image(
    catalog, complete, count_labels, run_before_each_call, read_items
) -> None:
    completed: list[bool] = []

    def check() -> None:
        assert sorted(completed) == [False, True]
        completed.clear()
        assert count_labels() == dict.fromkeys(LABELS, 1)
        assert catalog.this_month("public") == MonthTotals(1, 2)
        assert read_items()[f"OWNER#public IMAGE#{ID}"]["billedCalls"] == 2

    def complete_once() -> None:
        completed.append(complete(*LABELS))

    run_before_each_call(complete_once, complete_once, check)


def test_a_failure_during_a_completion_keeps_the_result(
    catalog, complete, fail, count_labels, run_before_each_call
) -> None:
    def check() -> None:
        assert count_labels() == dict.fromkeys(LABELS, 1)
        assert catalog.get("public", ID).status == "done"

    run_before_each_call(lambda: complete(*LABELS), fail, check)


@pytest.mark.parametrize("hours", [0, 10])  # on the expiry day of the deleted count, and on the next day
def test_counts_a_label_that_returns_while_its_count_is_deleted(
    catalog, clock, record, complete, delete, count_labels, run_before_each_call, hours: int
) -> None:
    def leave_count_of_zero() -> None:
        complete("Cat")
        delete()
        catalog.start(record)

    def complete_again() -> None:
        clock.advance(hours=hours)
        complete("Cat", "Animal")
        clock.advance(hours=-hours)

    def check() -> None:
        assert count_labels() == {"Animal": 1, "Cat": 1}

    calls = run_before_each_call(
        lambda: catalog.label_counts("public"), complete_again, check, leave_count_of_zero
    )
    assert calls == 2
