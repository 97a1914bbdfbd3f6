"""Erasing a person: everything about them goes, and everything else stays as it was."""

from __future__ import annotations

from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from common.auth import owner_name
from common.object_keys import owner_models_prefix, upload_key
from deploy import erase
from deploy.errors import DeploymentError
from tests.unit.catalog.support import Interruption, interrupt
from tests.unit.deploy.people import FAILED
from tests.unit.deploy.support import REGION, SESSION, make_target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.unit.deploy.people import People

ADA = "ada@example.com"


@pytest.fixture(autouse=True)
def answers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The answers to the questions; by default one yes."""
    given = ["yes"]
    monkeypatch.setattr("builtins.input", lambda _: given.pop(0))
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    return given


@contextmanager
def interruption_before(operation: str) -> Iterator[None]:
    """Stop a command before its first call of an operation."""
    event = f"before-call.*.{operation}"
    SESSION.events.register(event, lambda **_: interrupt(), unique_id=operation)
    try:
        yield
    finally:
        SESSION.events.unregister(event, unique_id=operation)


def test_erases_everything_about_one_owner_and_nothing_else(people: People) -> None:
    for owner in ("alic", "alice2", "alice-"):
        people.add_images(owner)
        people.add_account(f"{owner}@example.com")
    people.put("input", "photos/uploads/alice/cat.jpg")
    people.fail_events(upload_key("alice2", FAILED), "photos/uploads/alice/cat.jpg")
    before = people.snapshot()
    people.add_images("alice")
    people.fail_events(upload_key("alice", FAILED))
    assert erase.main(make_target(), "alice") == 0
    assert people.snapshot() == before
    assert people.erased() == ["alice"]


def test_the_models_of_a_person_are_deleted_by_the_trainer(people: People) -> None:
    people.add_model("alice2")
    people.put("output", f"{owner_models_prefix('alice2')}0/train.manifest")
    before = people.snapshot()
    people.add_model("alice")
    people.put("output", f"{owner_models_prefix('alice')}0/train.manifest")
    assert erase.main(make_target(), "alice") == 0
    assert people.delete_model("alice") == "deleting"
    assert people.snapshot() == before


def test_a_model_that_cannot_be_deleted_yet_keeps_only_the_account(
    people: People, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sub = people.add_account(ADA)
    people.add_images(sub)

    def refuse(*_: object) -> int:
        raise DeploymentError("Parts: It is being trained.")

    monkeypatch.setattr("deploy.erase.delete_owned_models", refuse)
    with pytest.raises(DeploymentError) as caught:
        erase.main(make_target(), ADA)
    assert str(caught.value) == "Parts: It is being trained."
    assert "Erased results, previews and thumbnails: 30\n" in capsys.readouterr().out
    assert not people.is_enabled(ADA)  # it is left for the next run, which finds the person by it


@pytest.mark.parametrize("by_email", [True, False], ids=["by email", "by sub"])
def test_erases_the_account_as_well_and_says_what_it_does(
    people: People, by_email: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    people.add_account("bob@example.com")
    before = people.snapshot()
    sub = people.add_account(ADA)
    people.add_images(sub)
    people.fail_events(upload_key(sub, FAILED))
    items = len(people.items())
    assert erase.main(make_target("prod"), ADA if by_email else sub) == 0
    assert people.snapshot() == before
    assert capsys.readouterr().out == (
        f"This erases everything about {sub} in the stack pictures in {REGION}:\n"
        f"- the account {ADA}\n"
        "- models: 0\n"
        "- copies of pictures for models: 0\n"
        f"- catalog items: {items}\n"
        "- messages in the dead-letter queue: 1\n"
        "- pictures: 6\n"
        "- results, previews and thumbnails: 30\n"
        f"Disabled the account {ADA}.\n"
        "Erased models: 0\n"
        "Erased copies of pictures for models: 0\n"
        f"Erased catalog items: {items}\n"
        "Erased messages in the dead-letter queue: 1\n"
        "Erased pictures: 6\n"
        "Erased results, previews and thumbnails: 30\n"
        f"Deleted the account {ADA}.\n"
        "Tokens issued before this can still upload pictures. When they have expired, in an hour, "
        f"run this again: make erase ENV=prod OWNER={sub}\n"
        "Logs and backups expire by themselves: see docs/privacy.md.\n"
    )


@pytest.mark.parametrize("operation", ["BatchWriteItem", "DeleteMessage", "DeleteObjects", "AdminDeleteUser"])
def test_an_interrupted_erasure_is_finished_by_the_next_one(
    people: People, answers: list[str], operation: str
) -> None:
    before = people.snapshot()
    sub = people.add_account(ADA)
    people.add_images(sub)
    people.fail_events(upload_key(sub, FAILED))
    with interruption_before(operation), pytest.raises(Interruption):
        erase.main(make_target(), ADA)
    assert not people.is_enabled(ADA)
    answers.append("yes")
    assert erase.main(make_target(), ADA) == 0
    assert people.snapshot() == before


@pytest.mark.parametrize("answer", ["no", ""])
def test_nothing_happens_without_a_yes(
    people: People, answers: list[str], answer: str, capsys: pytest.CaptureFixture[str]
) -> None:
    people.add_images(people.add_account(ADA))
    before = people.snapshot()
    answers[:] = [answer]
    assert erase.main(make_target(), ADA) == 1
    assert capsys.readouterr().err == "Nothing was erased.\n"
    assert people.snapshot() == before
    assert people.is_enabled(ADA)


def test_says_if_there_is_nothing_without_asking(people: People, capsys: pytest.CaptureFixture[str]) -> None:
    assert erase.main(make_target(), "alice") == 0
    assert capsys.readouterr().out == f"The stack pictures in {REGION} stores nothing about alice.\n"


with_another_provider = pytest.mark.parametrize("people", [False], indirect=True, ids=["another provider"])


@with_another_provider
def test_erases_a_person_of_another_provider_by_sub(
    people: People, capsys: pytest.CaptureFixture[str]
) -> None:
    before = people.snapshot()
    people.add_images(owner_name("auth0|ada@example.com"))
    assert erase.main(make_target(), "auth0|ada@example.com") == 0
    assert people.snapshot() == before
    printed = capsys.readouterr().out
    assert "\nIt doesn't erase the account at https://id.example.com: close that first.\n" in printed
    assert "make erase OWNER='auth0|ada@example.com'\n" in printed


@with_another_provider
def test_erases_an_account_from_before_another_provider(people: People) -> None:
    before = people.snapshot()
    people.add_images(people.add_account(ADA))
    assert erase.main(make_target(), ADA) == 0
    assert people.snapshot() == before


@with_another_provider
def test_erases_an_owner_whose_sub_is_the_email_address_of_an_earlier_account(
    people: People, capsys: pytest.CaptureFixture[str]
) -> None:
    before = people.snapshot()
    sub = people.add_account(ADA)
    people.add_images(sub)
    people.add_images(owner_name(ADA))
    assert erase.main(make_target(), ADA) == 0
    assert people.snapshot() == before
    printed = capsys.readouterr().out
    assert printed.startswith(f"This erases everything about {sub} and {ADA} in the stack pictures")
    assert f"run this again: make erase OWNER={sub} and make erase OWNER={ADA}\n" in printed


@pytest.mark.parametrize("has_account", [True, False], ids=["account", "no account"])
def test_erases_the_data_from_before_the_own_user_pool(people: People, has_account: bool) -> None:
    """Another provider used email addresses as `sub`; now the stack has its own user pool again."""
    before = people.snapshot()
    if has_account:
        people.add_account(ADA)
    people.add_images(owner_name(ADA))
    assert erase.main(make_target(), ADA) == 0
    assert people.snapshot() == before


def test_a_sub_that_the_user_pool_refuses_as_a_username_has_no_account(people: People) -> None:
    def refuse(**_: object) -> Any:
        error = {"Code": "InvalidParameterException", "Message": "1 validation error detected"}
        return SimpleNamespace(status_code=400), {"Error": error}

    before = people.snapshot()
    sub = "a" * 129
    people.add_images(owner_name(sub))
    event = "before-call.cognito-identity-provider.AdminGetUser"
    SESSION.events.register(event, refuse, unique_id="refuse")
    try:
        assert erase.main(make_target(), sub) == 0
    finally:
        SESSION.events.unregister(event, unique_id="refuse")
    assert people.snapshot() == before


def test_an_account_without_an_email_address_is_named_by_its_username(
    people: People, capsys: pytest.CaptureFixture[str]
) -> None:
    def remove(parsed: dict[str, Any], **_: object) -> None:
        parsed["UserAttributes"] = [
            attribute for attribute in parsed["UserAttributes"] if attribute["Name"] != "email"
        ]

    sub = people.add_account(ADA)
    event = "after-call.cognito-identity-provider.AdminGetUser"
    SESSION.events.register(event, remove, unique_id="remove")
    try:
        assert erase.main(make_target(), sub) == 0
    finally:
        SESSION.events.unregister(event, unique_id="remove")
    assert f"Deleted the account {sub}.\n" in capsys.readouterr().out


def test_a_person_who_cannot_be_found_is_a_mistake(people: People) -> None:
    with pytest.raises(DeploymentError) as caught:
        erase.main(make_target(), ADA)
    assert str(caught.value) == (
        "The stack has no account ada@example.com. If it is already deleted, "
        "give the sub that was printed then: make erase OWNER=SUB"
    )


def test_erases_messages_about_objects_of_the_source_bucket(people: People) -> None:
    people.fail_source("bob", "a.jpg")
    before = people.snapshot()
    sub = people.add_account(ADA)
    people.fail_source(sub, "b.jpg")
    assert erase.main(make_target(), ADA) == 0
    assert people.snapshot() == before
