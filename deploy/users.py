"""Invite a person to a stack's user pool: `python -m deploy.users ENVIRONMENT EMAIL`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import boto3

from deploy.environments import stack_name, stack_outputs

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient


def invite(client: CognitoIdentityProviderClient, user_pool_id: str, email: str) -> str:
    """Create a user, who receives a temporary password by email; return a sentence about the outcome."""
    try:
        client.admin_create_user(
            UserPoolId=user_pool_id,
            Username=email,
            UserAttributes=[{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}],
            DesiredDeliveryMediums=["EMAIL"],
        )
    except client.exceptions.UsernameExistsException:
        return f"{email} already has an account."
    return f"Invited {email}. They will receive an email with a temporary password."


def main(environment: str, email: str) -> int:
    if "@" not in email:
        print("Give an email address: make user EMAIL=person@example.com", file=sys.stderr)
        return 1
    outputs = stack_outputs(boto3.client("cloudformation"), stack_name(environment))
    if "UserPoolId" not in outputs:
        print(f"Users sign in at {outputs['SignInIssuer']}. Add them there.", file=sys.stderr)
        return 1
    print(invite(boto3.client("cognito-idp"), outputs["UserPoolId"], email))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
