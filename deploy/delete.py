"""Delete an environment's stack with everything that it stores.

CloudFormation deletes the stack itself: `sam delete` would also delete the packages in SAM CLI's bucket,
which stacks with the same code share. The table and the user pool outlive their stack and are deleted last.
A run that was interrupted can be repeated, even after another deployment: CloudFormation still lists the
resources of a deleted stack.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import WaiterError

from deploy.abandoned_site import find_abandoned_site
from deploy.buckets import delete_bucket, delete_objects
from deploy.errors import DeploymentError
from deploy.models import require_no_models
from deploy.polling import waiter_config
from deploy.prompt import confirm
from deploy.retained import RETAINED
from deploy.stack import deleted_stacks, find_stack, owning_stacks, stack_resources

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mypy_boto3_cloudformation import CloudFormationClient

    from deploy.stack import Resource, Stack
    from deploy.target import Target

_BUCKET = "AWS::S3::Bucket"
_NOT_OURS = ("CREATE_FAILED", "DELETE_COMPLETE")  # a creation can fail because another stack has the name
_ATTEMPTS = 3  # pictures can arrive between emptying a bucket and deleting it
_DELETION_MINUTES = 60  # CloudFront needs a quarter of an hour


@dataclass(frozen=True)
class Belongings:
    """What is deleted with a stack: its buckets, and the tables and user pools that outlive it."""

    buckets: Sequence[str]
    current: Sequence[Resource]  # table and user pool of the existing stack
    former: Sequence[Resource]  # those of deleted stacks of its name
    abandoned_site: str | None  # the page's bucket that the stack no longer has

    @property
    def retained(self) -> Sequence[Resource]:
        return [*self.current, *self.former]


def main(target: Target) -> int:
    """Ask, then delete everything; return the exit code."""
    cloudformation = target.session.client("cloudformation")
    stack = find_stack(cloudformation, target.stack_name)
    belongings = _find_belongings(target, cloudformation, stack)
    if not stack and not belongings.retained and not belongings.abandoned_site:
        print(f"There is no stack {target.stack_name} in {target.region}, and nothing is left of one.")
        return 0
    if stack:
        _require_deletable(target, stack)
    require_no_models(target, stack)
    _require_unprotected(target, stack, belongings)
    if not _confirm(target, stack, belongings):
        print("Nothing was deleted.", file=sys.stderr)
        return 1
    _unprotect(target, belongings)
    if belongings.abandoned_site:
        delete_bucket(target.session.client("s3"), belongings.abandoned_site)
        print(f"Deleted the bucket {belongings.abandoned_site}.")
    if stack:
        _delete_stack(target, cloudformation, stack, belongings.buckets)
    for resource in belongings.retained:
        kind = RETAINED[resource.type]
        kind.delete(target.session, resource.name)
        print(f"Deleted the {kind.noun} {resource.name}.")
    return 0


def _find_belongings(target: Target, client: CloudFormationClient, stack: Stack | None) -> Belongings:
    """Find what belongs to the stack, and what is left of deleted stacks of its name."""
    resources = _existing_resources(target, client, [stack.id] if stack else [])
    deleted = deleted_stacks(client, target.stack_name)
    newest = [stack.id] if stack else deleted[:1]  # the name of the page's bucket is the same for all
    former = {resource.name: resource for resource in _existing_resources(target, client, deleted)}
    return Belongings(
        [resource.name for resource in resources if resource.type == _BUCKET],
        [resource for resource in resources if resource.type in RETAINED],
        [
            resource
            for resource in former.values()
            if resource.type in RETAINED and owning_stacks(client, resource.name) <= {*deleted}
        ],
        find_abandoned_site(target, newest[0]) if newest else None,
    )


def _existing_resources(target: Target, client: CloudFormationClient, ids: Iterable[str]) -> list[Resource]:
    """Return the resources of stacks, without the tables and user pools that are deleted already."""
    return [
        resource
        for stack_id in ids
        for resource in stack_resources(client, stack_id)
        if resource.name and resource.status not in _NOT_OURS
        if resource.type not in RETAINED or RETAINED[resource.type].exists(target.session, resource.name)
    ]


def _require_deletable(target: Target, stack: Stack) -> None:
    """Raise DeploymentError if CloudFormation would refuse, before anything is deleted."""
    if stack.is_changing and stack.status != "DELETE_IN_PROGRESS":
        raise DeploymentError(
            f"The stack {stack.name} is being changed ({stack.status}). Wait until that is finished."
        )
    if stack.has_termination_protection:
        raise DeploymentError(
            f"The stack {stack.name} has termination protection. Turn it off with aws cloudformation "
            f"update-termination-protection --no-enable-termination-protection --stack-name {stack.name} "
            f"--region {target.region}, then run {target.environment.command('delete')} again."
        )


def _require_unprotected(target: Target, stack: Stack | None, belongings: Belongings) -> None:
    """Raise DeploymentError, which says how to lift the protection, if something of value is protected."""
    delete = target.environment.command("delete")
    has_failed = stack is not None and not stack.was_deployed  # nobody can have used it
    if (
        stack
        and not has_failed
        and stack.status != "DELETE_FAILED"
        and stack.parameters.get("Protect") == "true"
    ):
        kept = " and ".join(_describe(resource) for resource in belongings.current)
        raise DeploymentError(
            f"The stack {stack.name} is protected. Its protection keeps {kept}. To delete them, lift it with "
            f'{target.environment.command("deploy")} SET="Protect=false", then run {delete} again.'
        )
    for resource in belongings.former if has_failed else belongings.retained:
        if RETAINED[resource.type].is_protected(target.session, resource.name):
            raise DeploymentError(
                f"Deletion protection keeps {_describe(resource)}. To delete it, turn the protection off "
                f"in the AWS console, then run {delete} again."
            )


def _confirm(target: Target, stack: Stack | None, belongings: Belongings) -> bool:
    print("This deletes:")
    if stack:
        print(f"- the stack {stack.name} in {target.region}")
        for bucket in belongings.buckets:
            print(f"- everything in the bucket {bucket}")
    if belongings.abandoned_site:
        print(f"- the bucket {belongings.abandoned_site}, in which the page was before")
    for resource in belongings.retained:
        print(f"- {_describe(resource)}")
    return confirm("Delete all of this?", target.environment.command("delete"))


def _unprotect(target: Target, belongings: Belongings) -> None:
    """Lift the protection of what is left of a first deployment that failed: the stack can't be updated."""
    for resource in belongings.current:
        kind = RETAINED[resource.type]
        if kind.is_protected(target.session, resource.name):
            kind.unprotect(target.session, resource.name)


