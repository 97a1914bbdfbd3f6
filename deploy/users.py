"""Add a person to a stack's user pool: `python -m deploy.users ENVIRONMENT EMAIL`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import boto3

from deploy.environments import outputs, stack_name

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient


def add(client: CognitoIdentityProviderClient, pool: str, email: str) -> str:
    """Invite a person by e-mail, with a password for the first sign-in; returns a sentence on how it went."""
    try:
        client.admin_create_user(
            UserPoolId=pool,
            Username=email,
            UserAttributes=[{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}],
            DesiredDeliveryMediums=["EMAIL"],
        )
    except client.exceptions.UsernameExistsException:
        return f"{email} has an account already."
    return f"{email} was invited: the password for the first sign-in comes by e-mail."


def main(environment: str, email: str) -> int:
    if "@" not in email:
        print("Whom? make user EMAIL=person@example.com", file=sys.stderr)
        return 1
    found = outputs(boto3.client("cloudformation"), stack_name(environment))
    if "UserPoolId" not in found:
        print(f"People sign in at {found['SignInIssuer']}: add them there.", file=sys.stderr)
        return 1
    print(add(boto3.client("cognito-idp"), found["UserPoolId"], email))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
