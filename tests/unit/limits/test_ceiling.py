from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from catalog.usage import StackUsage
from common.errors import CeilingReached
from limits.ceiling import Ceiling
from tests.unit.catalog.support import CallLog
from tests.unit.support import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog.catalog import Catalog


@pytest.fixture
def check(catalog: Catalog) -> Callable[[float], None]:
    """Check the ceiling of some dollars."""
    return lambda dollars: Ceiling(catalog, dollars, clock=lambda: NOW).check()


@pytest.mark.parametrize(
    ("analyses", "dollars", "percent"),
    [
        ({}, 100, 0),
        ({"image": 50_000}, 100, 50),
        ({"image": 1000, "properties": 1000}, 2.5, 70),
        ({"image": 99_999}, 100, 99.999),
        ({"image": 499}, 0.5, 99.8),
    ],
)
def test_uploads_are_permitted_below_the_ceiling(
    check, catalog, read_metrics, analyses: dict[str, int], dollars: float, percent: float
) -> None:
    catalog.add_usage(StackUsage(analyses, 1))
    check(dollars)
    assert read_metrics() == [{"CeilingUsed": percent}]


@pytest.mark.parametrize(
    ("analyses", "dollars", "percent"),
    [({"image": 100_000}, 100, 100), ({"image": 150_000}, 100, 150), ({"properties": 2}, 0.001, 150)],
)
def test_uploads_are_refused_at_the_ceiling(
    check, catalog, read_metrics, analyses: dict[str, int], dollars: float, percent: float
) -> None:
    catalog.add_usage(StackUsage(analyses, 1))
    with pytest.raises(CeilingReached) as raised:
        check(dollars)
    assert raised.value.retry_after == 8 * 86400 + 9 * 3600
    assert read_metrics() == [{"CeilingUsed": percent}]


def test_the_usage_of_another_month_does_not_count(check, catalog, monkeypatch) -> None:
    catalog.add_usage(StackUsage({"image": 100_000}, 100_000))
    monkeypatch.setattr(catalog, "_clock", lambda: NOW.replace(month=12))
    check(100)


def test_without_a_ceiling_nothing_is_read(check, catalog, table: Any, read_metrics) -> None:
    catalog.add_usage(StackUsage({"image": 10**9}, 10**9))
    calls = CallLog(table)
    check(0)
    assert calls.clear() == []
    assert read_metrics() == []