def _delete_stack(target: Target, client: CloudFormationClient, stack: Stack, buckets: Iterable[str]) -> None:
    s3 = target.session.client("s3")
    for _ in range(_ATTEMPTS):
        for bucket in buckets:
            print(f"{bucket}: {delete_objects(s3, bucket)} objects deleted")
        print(f"Deleting the stack {stack.name}. This takes some minutes.")
        client.delete_stack(StackName=stack.id)
        try:
            client.get_waiter("stack_delete_complete").wait(
                StackName=stack.id, WaiterConfig=waiter_config(_DELETION_MINUTES)
            )
        except WaiterError as error:
            answer: Any = error.last_response  # typed as an error, which it isn't
            if answer["Stacks"][0]["StackStatus"] != "DELETE_FAILED":
                raise
            continue
        print(f"Deleted the stack {stack.name}.")
        return
    failed = "; ".join(
        f"{resource.logical_id}: {resource.reason}"
        for resource in stack_resources(client, stack.id)
        if resource.status == "DELETE_FAILED"
    )
    raise DeploymentError(
        f"The stack {stack.name} can't be deleted. {failed or 'CloudFormation gives no reason'}"
    )


def _describe(resource: Resource) -> str:
    kind = RETAINED[resource.type]
    return f"{kind.contents} in the {kind.noun} {resource.name}"
