"""Whose images they are: a person by email address or `sub`, or a program by its client ID."""

from __future__ import annotations

from typing import TYPE_CHECKING

from common.auth import owner_name
from deploy.clients import PREFIX
from deploy.erase import find_account
from deploy.errors import DeploymentError
from search.matching import Query
from search.run import find

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

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
    if _is_program(cognito, stack, given):
        return owner_name(given)
    raise DeploymentError(
        f"The stack {stack.name} has neither an account nor a program {given}. "
        "Give OWNER as the email address or sub of a person, or as the client ID of a program."
    )


def has_images(owner: str, services: Services) -> bool:
    """Return whether an owner has any image."""
    return bool(find(services.catalog.index, owner, Query(), limit=1).records)


def _is_program(cognito: CognitoIdentityProviderClient, stack: Stack, client_id: str) -> bool:
    """Return whether an ID is that of a program: the page's and the command line's clients own no images."""
    try:
        found = cognito.describe_user_pool_client(UserPoolId=stack.outputs["UserPoolId"], ClientId=client_id)
    except (
        cognito.exceptions.ResourceNotFoundException,
        cognito.exceptions.InvalidParameterException,  # not an ID
    ):
        return False
    return found["UserPoolClient"]["ClientName"].startswith(PREFIX)


def unverified_owner(given: str, services: Services) -> str:
    """Return the owner's name of a `sub` or client ID whose provider can't be asked.

    Raises DeploymentError for an email address, which a provider may use as the `sub`, but hardly any does,
    unless its owner has images.
    """
    owner = owner_name(given)
    if "@" in given and not has_images(owner, services):
        raise DeploymentError(
            f"No owner {given} has pictures, and an email address can't be looked up at the sign-in "
            "provider. Give OWNER as the sub of a person, or as the client ID of a program."
        )
    return owner
