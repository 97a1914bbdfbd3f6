"""Invite a person to a stack's user pool."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from deploy.errors import DeploymentError
from deploy.stack import require_deployed

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

    from deploy.environments import Environment
    from deploy.target import Target

_EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+")  # Cognito checks the rest


def check_arguments(environment: Environment, email: str = "") -> None:
    """Raise DeploymentError unless `email` is an address."""
    if not _EMAIL.fullmatch(email):
        command = environment.command("user")
        raise DeploymentError(f"Give one email address: {command} EMAIL=person@example.com")


def main(target: Target, email: str) -> int:
    """Invite a person, or invite them again; print what happened."""
    stack = require_deployed(target)
    if "UserPoolId" not in stack.outputs:
        raise DeploymentError(f"Users sign in at {stack.output('SignInIssuer')}. Add them there.")
    print(invite(target.session.client("cognito-idp"), stack.output("UserPoolId"), email))
    return 0


def invite(client: CognitoIdentityProviderClient, user_pool_id: str, email: str) -> str:
    """Create a user, who receives a temporary password by email; return a sentence about the outcome.

    A person who never signed in receives a new password, because the first one expires.
    """
    try:
        client.admin_create_user(
            UserPoolId=user_pool_id,
            Username=email,
            UserAttributes=[{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}],
            DesiredDeliveryMediums=["EMAIL"],
        )
    except client.exceptions.UsernameExistsException:
        user = client.admin_get_user(UserPoolId=user_pool_id, Username=email)
        if user["UserStatus"] != "FORCE_CHANGE_PASSWORD":
            return f"{email} already has an account."
        client.admin_create_user(
            UserPoolId=user_pool_id,
            Username=email,
            MessageAction="RESEND",
            DesiredDeliveryMediums=["EMAIL"],
        )
        return f"Invited {email} again. They will receive an email with a new temporary password."
    return f"Invited {email}. They will receive an email with a temporary password."
