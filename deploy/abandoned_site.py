"""The page's bucket of a stack that no longer has a page.

When `PageOrigin` moves the page elsewhere, CloudFormation can't delete the bucket with the page in it, and
removes it from the stack. The template creates it under a name that follows from the stack's ID, and can't
create it again while it exists.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from deploy.buckets import bucket_exists, delete_bucket
from deploy.stack import stack_resources

if TYPE_CHECKING:
    from deploy.target import Target

_NOT_OWNED = ("CREATE_FAILED", "DELETE_COMPLETE", "DELETE_SKIPPED")


def find_abandoned_site(target: Target, stack_id: str) -> str | None:
    """Return the bucket's name, if it exists and isn't one of the stack's resources."""
    _, _, _, region, account, resource = stack_id.split(":")
    bucket = f"{resource.split('/')[1]}-site-{account}-{region}"
    if not bucket_exists(target.session.client("s3"), bucket, account):
        return None
    resources = stack_resources(target.session.client("cloudformation"), stack_id)
    if any(found.name == bucket and found.status not in _NOT_OWNED for found in resources):
        return None
    return bucket


def remove_abandoned_site(target: Target, stack_id: str) -> None:
    """Delete the bucket with the page in it, if it exists and isn't one of the stack's resources."""
    if bucket := find_abandoned_site(target, stack_id):
        delete_bucket(target.session.client("s3"), bucket)
        print(f"Deleted the bucket {bucket}, in which the page was before.")
