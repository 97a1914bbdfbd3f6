"""Whose images they are: a person by email address or `sub`, or a program by its client ID."""

from __future__ import annotations

from typing import TYPE_CHECKING

from common.auth import owner_name
from deploy.erase import find_account
from deploy.errors import DeploymentError
from search.matching import Query
from search.run import find

if TYPE_CHECKING:
    from deploy.backfill.services import Services
    from deploy.stack import Stack
    from deploy.target import Target


def find_owner(target: Target, stack: Stack, given: str, services: Services) -> str:
    """Return the owner's name. Raises DeploymentError if the user pool knows no such person or program.

    A pool that the stack keeps while people sign in elsewhere isn't asked: their `sub` there is another.
    """
    if "UserPoolId" not in stack.outputs:
        return unverified_owner(given, services)
    cognito = target.session.client("cognito-idp")
    account = find_account(target, cognito, stack, given)
    if account:
        return owner_name(account.sub)
    try:
        cognito.describe_user_pool_client(UserPoolId=stack.outputs["UserPoolId"], ClientId=given)
    except (
        cognito.exceptions.ResourceNotFoundException,
        cognito.exceptions.InvalidParameterException,  # not an ID
    ) as error:
        raise DeploymentError(
            f"The stack {stack.name} has neither an account nor a client {given}. "
            "Give OWNER as the email address or sub of a person, or as the client ID of a program."
        ) from error
    return owner_name(given)


def unverified_owner(given: str, services: Services) -> str:
    """Return the owner's name of a `sub` or client ID whose provider can't be asked.

    Raises DeploymentError for an email address, which a provider may use as the `sub`, but hardly any does,
    unless its owner has images.
    """
    owner = owner_name(given)
    if "@" in given and not find(services.catalog.index, owner, Query(), limit=1).records:
        raise DeploymentError(
            f"No owner {given} has pictures, and an email address can't be looked up at the sign-in "
            "provider. Give OWNER as the sub of a person, or as the client ID of a program."
        )
    return owner
