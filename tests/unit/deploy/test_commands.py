"""Every mistake and failure of a command is one sentence, without a traceback."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    TokenRetrievalError,
    WaiterError,
)
from moto import mock_aws

from deploy.__main__ import OFFLINE, ONLINE, main
from deploy.errors import describe
from deploy.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Callable

COMMANDS = [*OFFLINE, *ONLINE]
VALUES = {
    "user": ["ada@example.com"],
    "client": ["shop"],
    "erase": ["ada@example.com"],
    "model": ["status"],
    "backfill": ["s3://archive", "ada@example.com"],
}


def refusal(code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "DescribeStacks")


@pytest.fixture
def fail(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """Make the deployment fail with an error."""

    def fail(error: BaseException) -> None:
        def command(*_: object) -> int:
            raise error

        monkeypatch.setitem(ONLINE, "deploy", command)

    return fail


@pytest.mark.parametrize("command", COMMANDS)
def test_an_unknown_environment(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "nope"]) == 1
    assert capsys.readouterr() == (
        "",
        "samconfig.toml has no environment 'nope': use default, dev, prod.\n",
    )


@pytest.fixture
def no_region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.delenv("AWS_REGION")


@pytest.mark.parametrize("command", ONLINE)
def test_no_region(command: str, no_region: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "default", *VALUES.get(command, [])]) == 1
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith("No AWS region is set.")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        *(
            (["user", "dev", email], "Give one email address: make user ENV=dev EMAIL=person@example.com")
            for email in ("", "ada", "ada@b", "Ada <ada@example.com>", "a@example.com,b@example.com")
        ),
        (
            ["erase", "default", ""],
            "Give the person's email address or sub: make erase OWNER=person@example.com",
        ),
        *(
            (
                ["model", "default", *values],
                "Run make model ACTION=status, or make model ACTION=start|stop|delete MODEL=…, "
                "with its name or id.",
            )
            for values in (["", ""], ["explode", "Parts"], ["start", ""])
        ),
        (["deploy", "default", "", "maybe"], "CONFIRM must be yes or no, not 'maybe'."),
    ],
)
def test_a_mistake_is_found_without_an_account(
    values: list[str], sentence: str, no_region: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(values) == 1
    assert capsys.readouterr() == ("", f"{sentence}\n")


@pytest.mark.parametrize("command", ["logs", "redrive"])
def test_a_stack_that_does_not_exist(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with mock_aws():
        assert main([command, "dev"]) == 1
    assert capsys.readouterr() == (
        "Region: us-east-1 (from AWS_DEFAULT_REGION)\n",
        "There is no stack image-recognition-dev in us-east-1. Deploy it with make deploy ENV=dev.\n",
    )


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (
            "ROLLBACK_COMPLETE",
            "The first deployment of the stack image-recognition-dev failed (ROLLBACK_COMPLETE). "
            "Run make delete ENV=dev, then make deploy ENV=dev.\n",
        ),
        (
            "REVIEW_IN_PROGRESS",
            "The stack image-recognition-dev isn't deployed yet. Run make deploy ENV=dev first.\n",
        ),
    ],
)
@pytest.mark.parametrize("command", [("logs",), ("redrive",), ("user", "ada@example.com")])
def test_a_stack_that_was_never_deployed(
    command: tuple[str, ...],
    status: str,
    sentence: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("deploy.stack.find_stack", lambda client, name: Stack("id", name, status, {}, {}))
    name, *values = command
    assert main([name, "dev", *values]) == 1
    assert capsys.readouterr().err == sentence


def test_an_unknown_profile(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nope")
    assert main(["logs", "default"]) == 1
    assert capsys.readouterr().err == (
        "There is no AWS profile nope. aws configure list-profiles lists the existing ones.\n"
    )


def test_no_credentials(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)
    assert main(["logs", "default"]) == 1
    assert capsys.readouterr().err == (
        "No AWS credentials were found. Run aws configure, or set AWS_PROFILE, "
        "or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.\n"
    )


def test_an_endpoint_that_can_not_be_reached(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    assert main(["logs", "default"]) == 1
    assert capsys.readouterr().err == (
        "http://127.0.0.1:1/ can't be reached. Check the network connection and the region's name.\n"
    )


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            NoCredentialsError(),
            "No AWS credentials were found. Run aws configure, or set AWS_PROFILE, "
            "or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
        ),
        (
            PartialCredentialsError(provider="env", cred_var="AWS_SECRET_ACCESS_KEY"),
            "The AWS credentials are incomplete: AWS_SECRET_ACCESS_KEY is missing.",
        ),
        (
            ProfileNotFound(profile="work"),
            "There is no AWS profile work. aws configure list-profiles lists the existing ones.",
        ),
        (
            TokenRetrievalError(provider="sso", error_msg="Token has expired and refresh failed"),
            "The AWS credentials can't be loaded: Error when retrieving token from sso: "
            "Token has expired and refresh failed. "
            "Sign in again, for example with aws sso login, or renew the credentials.",
        ),
        (
            EndpointConnectionError(endpoint_url="https://sqs.x.amazonaws.com/"),
            "https://sqs.x.amazonaws.com/ can't be reached. "
            "Check the network connection and the region's name.",
        ),
        (
            WaiterError("StackDeleteComplete", "Max attempts exceeded", {}),
            "AWS didn't finish the work: Waiter StackDeleteComplete failed: Max attempts exceeded. "
            "Run the command again.",
        ),
        (BotoCoreError(), "An unspecified error occurred."),
        (
            refusal("ExpiredToken", "The security token included in the request is expired"),
            "The AWS credentials have expired. "
            "Sign in again, for example with aws sso login, or renew the credentials.",
        ),
        (
            refusal("InvalidClientTokenId", "The security token included in the request is invalid."),
            "AWS doesn't accept the credentials (InvalidClientTokenId): "
            "The security token included in the request is invalid.",
        ),
        (
            refusal("AccessDenied", "User: x is not authorized"),
            "The AWS credentials don't permit DescribeStacks: User: x is not authorized.",
        ),
        (
            refusal("Throttling", "Rate\nexceeded"),
            "DescribeStacks failed (Throttling): Rate exceeded.",
        ),
    ],
)
def test_describes_every_kind_of_error_in_one_line(error: BotoCoreError | ClientError, sentence: str) -> None:
    assert describe(error) == sentence


def test_prints_the_description_of_an_error(
    fail: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
) -> None:
    fail(refusal("Throttling", "Rate exceeded"))
    assert main(["deploy", "default"]) == 1
    assert capsys.readouterr().err == "DescribeStacks failed (Throttling): Rate exceeded.\n"


def test_an_interruption_ends_the_command_as_in_a_shell(
    fail: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
) -> None:
    fail(KeyboardInterrupt())
    assert main(["deploy", "default"]) == 130
    assert capsys.readouterr().err == ""


def test_passes_the_environment_region_and_value_to_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Any] = []

    def command(target: Any, *values: str) -> int:
        calls.append((target.environment.name, target.region, values))
        return 3

    monkeypatch.setitem(ONLINE, "user", command)
    assert main(["user", "prod", "ada@example.com"]) == 3
    assert calls == [("prod", "us-east-1", ("ada@example.com",))]
