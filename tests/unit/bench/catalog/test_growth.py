from __future__ import annotations

from bench.catalog.collection import Collection
from bench.catalog.growth import LIST, Growth
from catalog.index.merge import merged_from


def test_compares_the_most_pictures_with_the_fewest() -> None:
    growth = Growth((50, 100, 200), deletion=40.0)
    assert [figure.name for figure in growth.figures()] == [
        "a page of the list: units of 200 / 50 pictures",
        "a page of a label: units of 200 / 50 pictures",
        "GET /labels: units of 200 / 50 pictures",
        "a deletion: units of 200 / 50 pictures",
    ]
    assert growth.units(LIST) == {50: 33, 100: 33, 200: 33}  # a page has 30
    assert growth.lines()[0] == "units by the pictures of an owner           50       100       200"


def test_a_deletion_has_its_share_of_the_snapshot() -> None:
    collection = Collection(100)
    (units,) = Growth((100,), deletion=40)._deletions.values()
    assert units == 40 + collection.snapshot_units()
    # a change is deleted, and the head and one or two KB of counts are rewritten for 50 of them
    assert 1 + 2 * 2 / merged_from(0) < collection.snapshot_units() < 1 + 2 * 4 / merged_from(0)
