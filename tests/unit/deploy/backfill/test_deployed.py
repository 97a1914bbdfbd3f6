"""Whose images they are, and the commands on a deployed stack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from common.auth import owner_name
from deploy.backfill import local
from deploy.backfill.deployed import check_backfill, check_reprocess
from deploy.backfill.local import connect_local, find_local_owner
from deploy.backfill.owner import find_owner
from deploy.backfill.services import read_settings
from deploy.errors import DeploymentError
from deploy.stack import Stack
from local.sign_in.user_pool import CLIENT_ID
from tests.backfill import DEFAULTS, OUTPUTS
from tests.unit.deploy.support import SESSION, make_target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from deploy.backfill.services import Services
    from tests.backfill import BackfillStack

ADA = "ada@example.com"
UNUSED: Any = None  # the services


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A user pool in which Ada has an account."""
    with mock_aws():
        cognito = SESSION.client("cognito-idp")
        pool = cognito.create_user_pool(PoolName="people", UsernameAttributes=["email"])["UserPool"]["Id"]
        cognito.admin_create_user(
            UserPoolId=pool, Username=ADA, UserAttributes=[{"Name": "email", "Value": ADA}]
        )
        resource = type("Resource", (), {"type": "AWS::Cognito::UserPool", "name": pool})
        monkeypatch.setattr("deploy.erase.stack_resources", lambda *_: [resource])
        yield pool


def stack_with(pool: str | None) -> Stack:
    return Stack("id", "pictures", "CREATE_COMPLETE", {}, {"UserPoolId": pool} if pool else {})


def find_elsewhere(given: str, services: Services) -> str:
    """Find an owner of a stack to which people sign in elsewhere."""
    return find_owner(make_target(), stack_with(None), given, services)


def sub_of_ada(pool: str) -> str:
    user = SESSION.client("cognito-idp").admin_get_user(UserPoolId=pool, Username=ADA)
    return {entry["Name"]: entry["Value"] for entry in user["UserAttributes"]}["sub"]


def test_an_owner_is_a_person_or_a_program(pool: str) -> None:
    client = SESSION.client("cognito-idp").create_user_pool_client(UserPoolId=pool, ClientName="program-shop")
    client_id, target, stack = client["UserPoolClient"]["ClientId"], make_target(), stack_with(pool)
    sub = sub_of_ada(pool)
    assert find_owner(target, stack, ADA, UNUSED) == owner_name(sub)
    assert find_owner(target, stack, sub, UNUSED) == owner_name(sub)
    assert find_owner(target, stack, client_id, UNUSED) == owner_name(client_id)


@pytest.mark.parametrize("given", ["bob@example.com", "nobody", "the client of the page"])
def test_an_owner_whom_nobody_knows_is_refused(pool: str, given: str) -> None:
    if given == "the client of the page":
        page = SESSION.client("cognito-idp").create_user_pool_client(UserPoolId=pool, ClientName="page")
        given = page["UserPoolClient"]["ClientId"]
    with pytest.raises(DeploymentError) as caught:
        find_owner(make_target(), stack_with(pool), given, UNUSED)
    assert str(caught.value) == (
        f"The stack pictures has neither an account nor a program {given}. "
        "Give OWNER as the email address or sub of a person, or as the client ID of a program."
    )


def test_an_owner_at_another_provider_is_taken_as_given(pool: str) -> None:
    assert find_owner(make_target(), stack_with(None), "auth0|bob", UNUSED) == owner_name("auth0|bob")


@pytest.mark.parametrize("find", [find_elsewhere, find_local_owner])
def test_an_email_address_that_cannot_be_looked_up_must_be_an_owner_already(
    pool: str, stack: BackfillStack, find: Callable[[str, Services], str]
) -> None:
    with pytest.raises(DeploymentError) as caught:
        find(ADA, stack.services)  # who has an account in a user pool that isn't in use
    assert str(caught.value) == (
        f"No owner {ADA} has pictures, and an email address can't be looked up at the sign-in provider. "
        "Give OWNER as the sub of a person, or as the client ID of a program."
    )
    stack.upload(owner_name(ADA), "a" * 64)
    assert find(ADA, stack.services) == owner_name(ADA)


