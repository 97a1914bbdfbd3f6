from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from local.cloudwatch import metrics
from local.cloudwatch.metrics import Datapoint, Metric, MetricStore, is_statistic

SECONDS = Metric.of("local", "SecondsToResult")
THROTTLED = Metric.of("local", "CallsThrottled", {"Operation": "DetectText"})


def points(metric: Metric, *values: float) -> list[Datapoint]:
    return [Datapoint(metric, value, "Seconds") for value in values]


@pytest.fixture
def store() -> MetricStore:
    return MetricStore()


@pytest.mark.parametrize(
    ("statistic", "value"),
    [
        ("SampleCount", 5),
        ("Sum", 20),
        ("Average", 4),
        ("Minimum", 1),
        ("Maximum", 10),
        ("p0", 1),
        ("p50", 3),
        ("p95", 8.8),
        ("p99.5", 9.88),
        ("p100", 10),
    ],
)
def test_knows_the_statistics_of_cloudwatch(store: MetricStore, statistic: str, value: float) -> None:
    store.add(points(SECONDS, 4, 1, 10, 2, 3))
    assert is_statistic(statistic)
    assert store.statistic(SECONDS, statistic) == pytest.approx(value)


@pytest.mark.parametrize("name", ["", "sum", "p101", "p", "tm95", "p95.", "IQM"])
def test_knows_no_other_statistic(name: str) -> None:
    assert not is_statistic(name)


def test_a_metric_without_values_has_no_statistic(store: MetricStore) -> None:
    store.add(points(THROTTLED, 1))
    assert store.statistic(Metric.of("local", "CallsThrottled"), "Sum") is None
    assert store.last(SECONDS) is None


def test_shows_each_metric_and_forgets_it_at_a_reset(store: MetricStore) -> None:
    store.add(points(SECONDS, 1, 3, 2))
    document = store.document()
    (shown,) = document["metrics"]
    time = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
    assert time.fullmatch(document["since"])
    assert time.fullmatch(shown.pop("lastAt"))
    assert shown == {
        "namespace": "local",
        "name": "SecondsToResult",
        "dimensions": {},
        "unit": "Seconds",
        "count": 3,
        "sum": 6,
        "min": 1,
        "max": 3,
        "p50": 2,
        "p95": 2.9,
        "last": 2,
    }
    store.reset()
    assert store.document()["metrics"] == []


def test_keeps_the_latest_values_for_percentiles(store: MetricStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.add(points(SECONDS, *range(20_000)))
    assert [store.statistic(SECONDS, name) for name in ("p0", "Minimum", "SampleCount")] == [
        10_000,
        0,
        20_000,
    ]


def test_drops_the_values_of_too_many_metrics(store: MetricStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "_MAX_METRICS", 2)
    for number in range(4):
        store.add(points(Metric.of("local", "PerOwner", {"Owner": str(number)}), 1))
    store.add(points(Metric.of("local", "PerOwner", {"Owner": "0"}), 1))
    document = store.document()
    assert ([each["count"] for each in document["metrics"]], document["dropped"]) == ([2, 1], 2)


def test_loses_no_value_of_several_threads(store: MetricStore) -> None:
    with ThreadPoolExecutor(8) as pool:
        for _ in range(200):
            pool.submit(store.add, points(SECONDS, 1, 1))
    assert store.statistic(SECONDS, "Sum") == 400
