"""An image needs review from its recognition until its decision, in its record and in the index."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from catalog.records import Decision, DecisionValue, ResultSummary, Review
from catalog.terms import MONTH_KINDS
from catalog.transitions.finish import Completion
from tests.unit.catalog.support import ID, Clock

if TYPE_CHECKING:
    from catalog.catalog import Catalog

REVIEW = Review(("Violence",), ("Helmet",))
Recognize = Callable[..., bool]


@pytest.fixture
def recognize(catalog: Catalog, clock: Clock) -> Recognize:
    """Record a result that needs review, or one that needs none."""

    def recognize(review: Review | None = REVIEW) -> bool:
        summary = ResultSummary(512, 256, (), ("Violence",), review=review)
        completion = Completion(summary, 1, clock.now, int(clock.now.timestamp()) + 86_400)
        return catalog.complete("public", ID, completion)

    return recognize


@pytest.fixture
def decide(catalog: Catalog, clock: Clock) -> Callable[[DecisionValue | None], None]:
    """Decide about the image, or withdraw the decision."""

    def decide(value: DecisionValue | None) -> None:
        decision = Decision(value, "ann@example.com", clock.now) if value else None
        assert catalog.annotate("public", ID, lambda own: replace(own, decision=decision))

    return decide


@pytest.fixture
def open_review(catalog: Catalog, count_labels: Callable[[], dict[str, int]]) -> Callable[[], Review | None]:
    """Return why the image needs review, after checking the index."""

    def open_review() -> Review | None:
        count_labels()
        record = catalog.get("public", ID)
        entries, _ = catalog.index.entries("public", "is:review", limit=10)
        found = record.open_review if record else None
        expected = [ID] if found else []
        assert [entry.image_id for entry in entries] == expected
        assert catalog.index.vocabulary("public").count("is:review") == len(expected)
        return found

    return open_review


def write_as_before_review(table: Any) -> None:
    """Change a new image and its index to what the version before review wrote, which counted no months."""
    for item in table.scan()["Items"]:
        if "indexed" in item:
            del item["review"]
            table.put_item(Item={**item, "indexed": True})
        elif item["pk"].endswith("#LOG") and "added" in item:
            later = ("is:review", *MONTH_KINDS)
            table.put_item(
                Item={**item, "added": [term for term in item["added"] if not term.startswith(later)]}
            )
        elif item["pk"].endswith("#TERM#is:review"):
            table.delete_item(Key={"pk": item["pk"], "sk": item["sk"]})


@pytest.mark.parametrize("value", ["approved", "hidden"])
def test_a_decision_ends_the_review_until_it_is_withdrawn(
    catalog, record, recognize, decide, open_review, value: DecisionValue
) -> None:
    catalog.start(record)
    assert open_review() is None
    recognize()
    assert open_review() == REVIEW
    decide(value)
    assert open_review() is None
    decide(None)
    assert open_review() == REVIEW


def test_an_image_that_needs_no_review_needs_none_after_a_decision(
    catalog, record, recognize, decide, open_review
) -> None:
    catalog.start(record)
    recognize(None)
    assert open_review() is None
    for value in ("hidden", None):
        decide(value)
        assert open_review() is None


def test_recognizing_it_again_decides_anew_whether_it_needs_review(
    catalog, record, recognize, open_review
) -> None:
    catalog.start(record)
    recognize()
    for review in (None, REVIEW, Review(("Alcohol",))):
        before = open_review()
        assert catalog.reopen(catalog.get("public", ID)).status == "pending"
        assert open_review() == before  # until there is a new result
        recognize(review)
        assert open_review() == review


def test_an_image_that_is_decided_about_before_it_is_recognized_needs_no_review(
    catalog, record, recognize, decide, open_review
) -> None:
    catalog.start(record)
    decide("approved")
    recognize()
    assert open_review() is None
    assert catalog.get("public", ID).review == REVIEW


def test_an_image_of_a_version_without_review_needs_it_once_recognized_again(
    catalog, table, record, recognize, decide, open_review
) -> None:
    catalog.start(record)
    recognize()
    write_as_before_review(table)
    assert open_review() is None
    for value in ("approved", None, "hidden", None):
        decide(value)
        assert open_review() is None
    assert catalog.reopen(catalog.get("public", ID)).status == "pending"
    assert open_review() is None
    recognize()
    assert open_review() == REVIEW
    decide("approved")
    assert open_review() is None


@pytest.mark.parametrize("value", ["approved", "hidden", None])
def test_deleting_an_image_of_a_version_without_review_keeps_the_counts(
    catalog, table, record, recognize, decide, delete, open_review, value: DecisionValue | None
) -> None:
    catalog.start(record)
    recognize()
    write_as_before_review(table)
    decide(value)
    assert delete()
    assert open_review() is None
    assert catalog.index.vocabulary("public").terms() == []


def test_a_deleted_image_needs_no_review(catalog, record, recognize, delete, open_review) -> None:
    catalog.start(record)
    recognize()
    assert delete()
    assert open_review() is None
