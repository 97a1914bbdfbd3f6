"""Alarms of the template, and their state by the metrics since the start.

On AWS, an alarm compares the statistic of each of several periods with its threshold. Here there is one
period: since the start, or the last reset. The age and size of queues, and the age of streams, are current.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local.cloudwatch.metrics import Metric, is_statistic
from local.template.template import Template, TemplateError

if TYPE_CHECKING:
    from local.cloudwatch.metrics import MetricStore

SQS = "AWS/SQS"  # all metrics of this namespace tell a current state
ITERATOR_AGE = ("AWS/Lambda", "IteratorAge")  # so does this one
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
# The state of an alarm whose metrics have no values; "ignore" keeps the state, which is this one at first.
_MISSING = {
    "missing": "INSUFFICIENT_DATA",
    "ignore": "INSUFFICIENT_DATA",
    "breaching": "ALARM",
    "notBreaching": "OK",
}
_SUM_OF_ALL = "SUM(METRICS())"
_IGNORED = {  # they change when an alarm changes its state, or who hears of it
    "ActionsEnabled",
    "AlarmActions",
    "DatapointsToAlarm",
    "EvaluateLowSampleCountPercentile",
    "EvaluationPeriods",
    "InsufficientDataActions",
    "OKActions",
    "Period",
    "Tags",
    "Unit",
}
_SINGLE = {"Namespace", "MetricName", "Dimensions", "Statistic", "ExtendedStatistic"}
_READ = {"AlarmName", "AlarmDescription", "ComparisonOperator", "Threshold", "TreatMissingData", "Metrics"}


@dataclass(frozen=True)
class Term:
    """A statistic of a metric."""

    metric: Metric
    statistic: str

    def value(self, store: MetricStore) -> float | None:
        """Return the value, or None if the metric has none."""
        if self.metric.namespace == SQS or (self.metric.namespace, self.metric.name) == ITERATOR_AGE:
            return store.last(self.metric)
        return store.statistic(self.metric, self.statistic)


@dataclass(frozen=True)
class Alarm:
    """An alarm on the sum of its terms; most have one.

    With `skips_missing`, as in SUM(METRICS()), the sum is that of the terms that have a value. Otherwise,
    there is no value if one of them has none.
    """

    name: str
    description: str
    terms: tuple[Term, ...]
    skips_missing: bool
    comparison: str
    threshold: float
    if_missing: str  # state

    def body(self, store: MetricStore) -> dict[str, Any]:
        """Return the alarm with its state as JSON."""
        value = self._value(store)
        is_breached = value is not None and _COMPARISONS[self.comparison](value, self.threshold)
        state = self.if_missing if value is None else "ALARM" if is_breached else "OK"
        return {
            "name": self.name,
            "state": state,
            "value": value,
            "comparison": self.comparison,
            "threshold": self.threshold,
            "description": self.description,
        }

    def _value(self, store: MetricStore) -> float | None:
        values = [term.value(store) for term in self.terms]
        known = [value for value in values if value is not None]
        return sum(known) if known and (self.skips_missing or len(known) == len(values)) else None


def load_alarms(template: Template) -> list[Alarm]:
    """Return the alarms of a template. Raises TemplateError if the local stack can't evaluate one."""
    alarms = template.resources("AWS::CloudWatch::Alarm").items()
    return [_alarm(logical_id, properties) for logical_id, properties in alarms]


def _alarm(logical_id: str, properties: Mapping[str, Any]) -> Alarm:
    unsupported = sorted(properties.keys() - _READ - _SINGLE - _IGNORED)
    if unsupported:
        raise _unsupported(logical_id, f"the property {unsupported[0]}")
    if properties.get("ComparisonOperator") not in _COMPARISONS:
        raise _unsupported(logical_id, f"the comparison {properties.get('ComparisonOperator')}")
    terms, skips_missing = _terms(logical_id, properties)
    for term in terms:
        if not is_statistic(term.statistic):
            raise _unsupported(logical_id, f"the statistic {term.statistic}")
    return Alarm(
        name=properties.get("AlarmName", logical_id),
        description=properties.get("AlarmDescription", ""),
        terms=terms,
        skips_missing=skips_missing,
        comparison=properties["ComparisonOperator"],
        threshold=float(properties["Threshold"]),
        if_missing=_MISSING[properties.get("TreatMissingData", "missing")],
    )


def _terms(logical_id: str, properties: Mapping[str, Any]) -> tuple[tuple[Term, ...], bool]:
    """Return the terms of the sum, and whether those without a value are skipped."""
    if "Metrics" not in properties:
        statistic = properties.get("Statistic") or properties.get("ExtendedStatistic", "")
        return (Term(_metric(properties), statistic),), False
    queries = properties["Metrics"]
    terms = {
        query["Id"]: Term(_metric(query["MetricStat"]["Metric"]), query["MetricStat"]["Stat"])
        for query in queries
        if "MetricStat" in query
    }
    expressions = [query["Expression"] for query in queries if "Expression" in query]
    if not expressions and len(terms) == 1:
        return tuple(terms.values()), False
    if len(expressions) != 1:
        raise _unsupported(logical_id, f"{len(expressions)} expressions")
    return _sum(logical_id, expressions[0], terms)


def _sum(logical_id: str, expression: str, terms: Mapping[str, Term]) -> tuple[tuple[Term, ...], bool]:
    compact = re.sub(r"\s", "", expression)
    if compact == _SUM_OF_ALL:
        return tuple(terms.values()), True
    ids = compact.split("+")
    if not set(ids) <= terms.keys():
        raise _unsupported(
            logical_id, f"the expression {expression}; it evaluates sums, such as {_SUM_OF_ALL}"
        )
    return tuple(terms[each] for each in ids), False


def _metric(properties: Mapping[str, Any]) -> Metric:
    dimensions = {entry["Name"]: str(entry["Value"]) for entry in properties.get("Dimensions", [])}
    return Metric.of(properties["Namespace"], properties["MetricName"], dimensions)


def _unsupported(logical_id: str, what: str) -> TemplateError:
    return TemplateError(f"The local stack doesn't support {what}, in the alarm {logical_id}.")
