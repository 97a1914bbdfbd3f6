from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from common.prices import GROUPS, PRICES, rekognition_cost


@pytest.mark.parametrize(
    ("analyses", "dollars"),
    [
        ({}, 0),
        ({"image": 0, "properties": 0}, 0),
        ({"image": 1000}, 1),
        ({"image": 1000, "properties": 1000}, 1.75),
        ({"image": 1_000_000}, 1000),
        ({"image": 1_000_001}, 1000.0008),
        ({"image": 5_000_000}, 1000 + 4_000_000 * 0.0008),
        ({"image": 40_000_000}, 1000 + 4_000_000 * 0.0008 + 30_000_000 * 0.0006 + 5_000_000 * 0.0004),
    ],
)
def test_each_tier_has_its_price(analyses: dict[str, int], dollars: float) -> None:
    assert rekognition_cost(analyses) == pytest.approx(dollars)


def test_the_table_has_a_date_and_every_group() -> None:
    assert date.fromisoformat(PRICES["date"]) <= datetime.now(UTC).date()
    assert set(GROUPS) < PRICES["rekognition"].keys()


GROUPS_WITH_SOURCE = {name: group for name, group in PRICES.items() if isinstance(group, dict)}


@pytest.mark.parametrize("name", GROUPS_WITH_SOURCE)
def test_each_group_has_its_source_and_prices(name: str) -> None:
    group = GROUPS_WITH_SOURCE[name]
    prices = {key: value for key, value in group.items() if key not in ("source", "free", "unconfirmed")}
    assert group["source"].startswith("https://aws.amazon.com/")
    assert prices
    assert set(group.get("free", {})) <= set(prices)


@pytest.mark.parametrize("name", GROUPS_WITH_SOURCE)
def test_tiers_get_cheaper_and_the_last_has_no_end(name: str) -> None:
    for tiers in GROUPS_WITH_SOURCE[name].values():
        if isinstance(tiers, list) and isinstance(tiers[0], list):
            ends, prices = zip(*tiers, strict=True)
            assert ends[-1] is None
            assert sorted(ends[:-1]) == list(ends[:-1])
            assert sorted(prices, reverse=True) == list(prices)
