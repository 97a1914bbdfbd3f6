"""Change one parameter of a deployed stack, and nothing else."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from botocore.exceptions import WaiterError

from deploy.errors import DeploymentError
from deploy.polling import waiter_config
from deploy.stack import require_updatable

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import ParameterTypeDef

    from deploy.stack import Stack
    from deploy.target import Target

_MINUTES = 15  # an update of the API takes less than one


def change_parameter(target: Target, stack: Stack, name: str, value: str) -> None:
    """Update a stack with its own template and another value of a parameter. Raises DeploymentError."""
    require_updatable(stack, target)
    client: CloudFormationClient = target.session.client("cloudformation")
    parameters: list[ParameterTypeDef] = [
        {"ParameterKey": each, "ParameterValue": value}
        if each == name
        else {"ParameterKey": each, "UsePreviousValue": True}
        for each in stack.parameters
    ]
    (described,) = client.describe_stacks(StackName=stack.id)["Stacks"]
    change_set = client.create_change_set(  # an update without one can't have a transform
        StackName=stack.name,
        ChangeSetName=f"{name}-{uuid.uuid4()}",
        ChangeSetType="UPDATE",
        UsePreviousTemplate=True,
        Parameters=parameters,
        Capabilities=["CAPABILITY_IAM"],
        Tags=described.get("Tags", []),
    )["Id"]
    print(f"Updating the stack {stack.name} …")
    try:
        client.get_waiter("change_set_create_complete").wait(
            ChangeSetName=change_set, WaiterConfig=waiter_config(_MINUTES)
        )
    except WaiterError:
        reason = client.describe_change_set(ChangeSetName=change_set).get("StatusReason", "no reason given")
        client.delete_change_set(ChangeSetName=change_set)
        raise DeploymentError(f"The stack {stack.name} can't be updated: {reason}") from None
    client.execute_change_set(StackName=stack.name, ChangeSetName=change_set)
    try:
        client.get_waiter("stack_update_complete").wait(
            StackName=stack.id, WaiterConfig=waiter_config(_MINUTES)
        )
    except WaiterError:
        if problem := _problem(client, stack):
            raise DeploymentError(problem) from None


def _problem(client: CloudFormationClient, stack: Stack) -> str | None:
    """Return a sentence about an update that failed or takes too long, or None if it is done."""
    (described,) = client.describe_stacks(StackName=stack.id)["Stacks"]
    status = described["StackStatus"]
    if status == "UPDATE_COMPLETE":
        return None
    if status.endswith("_IN_PROGRESS"):
        return (
            f"The update of the stack {stack.name} takes longer than {_MINUTES} minutes ({status}). "
            "When it has ended, run the same command again: it does what is left."
        )
    state = "the stack is as before" if status == "UPDATE_ROLLBACK_COMPLETE" else f"its status is {status}"
    return (
        f"The update of the stack {stack.name} failed, and {state}: "
        f"{_failure(client, stack.id)} Run the same command again."
    )


def _failure(client: CloudFormationClient, stack_id: str) -> str:
    """Return why the latest update failed: the reason of the first resource that did."""
    reasons = []
    for event in client.describe_stack_events(StackName=stack_id)["StackEvents"]:  # latest first
        if event.get("ResourceStatus", "").endswith("_FAILED"):
            reasons.append(event.get("ResourceStatusReason", ""))
        if event.get("ResourceStatus") == "UPDATE_IN_PROGRESS" and event["PhysicalResourceId"] == stack_id:
            break
    reason = reasons[-1] if reasons else "no reason given"
    return reason if reason.endswith(".") else f"{reason}."
