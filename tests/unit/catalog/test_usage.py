from __future__ import annotations

import pytest

from catalog.usage import StackUsage


def test_usage_adds_up_in_one_item_for_each_month(catalog, clock, read_items) -> None:
    assert catalog.stack_usage() == StackUsage({"image": 0, "properties": 0}, 0)
    catalog.add_usage(StackUsage({"image": 2}, 2))
    catalog.add_usage(StackUsage({"image": 1, "properties": 1}, 1))
    catalog.add_usage(StackUsage({}, 1))  # custom labels
    assert catalog.stack_usage() == StackUsage({"image": 3, "properties": 1}, 4)
    expires_at = int(clock.now.timestamp()) + 400 * 86400
    assert read_items() == {
        "STACK MONTH#2026-11": {"image": 3, "properties": 1, "billedCalls": 4, "expiresAt": expires_at}
    }
    clock.advance(days=9)
    assert catalog.stack_usage() == StackUsage({"image": 0, "properties": 0}, 0)


@pytest.mark.parametrize(
    ("usage", "dollars"),
    [
        (StackUsage({}, 0), 0),
        (StackUsage({"image": 1000}, 1000), 0.001),
        (StackUsage({"image": 1000, "properties": 1000}, 1000), 0.00175),
        (StackUsage({"image": 1000}, 2000), 0.0005),
        (StackUsage({"image": 2_000_000}, 2_000_000), 0.0009),
    ],
)
def test_the_average_price_of_a_call_is_of_all_its_analyses(usage: StackUsage, dollars: float) -> None:
    assert usage.cost_per_call == pytest.approx(dollars)
