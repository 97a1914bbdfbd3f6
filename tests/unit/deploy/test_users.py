"""Invitations to a stack's user pool."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from moto import mock_aws

from deploy.errors import DeploymentError
from deploy.users import invite, main
from tests.unit.deploy.support import OUTPUTS, SESSION, create_stack, make_target

if TYPE_CHECKING:
    from collections.abc import Iterator

EMAIL = "ada@example.com"


class Pool:
    """A user pool in moto, and the invitations that it sent."""

    def __init__(self) -> None:
        self.client = SESSION.client("cognito-idp")
        created = self.client.create_user_pool(PoolName="people", UsernameAttributes=["email"])
        self.id = created["UserPool"]["Id"]
        self.invitations: list[str] = []
        self.client.meta.events.register(
            "provide-client-params.cognito-idp.AdminCreateUser",
            lambda params, **_: self.invitations.append(params.get("MessageAction", "first")),
        )

    def invite(self) -> str:
        return invite(self.client, self.id, EMAIL)


@pytest.fixture
def pool() -> Iterator[Pool]:
    with mock_aws():
        yield Pool()


def test_invites_a_person_with_a_verified_address(pool: Pool) -> None:
    assert pool.invite() == f"Invited {EMAIL}. They will receive an email with a temporary password."
    (user,) = pool.client.list_users(UserPoolId=pool.id)["Users"]
    attributes = {attribute["Name"]: attribute.get("Value") for attribute in user["Attributes"]}
    assert (attributes["email"], attributes["email_verified"]) == (EMAIL, "true")


def test_invites_a_person_again_who_never_signed_in(pool: Pool) -> None:
    pool.invite()
    pool.invitations.clear()
    assert pool.invite() == (
        f"Invited {EMAIL} again. They will receive an email with a new temporary password."
    )
    assert pool.invitations == ["first", "RESEND"]  # the first is refused


def test_does_not_invite_a_person_who_has_signed_in(pool: Pool) -> None:
    pool.invite()
    pool.client.admin_set_user_password(
        UserPoolId=pool.id, Username=EMAIL, Password="Correct-horse-1", Permanent=True
    )
    pool.invitations.clear()
    assert pool.invite() == f"{EMAIL} already has an account."
    assert pool.invitations == ["first"]


def test_finds_the_pool_of_the_stack(pool: Pool, capsys: pytest.CaptureFixture[str]) -> None:
    create_stack({**OUTPUTS, "UserPoolId": pool.id})
    assert main(make_target(), EMAIL) == 0
    assert capsys.readouterr().out.startswith(f"Invited {EMAIL}.")


@mock_aws
def test_users_of_another_provider_are_added_there() -> None:
    create_stack(OUTPUTS)
    with pytest.raises(DeploymentError) as caught:
        main(make_target(), EMAIL)
    assert str(caught.value) == "Users sign in at https://id.example.com. Add them there."
