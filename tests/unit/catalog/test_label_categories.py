"""Label categories are kept once per stack, and written only when a label is new."""

from __future__ import annotations

import logging

import pytest

from catalog.catalog import Catalog
from tests.unit.support import interrupted

CAT, CAR = {"Cat": "Animals and Pets"}, {"Car": "Vehicles and Automotive"}


@pytest.fixture
def other(table, clock) -> Catalog:
    """The catalog of another function."""
    return Catalog(table, clock=clock)


def test_finds_the_categories_that_any_function_added(catalog, other, read_items) -> None:
    assert catalog.label_categories.find(["Cat", "Car"]) == {}
    other.label_categories.add(CAT)
    other.label_categories.add(CAR | {"Dog": "Animals and Pets"})
    assert catalog.label_categories.find(["Cat", "Car", "Unicorn"]) == CAT | CAR
    assert catalog.label_categories.find(["cat"]) == {
        "cat": "Animals and Pets"
    }  # as custom labels may be spelled
    assert read_items() == {
        "STACK LABEL_CATEGORIES": {
            "labels": {"Animals and Pets: Cat", "Animals and Pets: Dog", "Vehicles and Automotive: Car"}
        }
    }


def test_reads_and_writes_only_for_new_labels(catalog, other, calls) -> None:
    catalog.label_categories.add(CAT | CAR)
    assert calls.clear() == ["GetItem", "UpdateItem"]
    catalog.label_categories.add(CAT)
    catalog.label_categories.add({})
    assert catalog.label_categories.find(["Cat", "Car"]) == CAT | CAR
    assert catalog.label_categories.find([]) == {}
    assert calls.clear() == []
    other.label_categories.add(CAT)
    assert calls.clear() == ["GetItem"]


def test_a_label_keeps_its_category(catalog, other) -> None:
    catalog.label_categories.add(CAT)
    for each in (catalog, other):
        each.label_categories.add({"Cat": "Internet"})
        assert each.label_categories.find(["Cat"]) == CAT


def test_functions_that_add_at_the_same_time_lose_nothing(catalog, other, calls) -> None:
    calls.run_before(1, lambda: other.label_categories.add({"Cat": "Internet", "Dog": "Animals and Pets"}))
    catalog.label_categories.add(CAT | CAR)
    expected = CAT | CAR | {"Dog": "Animals and Pets"}  # of two categories, every reader takes the same one
    for each in (catalog, other):
        assert each.label_categories.find(expected) == expected


@pytest.mark.parametrize("operation", ["GetItem", "UpdateItem"])
def test_an_error_while_adding_is_logged(
    catalog, table, caplog: pytest.LogCaptureFixture, operation: str
) -> None:
    with interrupted(table.meta.client, "dynamodb", operation):
        catalog.label_categories.add(CAT)
    (record,) = (record for record in caplog.records if record.levelno == logging.WARNING)
    assert record.getMessage() == "label categories not added"
    catalog.label_categories.add(CAT)
    assert catalog.label_categories.find(["Cat"]) == CAT
