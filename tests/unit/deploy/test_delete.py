"""The deletion of a stack with everything that it stores."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from moto import mock_aws

from deploy.errors import DeploymentError
from tests.unit.deploy.account import Account
from tests.unit.deploy.support import REGION, STACK

if TYPE_CHECKING:
    from collections.abc import Iterator

NOTHING: tuple[bool, list[str], list[str], list[str]] = (False, [], [], [])


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    with mock_aws():
        account = Account()
        monkeypatch.setattr("builtins.input", account.reply)
        monkeypatch.setattr("sys.stdin.isatty", lambda: True)
        monkeypatch.setattr("deploy.polling.POLL_SECONDS", 0.001)
        yield account


def test_deletes_everything_after_a_question_that_names_it(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    assert account.delete() == 0
    assert account.contents() == NOTHING
    assert account.questions == ["Delete all of this? Type yes to confirm: "]
    assert capsys.readouterr().out == (
        "This deletes:\n"
        f"- the stack {STACK} in {REGION}\n"
        "- everything in the bucket pictures-input\n"
        "- the records of all pictures in the table records\n"
        f"- all accounts in the user pool {account.pool}\n"
        "pictures-input: 1 objects deleted\n"
        f"Deleting the stack {STACK}. This takes some minutes.\n"
        f"Deleted the stack {STACK}.\n"
        "Deleted the table records.\n"
        f"Deleted the user pool {account.pool}.\n"
    )


@pytest.mark.parametrize("answer", ["no", "y", ""])
def test_deletes_nothing_without_a_clear_yes(
    account: Account, answer: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = account.contents()
    account.answer = answer
    assert account.delete() == 1
    assert account.contents() == before
    assert account.s3.list_objects_v2(Bucket="pictures-input")["KeyCount"] == 1
    assert capsys.readouterr().err == "Nothing was deleted.\n"


def test_deletes_nothing_if_nobody_can_answer(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    def end(question: str) -> str:
        raise EOFError

    before = account.contents()
    monkeypatch.setattr("builtins.input", end)
    with pytest.raises(DeploymentError) as caught:
        account.delete("prod")
    assert str(caught.value) == (
        "Nobody answered, so nothing was changed. "
        "To answer without a terminal: echo yes | make delete ENV=prod"
    )
    assert account.contents() == before


def test_refuses_to_leave_models_in_rekognition(account: Account) -> None:
    account.projects = [f"{STACK}-{'a' * 16}"]
    before = account.contents()
    with pytest.raises(DeploymentError, match=f"^Rekognition has projects of the stack {STACK} "):
        account.delete()
    assert (account.contents(), account.questions) == (before, [])


def test_refuses_to_delete_a_protected_stack(account: Account) -> None:
    account.cloudformation.update_stack(
        StackName=STACK,
        UsePreviousTemplate=True,
        Parameters=[{"ParameterKey": "Protect", "ParameterValue": "true"}],
    )
    before = account.contents()
    with pytest.raises(DeploymentError) as caught:
        account.delete("prod")
    assert str(caught.value) == (
        "The stack pictures is protected. Its protection keeps the records of all pictures in the table "
        f"records and all accounts in the user pool {account.pool}. To delete them, lift it with "
        'make deploy ENV=prod SET="Protect=false", then run make delete ENV=prod again.'
    )
    assert (account.contents(), account.questions) == (before, [])


def test_refuses_if_the_table_is_protected_whatever_the_stack_says(account: Account) -> None:
    account.protect_table(True)
    before = account.contents()
    with pytest.raises(DeploymentError) as caught:
        account.delete()
    assert str(caught.value) == (
        "Deletion protection keeps the records of all pictures in the table records. To delete it, turn the "
        "protection off in the AWS console, then run make delete again."
    )
    assert (account.contents(), account.questions) == (before, [])


@pytest.mark.parametrize("status", ["ROLLBACK_COMPLETE", "ROLLBACK_FAILED"])
def test_deletes_what_is_left_of_a_first_deployment_that_failed(account: Account, status: str) -> None:
    """The protection was on from the start, and can't be lifted by an update."""
    account.protect_table(True)
    account.cognito.update_user_pool(UserPoolId=account.pool, DeletionProtection="ACTIVE")
    account.on(
        "after-call.cloudformation.DescribeStacks",
        lambda parsed, **_: [
            stack.update(
                StackStatus=status, Parameters=[{"ParameterKey": "Protect", "ParameterValue": "true"}]
            )
            for stack in parsed.get("Stacks", [])
            if stack["StackStatus"] == "CREATE_COMPLETE"
        ],
    )
    assert account.delete() == 0
    assert account.contents() == NOTHING


def test_refuses_a_stack_with_termination_protection(account: Account) -> None:
    account.on(
        "after-call.cloudformation.DescribeStacks",
        lambda parsed, **_: parsed["Stacks"][0].update(EnableTerminationProtection=True),
    )
    before = account.contents()
    with pytest.raises(DeploymentError) as caught:
        account.delete()
    assert str(caught.value) == (
        "The stack pictures has termination protection. Turn it off with aws cloudformation "
        "update-termination-protection --no-enable-termination-protection --stack-name pictures "
        "--region eu-central-1, then run make delete again."
    )
    assert (account.contents(), account.questions) == (before, [])


def test_leaves_what_the_stack_could_not_create(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    account.failed = {"InputBucket", "CatalogTable"}  # another stack has resources of these names
    account.answer = "no"
    account.delete()
    assert capsys.readouterr().out == (
        f"This deletes:\n- the stack {STACK} in {REGION}\n- all accounts in the user pool {account.pool}\n"
    )


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("s3", "DeleteObjects"),
        ("cloudformation", "DeleteStack"),
        ("dynamodb", "DeleteTable"),
        ("cognito", "DeleteUserPool"),
    ],
)
def test_a_repetition_finishes_an_interrupted_deletion(
    account: Account, service: str, operation: str
) -> None:
    client = getattr(account, service)
    interruptions = [KeyboardInterrupt]

    def interrupt(**_: object) -> None:
        if interruptions:
            raise interruptions.pop()

    event = f"before-call.{client.meta.service_model.service_id.hyphenize()}.{operation}"
    account.on(event, interrupt)
    with pytest.raises(KeyboardInterrupt):
        account.delete()
    assert account.contents() != NOTHING
    assert account.delete() == 0
    assert account.contents() == NOTHING


def test_deletes_a_picture_that_arrives_before_its_bucket_is_gone(account: Account) -> None:
    statuses = ["DELETE_FAILED"]

    def fail_once(parsed: dict[str, Any], **_: object) -> None:
        if parsed["Stacks"] and deletions and statuses:
            parsed["Stacks"][0]["StackStatus"] = statuses.pop()

    def arrive(**_: object) -> tuple[Any, dict[str, Any]] | None:
        deletions.append("DeleteStack")
        if len(deletions) > 1:
            return None
        account.put_picture()
        return SimpleNamespace(status_code=200), {}

    deletions: list[str] = []
    account.on("before-call.cloudformation.DeleteStack", arrive)
    account.on("after-call.cloudformation.DescribeStacks", fail_once)
    assert account.delete() == 0
    assert (len(deletions), account.contents()) == (2, NOTHING)


def test_says_that_there_is_nothing_to_delete(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    account.delete()
    capsys.readouterr()
    assert account.delete() == 0
    assert capsys.readouterr().out == (
        f"There is no stack {STACK} in {REGION}, and nothing is left of one.\n"
    )
    assert len(account.questions) == 1
