"""What a template's references refer to in one stack, its rules, and the order of its resources."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from graphlib import CycleError, TopologicalSorter
from typing import Any

from local.template.intrinsics import ResolutionError, resolve
from tests.deploy.imitation.documents import ACCOUNT, PARTITION, Blueprint
from tests.deploy.imitation.errors import InvalidRequest

UNKNOWN = "{{known after the deployment}}"  # the name or attribute of a resource that doesn't exist yet


@dataclass(frozen=True)
class Resource:
    """A resource that exists, or UNKNOWN parts of one that a change set adds."""

    logical_id: str
    type: str
    physical_id: str
    properties: Mapping[str, Any]
    attributes: Mapping[str, str] = field(default_factory=dict)
    deletion_policy: str = "Delete"
    replace_policy: str = "Delete"
    status: str = ""
    reason: str | None = None

    def with_status(self, status: str, reason: str | None = None) -> Resource:
        return replace(self, status=status, reason=reason)


@dataclass(frozen=True)
class Scope:
    """Resolves a blueprint's values, given the resources that exist."""

    blueprint: Blueprint
    stack_name: str
    stack_id: str
    region: str
    resources: Mapping[str, Resource]

    def resolve(self, value: Any) -> Any:
        try:
            return resolve(value, self)
        except ResolutionError as error:
            raise InvalidRequest(f"Template error: {error}") from error

    def ref(self, name: str) -> Any:
        pseudo = {
            "AWS::AccountId": ACCOUNT,
            "AWS::Partition": PARTITION,
            "AWS::Region": self.region,
            "AWS::StackId": self.stack_id,
            "AWS::StackName": self.stack_name,
            "AWS::URLSuffix": "amazonaws.com",
        }
        if name in pseudo:
            return pseudo[name]
        if name in self.blueprint.parameters:
            return self.blueprint.parameters[name]
        return self._resource(name).physical_id

    def attribute(self, logical_id: str, name: str) -> str:
        resource = self._resource(logical_id)
        if resource.physical_id == UNKNOWN:
            return UNKNOWN
        if name not in resource.attributes:
            raise InvalidRequest(
                f"Template error: resource {logical_id} does not support attribute type {name} in Fn::GetAtt"
            )
        return resource.attributes[name]

    def condition(self, name: str) -> bool:
        conditions: Mapping[str, Any] = self.blueprint.document.get("Conditions", {})
        if name not in conditions:
            raise InvalidRequest(f"Template format error: Unresolved condition dependency {name}")
        return bool(self.resolve(conditions[name]))

    def mapped(self, name: str, key: str, subkey: str) -> Any:
        try:
            return self.blueprint.document["Mappings"][name][key][subkey]
        except KeyError:
            raise InvalidRequest(
                f"Template error: Unable to get mapping for {name}::{key}::{subkey}"
            ) from None

    def exists(self, entry: Mapping[str, Any]) -> bool:
        """Whether the condition of a resource or an output is true."""
        return "Condition" not in entry or self.condition(entry["Condition"])

    def ordered_resources(self) -> list[str]:
        """Return the resources that the stack is to have, each after those it depends on."""
        existing = [name for name, entry in self.blueprint.resources.items() if self.exists(entry)]
        graph = {name: self.dependencies(name) for name in existing}
        try:
            return list(TopologicalSorter(graph).static_order())
        except CycleError as error:
            raise InvalidRequest(
                f"Circular dependency between resources: [{', '.join(error.args[1])}]"
            ) from error

    def dependencies(self, logical_id: str) -> set[str]:
        """Return the resources that this one refers to. Raises InvalidRequest if one of them won't exist."""
        entry = self.blueprint.resources[logical_id]
        depends_on = entry.get("DependsOn", [])
        found = {depends_on} if isinstance(depends_on, str) else set(depends_on)
        found |= {
            name for name in self._references(entry.get("Properties", {})) if name in self.blueprint.resources
        }
        for name in found:
            if name not in self.blueprint.resources or not self.exists(self.blueprint.resources[name]):
                raise _unresolved(name)
        return found

    def outputs(self) -> dict[str, tuple[str, str]]:
        """Return each output's value and description."""
        return {
            name: (str(self.resolve(entry["Value"])), entry.get("Description", ""))
            for name, entry in self.blueprint.document.get("Outputs", {}).items()
            if self.exists(entry)
        }

    def _resource(self, name: str) -> Resource:
        if name not in self.resources:
            raise _unresolved(name)
        return self.resources[name]

    def _references(self, value: Any) -> Iterator[str]:
        """Find the names in Ref, Fn::GetAtt and Fn::Sub, in the branches that the conditions select."""
        match value:
            case {"Ref": str(name)} if len(value) == 1:
                yield name
            case {"Fn::GetAtt": argument}:
                yield argument.split(".")[0] if isinstance(argument, str) else argument[0]
            case {"Fn::If": [condition, if_true, if_false]}:
                yield from self._references(if_true if self.condition(condition) else if_false)
            case {"Fn::Sub": argument}:
                text, variables = (argument, {}) if isinstance(argument, str) else argument
                names = (match.split(".")[0] for match in re.findall(r"\$\{([^!}]+)\}", text))
                yield from (name for name in names if name not in variables)
                yield from self._references(variables)
            case dict():
                for entry in value.values():
                    yield from self._references(entry)
            case list():
                for entry in value:
                    yield from self._references(entry)


def check_rules(document: Mapping[str, Any], values: Mapping[str, str], region: str) -> None:
    """Raise InvalidRequest if the parameters violate an assertion under `Rules`."""
    scope = Scope(Blueprint("", document, values), "", "", region, {})
    for name, rule in document.get("Rules", {}).items():
        if not scope.resolve(rule.get("RuleCondition", True)):
            continue
        for assertion in rule["Assertions"]:
            if not scope.resolve(assertion["Assert"]):
                raise InvalidRequest(
                    f"Rule {name} failed: {assertion.get('AssertDescription', 'an assertion is false.')}"
                )


def _unresolved(name: str) -> InvalidRequest:
    return InvalidRequest(
        f"Template format error: Unresolved resource dependencies [{name}] "
        "in the Resources block of the template"
    )
