"""An image waits for its custom model until a result doesn't, in its record and in the index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from catalog.records import ResultSummary
from catalog.transitions.finish import Completion
from tests.unit.catalog.support import ID, Clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog.catalog import Catalog


@pytest.fixture
def recognize(catalog: Catalog, clock: Clock) -> Callable[[bool], bool]:
    """Record a result, which waits for the model or not."""

    def recognize(is_waiting: bool) -> bool:
        summary = ResultSummary(512, 256, (), is_waiting=is_waiting)
        completion = Completion(summary, 1, clock.now, int(clock.now.timestamp()) + 86_400)
        return catalog.complete("public", ID, completion)

    return recognize


@pytest.fixture
def is_waiting(catalog: Catalog, count_labels: Callable[[], dict[str, int]]) -> Callable[[], bool]:
    """Return whether the image waits, after checking the index."""

    def is_waiting() -> bool:
        count_labels()
        record = catalog.get("public", ID)
        entries, _ = catalog.index.entries("public", "is:waiting", limit=10)
        assert record
        assert [entry.image_id for entry in entries] == ([ID] if record.is_waiting else [])
        assert catalog.index.vocabulary("public").count("is:waiting") == record.is_waiting
        return record.is_waiting

    return is_waiting


def test_an_image_waits_until_it_is_recognized_with_its_model(catalog, record, recognize, is_waiting) -> None:
    catalog.start(record)
    assert not is_waiting()
    for waits in (True, True, False):
        recognize(waits)
        assert is_waiting() == waits
        assert catalog.reopen(catalog.get("public", ID)).status == "pending"
        assert is_waiting() == waits  # until there is a new result
    recognize(True)
    assert is_waiting()


def test_an_image_keeps_waiting_if_it_cant_be_recognized_again(
    catalog, record, recognize, is_waiting, fail
) -> None:
    catalog.start(record)
    recognize(True)
    catalog.reopen(catalog.get("public", ID))
    assert fail()
    assert catalog.get("public", ID).status == "done"
    assert is_waiting()
