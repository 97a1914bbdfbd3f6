"""EventBridge rules with an event pattern: which functions they invoke for an event, and with what."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local.lambda_.functions import function_ids
from local.lambda_.patterns import Pattern, matches, parse_pattern
from local.template.names import last_part
from local.template.template import TemplateError

if TYPE_CHECKING:
    from local.template.template import Template

_SUPPORTED = {"EventPattern", "State", "Targets", "Name", "Description"}
_VARIABLE = re.compile("<([A-Za-z0-9_-]+)>")
_PATH = re.compile(r"\$(\.[A-Za-z0-9_-]+)+")


@dataclass(frozen=True)
class EventRule:
    """A rule that invokes a function for each event that matches a pattern.

    The function gets the template with the values at these paths of the event, or the event itself.
    """

    function_id: str
    pattern: Pattern
    paths: Mapping[str, str]
    input_template: str | None

    def input_of(self, event: Mapping[str, Any]) -> Any:
        """Return what the function gets for an event."""
        if self.input_template is None:
            return event
        # Outside quotes, EventBridge replaces a variable by its value's JSON.
        text = _VARIABLE.sub(
            lambda found: json.dumps(_find(event, self.paths[found[1]])), self.input_template
        )
        return json.loads(text)


class EventRules:
    """The rules of a template, on the default bus."""

    def __init__(self, template: Template, deliver: Callable[[str, dict[str, Any]], None]) -> None:
        """`deliver(function_id, event)` invokes a function asynchronously. Raises TemplateError."""
        self._rules = load_event_rules(template)
        self._deliver = deliver

    def publish(self, event: Mapping[str, Any]) -> None:
        """Invoke the functions of the rules that an event matches."""
        for rule in self._rules:
            if matches(rule.pattern, event):
                self._deliver(rule.function_id, rule.input_of(event))


def load_event_rules(template: Template) -> list[EventRule]:
    """Return the enabled rules with an event pattern. Raises TemplateError for what isn't supported here."""
    ids = function_ids(template)
    return [
        _rule(name, properties["EventPattern"], target, ids)
        for name, properties in template.resources("AWS::Events::Rule").items()
        if "EventPattern" in properties and _is_enabled(name, properties)
        for target in properties["Targets"]
    ]


def _is_enabled(rule: str, properties: Mapping[str, Any]) -> bool:
    _check_support(properties, _SUPPORTED, rule)
    return bool(properties.get("State", "ENABLED") == "ENABLED")


def _rule(rule: str, pattern: Any, target: Mapping[str, Any], ids: Mapping[str, str]) -> EventRule:
    _check_support(target, {"Id", "Arn", "InputTransformer"}, rule)
    if ":lambda:" not in target["Arn"]:
        raise TemplateError(f"The target of {rule} must be a function.")
    transformer = target.get("InputTransformer", {})
    paths, template = transformer.get("InputPathsMap", {}), transformer.get("InputTemplate")
    unknown = [name for name in _VARIABLE.findall(template or "") if name not in paths]
    if unknown or not all(_PATH.fullmatch(path) for path in paths.values()):
        raise TemplateError(f"The input of {rule} must have variables with paths such as $.detail.object.")
    return EventRule(ids[last_part(target["Arn"])], parse_pattern(json.dumps(pattern)), paths, template)


def _check_support(properties: Mapping[str, Any], supported: set[str], rule: str) -> None:
    if unsupported := sorted(properties.keys() - supported):
        raise TemplateError(f"The local stack doesn't support {unsupported[0]}, in {rule}.")


def _find(event: Any, path: str) -> Any:
    for name in path.split(".")[1:]:
        event = event[name]
    return event
