"""Results and rejections, alone, interrupted, and with another operation before each of their calls."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from catalog.index.vocabulary import MonthTotals
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
    assert catalog.get("public", ID) == replace(done_record, revision=2)


def test_a_repeated_result_finishes_an_interrupted_one(
    this_month, catalog, complete, count_labels, interrupt_each_call, read_items, reset
) -> None:
    def read_all_but_log() -> dict[str, dict[str, Any]]:
        items = read_items()
        return {key: item for key, item in items.items() if "#LOG " not in key} | {"LOG": len(items)}

    reset()
    complete(*LABELS)
    complete_items = read_all_but_log()

    def check() -> None:
        assert complete(*LABELS) is True
        assert read_all_but_log() == complete_items
        assert count_labels() == dict.fromkeys(LABELS, 1)
        assert this_month() == MonthTotals(1, 2)

    # read the record, write its entries, set it to done
    assert interrupt_each_call(lambda: complete(*LABELS), check) == 3


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
    catalog, complete, fail, count_labels, interrupt_each_call, list_ids
) -> None:
    def check() -> None:
        assert fail() is True
        assert count_labels() == {}
        assert catalog.get("public", ID).status == "failed"
        assert catalog.get("public", ID).labels == ()
        assert list_ids("Label 1") == []

    interrupt_each_call(lambda: complete(*LABELS), check)


def test_a_repeated_failure_finishes_an_interrupted_one(
    fail, count_labels, interrupt_each_call, interrupt_completion
) -> None:
    def check() -> None:
        assert fail() is True
        assert count_labels() == {}

    assert interrupt_each_call(fail, check, lambda: interrupt_completion(*LABELS, before=2)) == 3


def test_one_of_two_concurrent_results_completes_the_image(
    this_month, catalog, complete, count_labels, run_before_each_call, read_items
) -> None:
    completed: list[bool] = []

    def check() -> None:
        assert sorted(completed) == [False, True]
        completed.clear()
        assert count_labels() == dict.fromkeys(LABELS, 1)
        assert this_month() == MonthTotals(1, 2)
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
