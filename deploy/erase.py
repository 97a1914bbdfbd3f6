"""Erase everything that a stack stores about one person.

Each step can be repeated. The account is disabled first, so that its owner gets no new token, and deleted
last, so that a repeated call finds it by its email address. The catalog's items come before the objects:
without a record, the functions drop an image and every event about it.
"""

from __future__ import annotations

import shlex
import sys
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from common.auth import owner_name
from common.object_keys import owner_prefix
from deploy.buckets import count_objects, delete_objects
from deploy.errors import DeploymentError
from deploy.owned_items import OwnedItems
from deploy.prompt import confirm
from deploy.queues import count_messages, delete_messages
from deploy.stack import require_stack, stack_resources

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

    from deploy.stack import Stack
    from deploy.target import Target

_USER_POOL = "AWS::Cognito::UserPool"


@dataclass(frozen=True)
class Account:
    """A person's account in the stack's user pool."""

    user_pool: str
    username: str
    sub: str
    email: str


@dataclass(frozen=True)
class Kind:
    """One kind of data about a person: how to count it, and how to delete it and return the number."""

    name: str
    count: Callable[[], int]
    delete: Callable[[], int]


def main(target: Target, person: str = "") -> int:
    """Ask, then erase the data of a person, given by `sub` or email address; return the exit code."""
    command = target.environment.command("erase")
    if not person:
        raise DeploymentError(f"Give the person's email address or sub: {command} OWNER=person@example.com")
    stack = require_stack(target)
    cognito = target.session.client("cognito-idp")
    account = _find_account(target, cognito, stack, person)
    sub = account.sub if account else person
    kinds = _kinds(target, stack, owner_name(sub))
    counts = {kind.name: kind.count() for kind in kinds}
    if not account and not any(counts.values()):
        print(f"The stack {stack.name} in {target.region} stores nothing about {sub}.")
        return 0
    print(f"This erases everything about {sub} in the stack {stack.name} in {target.region}:")
    if account:
        print(f"- the account {account.email}")
    for name, count in counts.items():
        print(f"- {name}: {count}")
    if "UserPoolId" not in stack.outputs:
        print(f"It doesn't erase the account at {stack.output('SignInIssuer')}: close that first.")
    if not confirm("Erase all of this?"):
        print("Nothing was erased.", file=sys.stderr)
        return 1
    _erase(cognito, account, kinds)
    print(
        "Tokens issued before this can still upload pictures. When they have expired, in an hour, "
        f"run this again: {command} OWNER={shlex.quote(sub)}"
    )
    print("Logs and backups expire by themselves: see docs/privacy.md.")
    return 0


def _find_account(
    target: Target, client: CognitoIdentityProviderClient, stack: Stack, person: str
) -> Account | None:
    """Find an account by `sub` or email address; None if it was deleted, or is at another provider.

    The stack keeps its user pool when another provider takes over. Raises DeploymentError for an email
    address without an account, which doesn't lead to a `sub`; another provider's `sub` may look like one.
    """
    resources = stack_resources(target.session.client("cloudformation"), stack.id)
    for user_pool in [resource.name for resource in resources if resource.type == _USER_POOL]:
        try:
            user = client.admin_get_user(UserPoolId=user_pool, Username=person)
        except client.exceptions.UserNotFoundException:
            continue
        attributes = {attribute["Name"]: attribute["Value"] for attribute in user["UserAttributes"]}
        return Account(user_pool, user["Username"], attributes["sub"], attributes["email"])
    if "UserPoolId" in stack.outputs and "@" in person:
        raise DeploymentError(
            f"The stack has no account {person}. If it is already deleted, "
            f"give the sub that was printed then: {target.environment.command('erase')} OWNER=SUB"
        )
    return None


def _kinds(target: Target, stack: Stack, owner: str) -> Sequence[Kind]:
    """Return the kinds of data about an owner, in the order of deletion."""
    session = target.session
    s3, sqs = session.client("s3"), session.client("sqs")
    items = OwnedItems(session.resource("dynamodb").Table(stack.output("CatalogTableName")), owner)
    prefix = owner_prefix(owner)
    dead_letters = (sqs, stack.output("DeadLetterQueueUrl"), f'"{prefix}')  # the start of a key in their JSON
    pictures = (s3, stack.output("InputBucketName"), prefix)
    results = (s3, stack.output("OutputBucketName"), prefix)
    return (
        Kind("catalog items", items.count, items.delete),
        Kind(
            "messages in the dead-letter queue",
            partial(count_messages, *dead_letters),
            partial(delete_messages, *dead_letters),
        ),
        Kind("pictures", partial(count_objects, *pictures), partial(delete_objects, *pictures)),
        Kind("results and thumbnails", partial(count_objects, *results), partial(delete_objects, *results)),
    )


def _erase(client: CognitoIdentityProviderClient, account: Account | None, kinds: Sequence[Kind]) -> None:
    if account:
        client.admin_disable_user(UserPoolId=account.user_pool, Username=account.username)
        client.admin_user_global_sign_out(UserPoolId=account.user_pool, Username=account.username)
        print(f"Disabled the account {account.email}.")
    for kind in kinds:
        print(f"Erased {kind.name}: {kind.delete()}")
    if account:
        client.admin_delete_user(UserPoolId=account.user_pool, Username=account.username)
        print(f"Deleted the account {account.email}.")
