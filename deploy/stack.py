"""A deployed stack: its status, parameters, outputs and resources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from deploy.errors import DeploymentError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mypy_boto3_cloudformation import CloudFormationClient

    from deploy.target import Target

REVIEW = "REVIEW_IN_PROGRESS"  # the first change set was created, and not executed
_NEVER_DEPLOYED = (REVIEW, "CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED")


@dataclass(frozen=True)
class Stack:
    """What CloudFormation says about a stack."""

    id: str
    name: str
    status: str
    parameters: Mapping[str, str]
    outputs: Mapping[str, str]
    has_termination_protection: bool = False

    def output(self, name: str) -> str:
        """Return an output. Raises DeploymentError if the stack was never deployed completely."""
        if name not in self.outputs:
            raise DeploymentError(
                f"The stack {self.name} has no output {name} (its status is {self.status}). Deploy it first."
            )
        return self.outputs[name]

    @property
    def was_deployed(self) -> bool:
        """Whether the stack was ever complete. If not, nobody can have used it."""
        return self.status not in _NEVER_DEPLOYED

    @property
    def is_changing(self) -> bool:
        """Whether CloudFormation is working on the stack."""
        return self.status.endswith("_IN_PROGRESS") and self.status != REVIEW


@dataclass(frozen=True)
class Resource:
    """A resource of a stack; the name or ID is empty if it was never created."""

    logical_id: str
    type: str
    name: str
    status: str
    reason: str


def find_stack(client: CloudFormationClient, name: str) -> Stack | None:
    """Return a stack, or None if there is none of this name."""
    try:
        (found,) = client.describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if "does not exist" in error.response["Error"].get("Message", ""):  # the code is a general one
            return None
        raise
    return Stack(
        found["StackId"],
        name,
        found["StackStatus"],
        {entry["ParameterKey"]: entry["ParameterValue"] for entry in found.get("Parameters", [])},
        {entry["OutputKey"]: entry["OutputValue"] for entry in found.get("Outputs", [])},
        found.get("EnableTerminationProtection", False),
    )


def require_stack(target: Target) -> Stack:
    """Return the target's stack. Raises DeploymentError if it doesn't exist."""
    stack = find_stack(target.session.client("cloudformation"), target.stack_name)
    if stack is None:
        raise DeploymentError(
            f"There is no stack {target.stack_name} in {target.region}. "
            f"Deploy it with {target.environment.command('deploy')}."
        )
    return stack


def require_deployed(target: Target) -> Stack:
    """Return the target's stack. Raises DeploymentError if it doesn't exist or was never complete."""
    stack = require_stack(target)
    if stack.was_deployed:
        return stack
    deploy, delete = (target.environment.command(command) for command in ("deploy", "delete"))
    if stack.status == REVIEW:
        raise DeploymentError(f"The stack {stack.name} isn't deployed yet. Run {deploy} first.")
    raise DeploymentError(
        f"The first deployment of the stack {stack.name} failed ({stack.status}). "
        f"Run {delete}, then {deploy}."
    )


def stack_resources(client: CloudFormationClient, stack_id: str) -> Iterator[Resource]:
    """Yield the resources of a stack; for 90 days also of a deleted one, by its ID."""
    for page in client.get_paginator("list_stack_resources").paginate(StackName=stack_id):
        for entry in page["StackResourceSummaries"]:
            yield Resource(
                entry["LogicalResourceId"],
                entry["ResourceType"],
                entry.get("PhysicalResourceId", ""),
                entry["ResourceStatus"],
                entry.get("ResourceStatusReason", ""),
            )


def deleted_stacks(client: CloudFormationClient, name: str) -> list[str]:
    """Return the IDs of the deleted stacks of a name; CloudFormation lists them for 90 days."""
    return [
        entry["StackId"]
        for page in client.get_paginator("list_stacks").paginate(StackStatusFilter=["DELETE_COMPLETE"])
        for entry in page["StackSummaries"]
        if entry["StackName"] == name
    ]


def owning_stacks(client: CloudFormationClient, resource: str) -> set[str]:
    """Return the IDs of the stacks that own a resource of this name, which may have been imported."""
    try:
        found = client.describe_stack_resources(PhysicalResourceId=resource)["StackResources"]
    except ClientError as error:
        if "does not exist" in error.response["Error"].get("Message", ""):  # as in find_stack
            return set()
        raise
    return {entry["StackId"] for entry in found}


def require_updatable(stack: Stack, target: Target) -> None:
    """Raise DeploymentError, which says what to do, if CloudFormation can't update the stack."""
    deploy, delete = (target.environment.command(command) for command in ("deploy", "delete"))
    if stack.is_changing:
        raise DeploymentError(
            f"The stack {stack.name} is being changed ({stack.status}). "
            f"Wait until that is finished, then run {deploy} again."
        )
    match stack.status:
        case "ROLLBACK_COMPLETE":
            raise DeploymentError(
                f"The first deployment of the stack {stack.name} failed and was rolled back. "
                f"Remove what is left with {delete}, then run {deploy} again."
            )
        case "CREATE_FAILED" | "ROLLBACK_FAILED" | "DELETE_FAILED":
            raise DeploymentError(
                f"The stack {stack.name} can't be updated ({stack.status}). "
                f"Delete it with {delete}, then run {deploy} again."
            )
        case "UPDATE_ROLLBACK_FAILED":
            raise DeploymentError(
                f"The last update of the stack {stack.name} failed, and its rollback as well. "
                "Finish the rollback with "
                f"aws cloudformation continue-update-rollback --stack-name {stack.name} "
                f"--region {target.region}, then run {deploy} again."
            )


def discard_declined_changes(client: CloudFormationClient, name: str, since: int) -> bool:
    """Delete SAM CLI's change sets since a time that were not executed; return whether there were any.

    When a person declines the changes, SAM CLI leaves the change set and reports success.
    """
    declined = [
        entry["ChangeSetId"]
        for page in client.get_paginator("list_change_sets").paginate(StackName=name)
        for entry in page["Summaries"]
        if entry.get("ExecutionStatus") == "AVAILABLE" and _creation_time(entry["ChangeSetName"]) >= since
    ]
    for change_set in declined:
        client.delete_change_set(ChangeSetName=change_set)
    return bool(declined)


def _creation_time(name: str) -> int:
    """Return the time in a change set's name, or 0 if SAM CLI didn't give the name."""
    time = name.removeprefix("samcli-deploy")
    return int(time) if time.isdigit() else 0
