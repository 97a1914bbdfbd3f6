"""Metrics: values by namespace, name and dimensions, and their statistics since the start."""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

_MAX_METRICS = 1000  # a metric for each value of a dimension; the template's have a few dozens
_MAX_VALUES = 10_000  # of each metric, for its percentiles: the latest
_PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d{1,10})?|100)")


@dataclass(frozen=True)
class Metric:
    """What identifies a metric; the dimensions are sorted by their names."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, namespace: str, name: str, dimensions: Mapping[str, str] | None = None) -> Metric:
        """Return the metric with these dimensions."""
        return cls(namespace, name, tuple(sorted((dimensions or {}).items())))


@dataclass(frozen=True)
class Datapoint:
    """One value of a metric; the unit has CloudWatch's name."""

    metric: Metric
    value: float
    unit: str = "None"


@dataclass
class Statistics:
    """Statistics of the values of a metric. The percentiles are those of the latest 10,000."""

    unit: str
    count: int = 0
    sum: float = 0
    min: float = 0
    max: float = 0
    last: float = 0
    last_at: str = ""  # in RFC 3339
    values: deque[float] = field(default_factory=lambda: deque(maxlen=_MAX_VALUES))

    def add(self, value: float, time: str) -> None:
        """Add a value."""
        self.min = min(self.min, value) if self.count else value
        self.max = max(self.max, value) if self.count else value
        self.count += 1
        self.sum += value
        self.last, self.last_at = value, time
        self.values.append(value)

    def statistic(self, name: str) -> float:
        """Return a statistic by CloudWatch's name. Raises KeyError if there is none with this name."""
        if match := _PERCENTILE.fullmatch(name):
            return _percentile(sorted(self.values), float(match[1]))
        values = {
            "SampleCount": self.count,
            "Sum": self.sum,
            "Average": self.sum / self.count,
            "Minimum": self.min,
            "Maximum": self.max,
        }
        return values[name]


def is_statistic(name: str) -> bool:
    """Return whether `Statistics.statistic` knows a name."""
    return bool(_PERCENTILE.fullmatch(name)) or name in (
        "SampleCount",
        "Sum",
        "Average",
        "Minimum",
        "Maximum",
    )


class MetricStore:
    """The values of all metrics. Thread-safe, and of limited size."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.reset()

    def add(self, datapoints: Iterable[Datapoint]) -> None:
        """Add values, unless there are too many metrics already."""
        time = _now()
        with self._lock:
            for point in datapoints:
                if point.metric not in self._statistics and len(self._statistics) >= _MAX_METRICS:
                    self._dropped += 1
                    continue
                self._statistics.setdefault(point.metric, Statistics(point.unit)).add(point.value, time)

    def reset(self) -> None:
        """Forget all values."""
        with self._lock:
            self._statistics: dict[Metric, Statistics] = {}
            self._dropped, self._since = 0, _now()

    def statistic(self, metric: Metric, name: str) -> float | None:
        """Return a statistic of a metric, or None if it has no values."""
        with self._lock:
            statistics = self._statistics.get(metric)
            return statistics.statistic(name) if statistics else None

    def last(self, metric: Metric) -> float | None:
        """Return the last value of a metric, or None if it has no values."""
        with self._lock:
            statistics = self._statistics.get(metric)
            return statistics.last if statistics else None

    def document(self) -> dict[str, Any]:
        """Return all metrics as JSON, since when, and the number of values that were dropped."""
        with self._lock:
            found = sorted(self._statistics.items(), key=lambda item: (item[0].namespace, str(item[0])))
            metrics = [_body(*item) for item in found]
            return {"since": self._since, "dropped": self._dropped, "metrics": metrics}


def _body(metric: Metric, statistics: Statistics) -> dict[str, Any]:
    return {
        "namespace": metric.namespace,
        "name": metric.name,
        "dimensions": dict(metric.dimensions),
        "unit": statistics.unit,
        "count": statistics.count,
        "sum": statistics.sum,
        "min": statistics.min,
        "max": statistics.max,
        "p50": statistics.statistic("p50"),
        "p95": statistics.statistic("p95"),
        "last": statistics.last,
        "lastAt": statistics.last_at,
    }


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _percentile(values: list[float], percent: float) -> float:
    """Return a percentile of sorted values, interpolated between the two nearest ones."""
    position = (len(values) - 1) * percent / 100
    lower = int(position)
    upper = min(lower + 1, len(values) - 1)
    return values[lower] + (values[upper] - values[lower]) * (position - lower)
