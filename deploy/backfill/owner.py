"""Whose images they are: a person by email address or `sub`, or a program by its client ID."""

from __future__ import annotations

from typing import TYPE_CHECKING

from common.auth import owner_name
from deploy.erase import find_account
from deploy.errors import DeploymentError

if TYPE_CHECKING:
    from deploy.stack import Stack
    from deploy.target import Target


def find_owner(target: Target, stack: Stack, given: str) -> str:
    """Return the owner's name. Raises DeploymentError if the user pool knows no such person or program.

    Another provider can't be asked, so the `sub` that it issues is taken as it is.
    """
    cognito = target.session.client("cognito-idp")
    account = find_account(target, cognito, stack, given)
    if account:
        return owner_name(account.sub)
    if "UserPoolId" in stack.outputs:
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
