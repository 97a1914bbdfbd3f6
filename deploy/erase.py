"""Erase everything that a stack stores about one person.

Each step can be repeated. The account is disabled first, so that its owner gets no new token, and deleted
last, so that a repeated call finds it by its email address. The catalog's items come before the objects:
without a record, the functions drop an upload and every event about it. An event about a source object would
start a record, so a note of the erasure makes them drop those from before it.
"""

from __future__ import annotations

import shlex
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from common.auth import owner_name
from common.object_keys import owner_models_prefix, owner_prefix
from deploy.buckets import count_objects, delete_objects
from deploy.errors import DeploymentError
from deploy.models import delete_owned_models, stack_catalog
from deploy.owned_items import OwnedItems
from deploy.prompt import confirm
from deploy.queues import count_messages, delete_messages
from deploy.stack import require_stack, stack_resources

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

    from deploy.environments import Environment
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
    """One kind of data about an owner: how to count it, and how to delete it and return the number."""

    name: str
    count: Callable[[str], int]
    delete: Callable[[str], int]


def check_arguments(environment: Environment, person: str = "") -> None:
    """Raise DeploymentError if no person is given."""
    if not person:
        command = environment.command("erase")
        raise DeploymentError(f"Give the person's email address or sub: {command} OWNER=person@example.com")


def main(target: Target, person: str) -> int:
    """Ask, then erase the data of a person, given by `sub` or email address; return the exit code."""
    command = target.environment.command("erase")
    stack = require_stack(target)
    cognito = target.session.client("cognito-idp")
    account = find_account(target, cognito, stack, person)
    kinds = _kinds(target, stack)
    counts = {
        sub: {kind.name: kind.count(owner_name(sub)) for kind in kinds}
        for sub in _possible_subs(account, person)
    }
    subs = [sub for sub in counts if any(counts[sub].values()) or _can_sign_in(stack, account, sub)]
    if not account and not any(counts[person].values()):
        _require_sub(target, stack, person)
        print(f"The stack {stack.name} in {target.region} stores nothing about {person}.")
        return 0
    print(f"This erases everything about {' and '.join(subs)} in the stack {stack.name} in {target.region}:")
    if account:
        print(f"- the account {account.email}")
    for kind in kinds:
        print(f"- {kind.name}: {sum(found[kind.name] for found in counts.values())}")
    if "UserPoolId" not in stack.outputs:
        print(f"It doesn't erase the account at {stack.output('SignInIssuer')}: close that first.")
    if not confirm("Erase all of this?", f"{command} OWNER={shlex.quote(person)}"):
        print("Nothing was erased.", file=sys.stderr)
        return 1
    _erase(cognito, account, kinds, [owner_name(sub) for sub in subs])
    again = " and ".join(f"{command} OWNER={shlex.quote(sub)}" for sub in subs)
    print(
        "Tokens issued before this can still upload pictures. When they have expired, in an hour, "
        f"run this again: {again}"
    )
    print("Logs and backups expire by themselves: see docs/privacy.md.")
    return 0


def _possible_subs(account: Account | None, person: str) -> Sequence[str]:
    """Return the account's `sub` and what was given: a `sub` of another provider can be an email address."""
    return list(dict.fromkeys([account.sub, person] if account else [person]))


def _can_sign_in(stack: Stack, account: Account | None, sub: str) -> bool:
    return "UserPoolId" not in stack.outputs or (account is not None and sub == account.sub)


def find_account(
    target: Target, client: CognitoIdentityProviderClient, stack: Stack, person: str
) -> Account | None:
    """Find an account by `sub` or email address; None if it was deleted, or is at another provider.

    The stack keeps its user pool when another provider takes over.
    """
    resources = stack_resources(target.session.client("cloudformation"), stack.id)
    for user_pool in [resource.name for resource in resources if resource.type == _USER_POOL]:
        try:
            user = client.admin_get_user(UserPoolId=user_pool, Username=person)
        except (
            client.exceptions.UserNotFoundException,
            client.exceptions.InvalidParameterException,  # too long for a username, or with a space
        ):
            continue
        attributes = {attribute["Name"]: attribute.get("Value", "") for attribute in user["UserAttributes"]}
        username = user["Username"]
        return Account(user_pool, username, attributes["sub"], attributes.get("email", username))
    return None


def _require_sub(target: Target, stack: Stack, person: str) -> None:
    """Raise DeploymentError for an email address without an account, which doesn't lead to a `sub`."""
    if "UserPoolId" in stack.outputs and "@" in person:
        raise DeploymentError(
            f"The stack has no account {person}. If it is already deleted, "
            f"give the sub that was printed then: {target.environment.command('erase')} OWNER=SUB"
        )


def _kinds(target: Target, stack: Stack) -> Sequence[Kind]:
    """Return the kinds of data about an owner, in the order of deletion."""
    session = target.session
    s3, sqs = session.client("s3"), session.client("sqs")
    table = session.resource("dynamodb").Table(stack.output("CatalogTableName"))
    dead_letters = (sqs, stack.output("DeadLetterQueueUrl"))
    pictures = (s3, stack.output("InputBucketName"))
    results = (s3, stack.output("OutputBucketName"))

    def named(owner: str) -> tuple[str, str]:
        """Return how the JSON of a message names an owner: in a key, or in the event of a source object."""
        return f'"{owner_prefix(owner)}', f'"{owner}"'

    models = stack_catalog(target, stack).models
    return (
        Kind(
            "models",
            lambda owner: len(models.of_owner(owner)),
            lambda owner: delete_owned_models(target, stack, owner),
        ),
        Kind(
            "copies of pictures for models",
            lambda owner: count_objects(*results, owner_models_prefix(owner)),
            lambda owner: delete_objects(*results, owner_models_prefix(owner)),
        ),
        Kind(
            "catalog items",
            lambda owner: OwnedItems(table, owner).count(),
            lambda owner: OwnedItems(table, owner).delete(),
        ),
        Kind(
            "messages in the dead-letter queue",
            lambda owner: count_messages(*dead_letters, *named(owner)),
            lambda owner: delete_messages(*dead_letters, *named(owner)),
        ),
        Kind(
            "pictures",
            lambda owner: count_objects(*pictures, owner_prefix(owner)),
            lambda owner: delete_objects(*pictures, owner_prefix(owner)),
        ),
        Kind(
            "results, previews and thumbnails",
            lambda owner: count_objects(*results, owner_prefix(owner)),
            lambda owner: delete_objects(*results, owner_prefix(owner)),
        ),
    )


def _erase(
    client: CognitoIdentityProviderClient,
    account: Account | None,
    kinds: Sequence[Kind],
    owners: Sequence[str],
) -> None:
    if account:
        client.admin_disable_user(UserPoolId=account.user_pool, Username=account.username)
        client.admin_user_global_sign_out(UserPoolId=account.user_pool, Username=account.username)
        print(f"Disabled the account {account.email}.")
    errors = []
    for kind in kinds:
        try:
            print(f"Erased {kind.name}: {sum(kind.delete(owner) for owner in owners)}")
        except DeploymentError as error:  # such as a model that is being trained: the rest can go
            errors.append(str(error))
    if errors:
        raise DeploymentError("\n".join(errors))
    if account:
        client.admin_delete_user(UserPoolId=account.user_pool, Username=account.username)
        print(f"Deleted the account {account.email}.")
