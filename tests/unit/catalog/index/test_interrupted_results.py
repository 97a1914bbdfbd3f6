"""Results and failures, cut off or overtaken at every place where they can be."""

from __future__ import annotations

import pytest

from catalog.catalog import MonthTotals

ID = "ab" * 32
NAMES = ["Label 1", "Label 2", "Label 3"]  # more than one transaction holds here


def ids_of(catalog, label: str) -> list[str]:
    return [record.id for record in catalog.page("public", limit=9, label=label).records]


def test_a_result_that_was_cut_off_is_finished_by_the_next_try(
    catalog, look, counts, cut_off, items, fresh
) -> None:
    fresh()
    look(*NAMES)
    whole = items()

    def check() -> None:
        assert look(*NAMES) is True
        assert items() == whole
        assert counts() == dict.fromkeys(NAMES, 1)
        assert catalog.this_month("public") == MonthTotals(1, 2)

    assert cut_off(lambda: look(*NAMES), check) == 5  # the record, its labels in two parts, done


def test_a_next_try_that_finds_other_labels_leaves_none_of_the_first(
    catalog, clock, look, counts, cut_off
) -> None:
    def check() -> None:
        clock.forward(hours=10)  # past midnight: this try would expire on another day than the first
        assert look("Label 3", "Cat") is True
        clock.forward(hours=-10)
        assert counts() == {"Cat": 1, "Label 3": 1}
        assert ids_of(catalog, "cat") == [ID]
        assert ids_of(catalog, "label 2") == []

    cut_off(lambda: look(*NAMES), check)


def test_a_failure_after_a_result_that_was_cut_off_takes_its_labels_back(
    catalog, look, fail, counts, cut_off, items
) -> None:
    def check() -> None:
        assert fail() is True
        assert counts() == {}
        assert catalog.get("public", ID).status == "failed"
        assert catalog.get("public", ID).labels == ()
        assert [key for key in items() if "#LABEL#" in key] == []

    cut_off(lambda: look(*NAMES), check)


def test_a_failure_that_was_cut_off_is_finished_by_the_next(
    catalog, look, fail, calls, counts, cut_off
) -> None:
    def half() -> None:
        calls.cut_off(4)
        with pytest.raises(calls.Interruption):
            look(*NAMES)

    def check() -> None:
        assert fail() is True
        assert counts() == {}

    assert cut_off(fail, check, half) > 3


def test_two_results_at_once_count_once(catalog, look, counts, overtaken) -> None:
    def check() -> None:
        assert counts() == dict.fromkeys(NAMES, 1)
        assert catalog.this_month("public") == MonthTotals(1, 2)

    overtaken(lambda: look(*NAMES), lambda: look(*NAMES), check)


def test_a_failure_while_it_is_completed_leaves_the_result(catalog, look, fail, counts, overtaken) -> None:
    def check() -> None:
        assert counts() == dict.fromkeys(NAMES, 1)
        assert catalog.get("public", ID).status == "done"

    overtaken(lambda: look(*NAMES), fail, check)
