"""The metrics that a template's alarms and dashboards name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local.cloudwatch.alarms import load_alarms

if TYPE_CHECKING:
    from local.template.template import Template

_SEARCH = re.compile(
    r"""SEARCH\('\{"?(?P<namespace>[^",}]+)"?(?P<dimensions>(?:, *\w+)*)\} *MetricName="(?P<name>\w+)"'"""
)


@dataclass(frozen=True)
class NamedMetric:
    """A metric by which an alarm or a widget finds values; a dimension's value is None for any."""

    where: str
    namespace: str
    name: str
    dimensions: tuple[tuple[str, str | None], ...]

    def matches(self, emitted: Mapping[str, Any]) -> bool:
        """Return whether a metric of `GET /_local/metrics` has this name, and exactly these dimensions."""
        dimensions = emitted["dimensions"]
        return (
            (emitted["namespace"], emitted["name"]) == (self.namespace, self.name)
            and dimensions.keys() == dict(self.dimensions).keys()
            and all(value in (None, dimensions[name]) for name, value in self.dimensions)
        )


def named_metrics(template: Template) -> list[NamedMetric]:
    """Return what the alarms and the dashboards of a template name."""
    alarms = [
        NamedMetric(alarm.name, term.metric.namespace, term.metric.name, term.metric.dimensions)
        for alarm in load_alarms(template)
        for term in alarm.terms
    ]
    dashboards = template.resources("AWS::CloudWatch::Dashboard").values()
    return alarms + [
        metric
        for properties in dashboards
        for metric in _of_dashboard(json.loads(properties["DashboardBody"]))
    ]


def without_values(named: Iterable[NamedMetric], emitted: Iterable[Mapping[str, Any]]) -> list[NamedMetric]:
    """Return the metrics that would find no values."""
    found = list(emitted)
    return [metric for metric in named if not any(metric.matches(each) for each in found)]


def _of_dashboard(body: Mapping[str, Any]) -> Iterator[NamedMetric]:
    for widget in body["widgets"]:
        properties = widget["properties"]
        for row in properties.get("metrics", []):
            yield from _of_row(str(properties.get("title", widget["type"])), row)


def _of_row(where: str, row: list[Any]) -> Iterator[NamedMetric]:
    names = [entry for entry in row if isinstance(entry, str)]
    if names:
        namespace, name, *dimensions = names
        assert not any(entry.startswith(".") for entry in names), f"{where}: write every name out"
        yield NamedMetric(where, namespace, name, tuple(zip(dimensions[::2], dimensions[1::2], strict=True)))
        return
    (options,) = row
    for search in _SEARCH.finditer(options["expression"]):
        searched = re.findall(r"\w+", search["dimensions"])
        yield NamedMetric(
            where, search["namespace"], search["name"], tuple((name, None) for name in sorted(searched))
        )
    assert options["expression"].count("SEARCH") == len(_SEARCH.findall(options["expression"])), options
