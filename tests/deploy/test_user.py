"""make user: invitations to the user pool."""

from __future__ import annotations

from typing import Any

import pytest

from tests.deploy.calls import changes, regions
from tests.deploy.imitation.imitation import Imitation
from tests.deploy.stacks import deploy, project_template
from tests.deploy.workspace import REGION, Workspace

STACK = "image-recognition"
OTHER_PROVIDER = {"SignInIssuer": "https://sign-in.example.com", "SignInClientId": "page"}


@pytest.fixture
def pool(aws: Imitation) -> str:
    deploy(aws, project_template(), name=STACK)
    return user_pool(aws)


def user_pool(aws: Imitation) -> str:
    stack = aws.cloudformation(REGION).stack(STACK)
    assert stack is not None
    return stack.resources["UserPool"].physical_id


def users(aws: Imitation, pool: str) -> list[tuple[str, str]]:
    found: list[Any] = aws.client("cognito-idp", REGION).list_users(UserPoolId=pool)["Users"]
    attributes = [({entry["Name"]: entry["Value"] for entry in user["Attributes"]}, user) for user in found]
    return [(values["email"], user["UserStatus"]) for values, user in attributes]


def test_invites_again_until_the_person_has_signed_in(
    workspace: Workspace, aws: Imitation, pool: str
) -> None:
    invited = workspace.make("user", "EMAIL=ada@example.com")
    assert invited.code == 0, invited.output
    assert invited.output.endswith(
        "Invited ada@example.com. They will receive an email with a temporary password.\n"
    )
    assert users(aws, pool) == [("ada@example.com", "FORCE_CHANGE_PASSWORD")]
    assert (changes(aws.calls), regions(aws.calls)) == ([f"cognito-idp AdminCreateUser {pool}"], {REGION})

    again = workspace.make("user", "EMAIL=ada@example.com")
    assert again.code == 0, again.output
    assert again.output.endswith(
        "Invited ada@example.com again. They will receive an email with a new temporary password.\n"
    )
    assert users(aws, pool) == [("ada@example.com", "FORCE_CHANGE_PASSWORD")]
    resent = aws.calls[-1]
    assert (resent.operation, resent.parameters["MessageAction"]) == ("AdminCreateUser", "RESEND")

    aws.client("cognito-idp", REGION).admin_set_user_password(
        UserPoolId=pool, Username="ada@example.com", Password="Correct-Horse-1", Permanent=True
    )
    aws.calls.clear()
    existing = workspace.make("user", "EMAIL=ada@example.com")
    assert (existing.code, users(aws, pool)) == (0, [("ada@example.com", "CONFIRMED")])
    assert existing.output.endswith("ada@example.com already has an account.\n")
    assert [call for call in aws.calls if call.parameters.get("MessageAction") == "RESEND"] == []


def test_address_is_checked(workspace: Workspace, aws: Imitation, pool: str) -> None:
    completed = workspace.make("user", "EMAIL=ada")
    assert completed.code != 0
    assert "Give one email address: make user EMAIL=person@example.com\n" in completed.output
    assert (changes(aws.calls), users(aws, pool)) == ([], [])


def test_switch_of_the_provider_keeps_the_accounts(workspace: Workspace, aws: Imitation, pool: str) -> None:
    assert workspace.make("user", "EMAIL=ada@example.com").code == 0
    before = users(aws, pool)

    deploy(aws, project_template(), OTHER_PROVIDER, name=STACK)
    refused = workspace.make("user", "EMAIL=bob@example.com")
    assert refused.code != 0
    assert "Users sign in at https://sign-in.example.com. Add them there.\n" in refused.output

    deploy(aws, project_template(), name=STACK)
    assert (user_pool(aws), users(aws, pool)) == (pool, before)
    assert workspace.make("user", "EMAIL=bob@example.com").code == 0
    assert len(users(aws, pool)) == 2
