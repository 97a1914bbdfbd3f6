"""Stacks and change sets, with the state and the events that CloudFormation shows of them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.deploy.imitation.documents import ACCOUNT, PARTITION, Blueprint
from tests.deploy.imitation.scope import Resource, Scope

UPDATABLE = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")
DELETABLE = (
    *UPDATABLE,
    "ROLLBACK_COMPLETE",
    "ROLLBACK_FAILED",
    "UPDATE_ROLLBACK_FAILED",
    "DELETE_FAILED",
    "REVIEW_IN_PROGRESS",
)
HIDDEN = "****"  # the value of a NoEcho parameter


@dataclass(frozen=True)
class ChangeSet:
    """What would change. A change set that failed has no blueprint, but a reason."""

    name: str
    arn: str
    blueprint: Blueprint | None
    changes: list[Mapping[str, Any]]  # as DescribeChangeSet shows them
    reason: str | None = None
    created: datetime = field(default_factory=lambda: datetime.now(UTC))

    def describe(self) -> dict[str, Any]:
        """Return the change set's part of DescribeChangeSet."""
        return {
            "ChangeSetName": self.name,
            "ChangeSetId": self.arn,
            "Status": "CREATE_COMPLETE" if self.blueprint else "FAILED",
            "StatusReason": self.reason,
            "ExecutionStatus": "AVAILABLE" if self.blueprint else "UNAVAILABLE",
            "CreationTime": self.created,
            "Changes": self.changes,
        }


@dataclass
class Stack:
    """A stack, which keeps its entry after its deletion."""

    name: str
    region: str
    status: str = "REVIEW_IN_PROGRESS"
    reason: str | None = None
    blueprint: Blueprint | None = None  # None before the first change set is executed
    resources: dict[str, Resource] = field(default_factory=dict)
    former_resources: dict[str, Resource] = field(default_factory=dict)  # deleted, or left behind
    outputs: dict[str, tuple[str, str]] = field(default_factory=dict)
    change_sets: dict[str, ChangeSet] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)  # latest first
    created: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        self.arn = f"arn:{PARTITION}:cloudformation:{self.region}:{ACCOUNT}:stack/{self.name}/{uuid.uuid4()}"

    def scope(self, blueprint: Blueprint, resources: Mapping[str, Resource] | None = None) -> Scope:
        existing = self.resources if resources is None else resources
        return Scope(blueprint, self.name, self.arn, self.region, existing)

    def set_status(self, status: str, reason: str | None = None) -> None:
        self.status, self.reason = status, reason
        self._add_event(self.name, "AWS::CloudFormation::Stack", self.arn, status, reason)

    def set_resource(self, resource: Resource) -> None:
        """Store a resource whose status has changed."""
        gone = resource.status in ("DELETE_COMPLETE", "DELETE_SKIPPED")
        if gone:
            self.resources.pop(resource.logical_id, None)
            self.former_resources[resource.logical_id] = resource
        else:
            self.resources[resource.logical_id] = resource
        self.note(resource)

    def note(self, resource: Resource) -> None:
        """Add an event about a resource."""
        self._add_event(
            resource.logical_id, resource.type, resource.physical_id, resource.status, resource.reason
        )

    def describe(self) -> dict[str, Any]:
        """Return the entry of DescribeStacks."""
        blueprint = self.blueprint
        return {
            "StackId": self.arn,
            "StackName": self.name,
            "StackStatus": self.status,
            "StackStatusReason": self.reason,
            "CreationTime": self.created,
            "DisableRollback": False,
            "EnableTerminationProtection": False,
            "Parameters": self._shown_parameters(blueprint) if blueprint else [],
            "Tags": [
                {"Key": key, "Value": value} for key, value in (blueprint.tags if blueprint else {}).items()
            ],
            "Outputs": [
                {"OutputKey": key, "OutputValue": value, "Description": description}
                for key, (value, description) in self.outputs.items()
            ],
        }

    def describe_resources(self) -> list[dict[str, Any]]:
        """Return the entries of ListStackResources, including deleted resources."""
        return [
            {
                "StackName": self.name,
                "StackId": self.arn,
                "LogicalResourceId": resource.logical_id,
                "PhysicalResourceId": resource.physical_id,
                "ResourceType": resource.type,
                "ResourceStatus": resource.status,
                "ResourceStatusReason": resource.reason,
                "Timestamp": self.created,
                "LastUpdatedTimestamp": self.created,
            }
            for resource in ({**self.former_resources, **self.resources}).values()
        ]

    def _shown_parameters(self, blueprint: Blueprint) -> list[dict[str, str]]:
        declared = blueprint.document.get("Parameters", {})
        return [
            {"ParameterKey": name, "ParameterValue": HIDDEN if declared[name].get("NoEcho") else value}
            for name, value in blueprint.parameters.items()
        ]

    def _add_event(
        self, logical_id: str, kind: str, physical_id: str, status: str, reason: str | None
    ) -> None:
        now = datetime.now(UTC)
        if self.events:  # SAM CLI takes an event of the same instant for one that it has shown
            now = max(now, self.events[0]["Timestamp"] + timedelta(milliseconds=1))
        event = {
            "StackId": self.arn,
            "EventId": str(uuid.uuid4()),
            "StackName": self.name,
            "LogicalResourceId": logical_id,
            "PhysicalResourceId": physical_id,
            "ResourceType": kind,
            "ResourceStatus": status,
            "ResourceStatusReason": reason,
            "Timestamp": now,
        }
        self.events.insert(0, event)
