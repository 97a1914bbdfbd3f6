"""What a change set changes: the difference between a stack and a blueprint."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tests.deploy.imitation.resource_types import replaced_by, require_type
from tests.deploy.imitation.scope import UNKNOWN, Resource, Scope

if TYPE_CHECKING:
    from tests.deploy.imitation.documents import Blueprint
    from tests.deploy.imitation.stack import Stack


def desired_resource(logical_id: str, scope: Scope) -> Resource:
    """Return a resource as the blueprint describes it, without the identifier that creating it gives."""
    entry = scope.blueprint.resources[logical_id]
    return Resource(
        logical_id,
        entry["Type"],
        UNKNOWN,
        scope.resolve(entry.get("Properties", {})),
        deletion_policy=entry.get("DeletionPolicy", "Delete"),
        replace_policy=entry.get("UpdateReplacePolicy", "Delete"),
    )


def is_unchanged(before: Resource, after: Resource) -> bool:
    return (before.type, before.properties, before.deletion_policy, before.replace_policy) == (
        after.type,
        after.properties,
        after.deletion_policy,
        after.replace_policy,
    )


def is_replaced(before: Resource, after: Resource, region: str) -> bool:
    return before.type != after.type or replaced_by(before.type, region, before.properties, after.properties)


def plan_changes(stack: Stack, blueprint: Blueprint) -> list[Mapping[str, Any]]:
    """Return the changes as DescribeChangeSet shows them. Raises InvalidRequest."""
    known: dict[str, Resource] = {}
    scope = stack.scope(blueprint, known)
    changes = []
    for logical_id in scope.ordered_resources():
        require_type(blueprint.resources[logical_id]["Type"], stack.region)
        after, before = desired_resource(logical_id, scope), stack.resources.get(logical_id)
        known[logical_id] = before or after
        if before is None:
            changes.append(_change("Add", after))
        elif not is_unchanged(before, after):
            replaced = is_replaced(before, after, stack.region)
            if replaced:
                known[logical_id] = after
            changes.append(_change("Modify", before, "True" if replaced else "False"))
    scope.outputs()  # checks their references
    removed = [resource for name, resource in stack.resources.items() if name not in known]
    return changes + [_change("Remove", resource) for resource in removed]


def _change(action: str, resource: Resource, replacement: str | None = None) -> dict[str, Any]:
    change = {
        "Action": action,
        "LogicalResourceId": resource.logical_id,
        "ResourceType": resource.type,
        "PhysicalResourceId": None if action == "Add" else resource.physical_id,
        "Replacement": replacement,
    }
    return {"Type": "Resource", "ResourceChange": change}
