"""EventBridge schedules: the rules of the template that invoke a function at a fixed rate."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from local.lambda_.background import Background
from local.lambda_.functions import function_ids
from local.lambda_.invoker import SPEEDUP
from local.template.names import ACCOUNT, REGION, arn, last_part
from local.template.template import TemplateError

if TYPE_CHECKING:
    from local.template.template import Template

_RATE = re.compile(r"rate\((?P<value>[1-9][0-9]*) (?P<unit>minute|hour|day)(?P<plural>s?)\)")
_UNIT_SECONDS = {"minute": 60, "hour": 3600, "day": 86400}
_STOP_TIMEOUT = 0.5  # seconds
_SUPPORTED = {"ScheduleExpression", "State", "Targets", "Name", "Description"}


@dataclass(frozen=True)
class Schedule:
    """A rule that invokes a function every `seconds`."""

    rule: str  # logical id
    function_id: str
    seconds: int


def load_schedules(template: Template) -> list[Schedule]:
    """Return the enabled schedules. Raises TemplateError for a rule that isn't one of a fixed rate."""
    ids = function_ids(template)
    return [
        Schedule(rule, _target(rule, target, ids), rate_seconds(rule, properties["ScheduleExpression"]))
        for rule, properties in template.resources("AWS::Events::Rule").items()
        if "EventPattern" not in properties and _is_enabled_schedule(rule, properties)
        for target in properties["Targets"]
    ]


def rate_seconds(rule: str, expression: str) -> int:
    """Return the period of a rate expression. Raises TemplateError for a cron or an invalid expression.

    As in EventBridge, the unit is singular exactly if the value is 1.
    """
    match = _RATE.fullmatch(expression)
    if match is None or (match["value"] == "1") == bool(match["plural"]):
        raise TemplateError(
            f"The schedule of {rule} is {expression!r}. The local stack supports rate expressions, "
            "such as rate(1 hour) or rate(5 minutes)."
        )
    return int(match["value"]) * _UNIT_SECONDS[match["unit"]]


def scheduled_event(schedule: Schedule) -> dict[str, Any]:
    """Return the event that EventBridge sends for a schedule."""
    return {
        "version": "0",
        "id": str(uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [arn("events", f"rule/{schedule.rule}")],
        "detail": {},
    }


class Scheduler(Background):
    """Invokes the functions of all schedules until it is stopped."""

    def __init__(
        self,
        schedules: Iterable[Schedule],
        invoke_async: Callable[[str, Any], None],
        speedup: float = SPEEDUP,
    ) -> None:
        """Create a timer for each; `invoke_async(function id, event)` runs a function in the background.

        `speedup` divides the periods.
        """
        super().__init__((partial(self._run, schedule) for schedule in schedules), _STOP_TIMEOUT)
        self._invoke_async = invoke_async
        self._speedup = speedup

    def _run(self, schedule: Schedule) -> None:
        """Invoke the function after each period; like EventBridge, the first time after a whole one."""
        while not self._stopping.wait(schedule.seconds / self._speedup):
            self._invoke_async(schedule.function_id, scheduled_event(schedule))


def _is_enabled_schedule(rule: str, properties: dict[str, Any]) -> bool:
    unsupported = sorted(properties.keys() - _SUPPORTED)
    if unsupported or "ScheduleExpression" not in properties:
        what = unsupported[0] if unsupported else "a rule without a ScheduleExpression"
        raise TemplateError(f"The local stack doesn't support {what}, in {rule}.")
    return bool(properties.get("State", "ENABLED") == "ENABLED")


def _target(rule: str, target: dict[str, Any], ids: dict[str, str]) -> str:
    unsupported = sorted(target.keys() - {"Arn", "Id"})
    if unsupported:
        raise TemplateError(f"The local stack doesn't support {unsupported[0]}, in a target of {rule}.")
    if ":lambda:" not in target["Arn"]:
        raise TemplateError(f"The target of {rule} must be a function.")
    return ids[last_part(target["Arn"])]
