"""The embedded metric format: lines of JSON in a function's log, which CloudWatch reads as metrics.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from local.cloudwatch.metrics import Datapoint, Metric

_MAX_DIMENSIONS = 30
_MAX_VALUES = 100


def parse_line(line: str) -> list[Datapoint] | None:
    """Return the values in a line of a log, or None if it isn't a valid line of the format.

    CloudWatch ignores an invalid one, and keeps it as any other line.
    """
    if '"_aws"' not in line:
        return None
    try:
        document = json.loads(line)
        directives = document["_aws"]["CloudWatchMetrics"]
        _check(isinstance(document["_aws"]["Timestamp"], int) and isinstance(directives, list))
        return [point for directive in directives for point in _points(directive, document)]
    except (LookupError, TypeError, ValueError):
        return None


def _points(directive: Mapping[str, Any], document: Mapping[str, Any]) -> list[Datapoint]:
    namespace, sets = directive["Namespace"], directive["Dimensions"]
    _check(isinstance(namespace, str) and bool(namespace) and isinstance(sets, list) and bool(sets))
    return [
        Datapoint(Metric.of(namespace, definition["Name"], dimensions), value, definition.get("Unit", "None"))
        for names in sets
        for dimensions in [_dimensions(names, document)]
        for definition in directive["Metrics"]
        for value in _values(document[definition["Name"]])
    ]


def _dimensions(names: Any, document: Mapping[str, Any]) -> dict[str, str]:
    _check(isinstance(names, list) and len(names) <= _MAX_DIMENSIONS)
    dimensions = {name: document[name] for name in names}
    _check(all(isinstance(value, str) and value for value in dimensions.values()))
    return dimensions


def _values(value: Any) -> list[float]:
    values = value if isinstance(value, list) else [value]
    _check(len(values) <= _MAX_VALUES)
    _check(all(isinstance(each, int | float) and not isinstance(each, bool) for each in values))
    return values


def _check(condition: bool) -> None:
    if not condition:
        raise ValueError