@pytest.mark.parametrize("given", ["alice", "Alice@example.com", "a11ce000-5f0e-4c52-9d3a-2f6c1b7e8a01"])
def test_a_local_owner_is_a_local_user(given: str) -> None:
    assert find_local_owner(given, UNUSED) == "a11ce000-5f0e-4c52-9d3a-2f6c1b7e8a01"


def test_another_local_owner_is_a_program_or_has_pictures(
    stack: BackfillStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    issuer = "http://127.0.0.1:9000"
    monkeypatch.setattr(local, "client_ids", {issuer: ["shop-1"]}.__getitem__)
    stack.deploy(SignInIssuer=issuer, SignInClientId=CLIENT_ID)
    assert find_local_owner("shop-1", stack.services) == "shop-1"
    with pytest.raises(DeploymentError) as caught:
        find_local_owner("alcie", stack.services)
    assert str(caught.value) == (
        "The local stack has neither a user nor a program alcie. "
        "Give OWNER as alice or bob, or as the client ID of a program."
    )
    stack.upload("alcie", "a" * 64)
    assert find_local_owner("alcie", stack.services) == "alcie"


def test_a_local_owner_at_another_provider_is_taken_as_given(stack: BackfillStack) -> None:
    assert find_local_owner("shop-1", stack.services) == "shop-1"


def test_says_that_no_local_stack_is_running() -> None:
    with pytest.raises(DeploymentError) as caught:
        connect_local("http://127.0.0.1:1")
    assert str(caught.value) == ("No local stack is running at http://127.0.0.1:1. Start one with make run.")


def test_the_settings_are_those_of_the_stack() -> None:
    outputs = {**OUTPUTS, "RetryQueueUrl": "https://sqs/retry"}
    settings = read_settings({**DEFAULTS, "DetectText": "true", "LabelsMinConfidence": "60"}, outputs)
    assert (settings.detect_text, settings.detect_faces) == (True, False)
    assert (settings.labels_min_confidence, settings.retry_queue_url) == (60.0, "https://sqs/retry")


def test_a_stack_of_an_older_version_has_to_be_deployed_first() -> None:
    parameters = {name: value for name, value in DEFAULTS.items() if name != "DetectText"}
    with pytest.raises(DeploymentError) as caught:
        read_settings(parameters, {**OUTPUTS, "RetryQueueUrl": "https://sqs/retry"})
    assert str(caught.value) == (
        "The stack is of another version. Deploy this one first. "
        "The environment variable DETECT_TEXT is missing."
    )


def test_values_are_checked_before_anything_is_asked() -> None:
    environment = make_target().environment
    check_reprocess(environment)
    check_backfill(environment, "s3://archive", ADA, "0.5", "no")
    with pytest.raises(DeploymentError):
        check_reprocess(environment, share="2")
    with pytest.raises(DeploymentError):
        check_backfill(environment)


@pytest.fixture
def run_local(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], int]:
    """Run a local command that fails with an error."""

    def run_local(error: BaseException) -> int:
        def fail(*_: object) -> int:
            raise error

        monkeypatch.setattr(local, "use_local_credentials", lambda environ: None)
        monkeypatch.setattr(local, "connect_local", lambda url: None)
        monkeypatch.setitem(local.COMMANDS, "reprocess", fail)
        return local.main(["reprocess"])

    return run_local


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        (DeploymentError("It is."), 1, "It is.\n"),
        (
            ClientError({"Error": {"Code": "NoSuchBucket", "Message": "There is none"}}, "ListObjectsV2"),
            1,
            "ListObjectsV2",
        ),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_a_local_command_that_fails_says_why(
    run_local: Callable[[BaseException], int],
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    code: int,
    sentence: str,
) -> None:
    assert run_local(error) == code
    assert sentence in capsys.readouterr().err
