"""Carrying out a change set: resources are created, updated and deleted, or everything is rolled back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from botocore.exceptions import ClientError

from tests.deploy.imitation.access_types import Distribution, UserPool, UserPoolClient, UserPoolDomain
from tests.deploy.imitation.data_types import Bucket, Code, Queue, Table
from tests.deploy.imitation.documents import Blueprint
from tests.deploy.imitation.plan import desired_resource, is_replaced, is_unchanged
from tests.deploy.imitation.resource_types import Place, ResourceFailure, ResourceType
from tests.deploy.imitation.scope import Resource
from tests.deploy.imitation.services import Services
from tests.deploy.imitation.stack import Stack

_TYPES: dict[str, ResourceType] = {
    "AWS::CloudFront::Distribution": Distribution(),
    "AWS::Cognito::UserPool": UserPool(),
    "AWS::Cognito::UserPoolClient": UserPoolClient(),
    "AWS::Cognito::UserPoolDomain": UserPoolDomain(),
    "AWS::DynamoDB::Table": Table(),
    "AWS::Lambda::Function": Code("Code"),
    "AWS::Lambda::LayerVersion": Code("Content"),
    "AWS::S3::Bucket": Bucket(),
    "AWS::SQS::Queue": Queue(),
}
_OTHER_TYPE = ResourceType()
_GONE = {
    "NoSuchBucket",
    "ResourceNotFoundException",
    "AWS.SimpleQueueService.NonExistentQueue",
    "NoSuchDistribution",
}


@dataclass
class Deployment:
    """One create, update or delete operation on a stack."""

    stack: Stack
    services: Services
    failures: dict[str, str]  # the reason why a resource will fail, by its name; each fails once
    _undo: list[Callable[[], None]] = field(default_factory=list)
    _replaced: list[Resource] = field(default_factory=list)

    def create(self, blueprint: Blueprint) -> None:
        self.stack.set_status("CREATE_IN_PROGRESS", "User Initiated")
        self.stack.blueprint = blueprint
        if failed := self._apply(blueprint):
            self.stack.set_status("ROLLBACK_IN_PROGRESS", f"{failed} Rollback requested by user.")
            self._roll_back()
            self._finish("ROLLBACK_COMPLETE", "ROLLBACK_FAILED")
            return
        self.stack.outputs = self.stack.scope(blueprint).outputs()
        self.stack.set_status("CREATE_COMPLETE")

    def update(self, blueprint: Blueprint) -> None:
        self.stack.set_status("UPDATE_IN_PROGRESS", "User Initiated")
        if failed := self._apply(blueprint):
            self.stack.set_status("UPDATE_ROLLBACK_IN_PROGRESS", failed)
            self._roll_back()
            self.stack.set_status("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")
            self.stack.set_status("UPDATE_ROLLBACK_COMPLETE")
            return
        self.stack.set_status("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
        scope = self.stack.scope(blueprint)
        wanted = scope.ordered_resources()
        for resource in self._replaced:
            if resource.replace_policy == "Delete":
                self._delete_replaced(resource)
        for resource in reversed(
            [entry for name, entry in self.stack.resources.items() if name not in wanted]
        ):
            self._delete(resource)  # a failure leaves the resource behind, but the update succeeds
            self.stack.resources.pop(resource.logical_id, None)
        self.stack.former_resources.clear()  # CloudFormation lists them for a deleted stack only
        self.stack.blueprint, self.stack.outputs = blueprint, scope.outputs()
        self.stack.set_status("UPDATE_COMPLETE")

    def delete(self) -> None:
        self.stack.set_status("DELETE_IN_PROGRESS", "User Initiated")
        kept = set[str]()
        blueprint = self.stack.blueprint
        scope = self.stack.scope(blueprint) if blueprint else None
        for name in reversed(scope.ordered_resources() if scope else []):
            resource = self.stack.resources.get(name)
            if resource is None:
                continue
            assert scope is not None
            if name in kept or not self._delete(resource):
                kept |= scope.dependencies(name)  # what a remaining resource uses can't be deleted either
        self._finish("DELETE_COMPLETE", "DELETE_FAILED")

    def _finish(self, completed: str, failed: str) -> None:
        """Set the status after resources were deleted."""
        resources = self.stack.resources.values()
        names = ", ".join(entry.logical_id for entry in resources if entry.status == "DELETE_FAILED")
        if names:
            self.stack.set_status(failed, f"The following resource(s) failed to delete: [{names}]. ")
        else:
            self.stack.set_status(completed)

    def _apply(self, blueprint: Blueprint) -> str | None:
        """Create and update the resources; return why that failed, or None."""
        operation = "create" if self.stack.status.startswith("CREATE") else "update"
        for name in self.stack.scope(blueprint).ordered_resources():
            after = desired_resource(name, self.stack.scope(blueprint))
            before = self.stack.resources.get(name)
            status = "CREATE" if before is None else "UPDATE"
            try:
                if before is None or is_replaced(before, after, self.stack.region):
                    self._create(before, after, status)
                elif not is_unchanged(before, after):
                    self._update(before, after)
            except (ResourceFailure, ClientError) as error:
                shown = before or after
                self.stack.note(shown.with_status(f"{status}_FAILED", _reason(error)))
                return f"The following resource(s) failed to {operation}: [{name}]. "
        return None

    def _create(self, before: Resource | None, after: Resource, status: str) -> None:
        place, kind = self._place(after), _TYPES.get(after.type, _OTHER_TYPE)
        self.stack.note(replace(after, physical_id="", status=f"{status}_IN_PROGRESS"))
        self._fail_if_asked(after.logical_id)
        physical_id = kind.create(place, after.properties)
        created = replace(after, physical_id=physical_id, attributes=kind.attributes(place, physical_id))
        self.stack.set_resource(created.with_status(f"{status}_COMPLETE"))
        if before is None:
            self._undo.append(lambda: self._delete_created(created))
        else:
            self._replaced.append(before)
            self._undo.append(lambda: self._restore(before, created))

    def _update(self, before: Resource, after: Resource) -> None:
        place, kind = self._place(after), _TYPES.get(after.type, _OTHER_TYPE)
        self.stack.set_resource(before.with_status("UPDATE_IN_PROGRESS"))
        self._undo.append(lambda: self._revert(before))
        self._fail_if_asked(after.logical_id)
        if after.properties != before.properties:
            kind.update(place, before.physical_id, after.properties)
        updated = replace(after, physical_id=before.physical_id, attributes=before.attributes)
        self.stack.set_resource(updated.with_status("UPDATE_COMPLETE"))

    def _roll_back(self) -> None:
        for undo in reversed(self._undo):
            undo()

    def _delete_created(self, resource: Resource) -> None:
        if resource.deletion_policy == "RetainExceptOnCreate":  # as its name says
            resource = replace(resource, deletion_policy="Delete")
        self._delete(resource)

    def _restore(self, before: Resource, created: Resource) -> None:
        self._delete_replaced(created)
        self.stack.set_resource(before.with_status("UPDATE_COMPLETE"))

    def _revert(self, before: Resource) -> None:
        kind = _TYPES.get(before.type, _OTHER_TYPE)
        kind.update(self._place(before), before.physical_id, before.properties)
        self.stack.set_resource(before.with_status("UPDATE_COMPLETE"))

    def _delete_replaced(self, resource: Resource) -> None:
        kind = _TYPES.get(resource.type, _OTHER_TYPE)
        kind.delete(self._place(resource), resource.physical_id, resource.properties)
        self.stack.note(resource.with_status("DELETE_COMPLETE"))

    def _delete(self, resource: Resource) -> bool:
        """Delete a resource unless its policy is to keep it. Return False if that fails."""
        if resource.deletion_policy in ("Retain", "RetainExceptOnCreate"):
            self.stack.set_resource(resource.with_status("DELETE_SKIPPED"))
            return True
        self.stack.set_resource(resource.with_status("DELETE_IN_PROGRESS"))
        try:
            self._fail_if_asked(resource.logical_id)
            kind = _TYPES.get(resource.type, _OTHER_TYPE)
            kind.delete(self._place(resource), resource.physical_id, resource.properties)
        except (ResourceFailure, ClientError) as error:
            if not isinstance(error, ClientError) or error.response["Error"]["Code"] not in _GONE:
                self.stack.set_resource(resource.with_status("DELETE_FAILED", _reason(error)))
                return False
        self.stack.set_resource(resource.with_status("DELETE_COMPLETE"))
        return True

    def _place(self, resource: Resource) -> Place:
        return Place(self.services, self.stack.region, self.stack.name, resource.logical_id, resource.type)

    def _fail_if_asked(self, logical_id: str) -> None:
        if reason := self.failures.pop(logical_id, None):
            raise ResourceFailure(reason)


def _reason(error: Exception) -> str:
    if not isinstance(error, ClientError):
        return str(error)
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    return f"{error.response['Error']['Message']} (Status Code: {status})"
