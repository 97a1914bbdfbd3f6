from __future__ import annotations

import pytest

from bench.catalog.collection import Collection
from bench.catalog.searches import measure_all, table_lines


@pytest.fixture(scope="module")
def costs() -> dict[str, tuple[int, int, int]]:
    """What each search finds, its requests and its calls with 300 pictures."""
    found = measure_all(Collection(300))
    return {name: (cost.found, cost.requests, cost.calls) for name, cost in found.items()}


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("no search", (30, 1, 2)),
        ("no search, order=taken", (30, 1, 2)),
        ("label:cat label:zebra", (0, 1, 3)),  # the counts alone tell
        ("name:img_000042", (1, 1, 5)),
        ("label:person -label:cat", (30, 1, 5)),
    ],
)
def test_a_search_takes_few_calls(
    costs: dict[str, tuple[int, int, int]], search: str, expected: tuple[int, int, int]
) -> None:
    assert costs[search] == expected


def test_prints_a_row_for_each_search() -> None:
    lines = list(table_lines({size: measure_all(Collection(size)) for size in (10, 20)}))
    assert "10 pictures" in lines[0]
    assert "20 pictures" in lines[0]
    assert {len(line) for line in lines[2:]} == {len(lines[2])}
    assert len(lines) > 25
