"""The command `glimpse` against the local stack, as a person and as a program."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from glimpse.cli.main import main
from glimpse.session import Session
from glimpse.store import CredentialStore
from local.sign_in.user_pool import PROGRAM_SCOPES
from tests.image_files import encode, marked
from tests.stack.client import unique_jpeg

if TYPE_CHECKING:
    from local.stack import Stack

READ, WRITE = PROGRAM_SCOPES


@pytest.fixture
def store(tmp_path: Path) -> CredentialStore:
    return CredentialStore(tmp_path / "config" / "glimpse")


@pytest.fixture
def glimpse(
    store: CredentialStore, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Run the command, and return its exit code, its output and its messages."""

    def run(*arguments: str | Path, **environ: str) -> tuple[int, str, str]:
        variables = {"XDG_CONFIG_HOME": str(store.folder.parent), **environ}
        code = main([str(each) for each in arguments], variables)
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in ("red.jpg", "blue.jpg"):
        (folder / name).write_bytes(unique_jpeg(encode(marked((160, 120)), "JPEG")))
    (folder / "broken.jpg").write_bytes(unique_jpeg(b"\xff\xd8")[:-1])
    return folder


@pytest.fixture
def program(stack: Stack) -> Iterator[Callable[..., dict[str, str]]]:
    """Create a program with scopes, and return its environment."""
    names: list[str] = []

    def create(*scopes: str) -> dict[str, str]:
        names.append(f"command-{len(names)}")
        client, secret = stack.sign_in.programs.create(names[-1], scopes)
        return {
            "GLIMPSE_URL": stack.page_url,
            "GLIMPSE_CLIENT_ID": client.id,
            "GLIMPSE_CLIENT_SECRET": secret,
        }

    yield create
    for name in names:
        stack.sign_in.programs.revoke(name)


def browse(url: str) -> None:
    """Sign in as bob, as in a browser, in the background."""

    def visit() -> None:
        redirect = httpx.post(url, data={"username": "bob"}, trust_env=False)
        httpx.get(redirect.headers["Location"], trust_env=False).raise_for_status()

    Thread(target=visit).start()


def sign_in(session: Session, stack: Stack) -> str:
    return session.sign_in_person(stack.page_url, lambda line: None, open_browser=browse)


def documents(output: str) -> dict[str, Any]:
    lines = [json.loads(line) for line in output.splitlines()]
    return {Path(each["file"]).name: each["image"] for each in lines}


def test_a_person_signs_in_and_uploads_a_folder(
    stack: Stack, store: CredentialStore, folder: Path, tmp_path: Path, glimpse: Callable[..., Any]
) -> None:
    with Session.create(store, {}) as session:
        assert sign_in(session, stack) == "bob@example.com"
    code, output, errors = glimpse("upload", folder)
    images = documents(output)
    assert {name: image["status"] for name, image in images.items()} == {
        "red.jpg": "done",
        "blue.jpg": "done",
        "broken.jpg": "failed",
    }
    assert (code, errors.splitlines()[-1]) == (1, "3 pictures: 2 done, 1 failed.")

    red = images["red.jpg"]["id"]
    original = tmp_path / "original.jpg"
    assert glimpse("get", red, "--original", original) == (0, "", "")
    assert original.read_bytes() == (folder / "red.jpg").read_bytes()
    code, output, _ = glimpse("search", "name:red", "--limit", "1")
    assert (code, output.split()[:2]) == (0, [red, "red.jpg"])
    code, output, _ = glimpse("export", "status:failed", "--format", "jsonl")
    assert images["broken.jpg"]["id"] in [json.loads(line)["id"] for line in output.splitlines()]
    assert glimpse("delete", red) == (0, "", "Deleted 1 picture.\n")
    assert glimpse("get", red)[0] == 1


def test_a_token_is_renewed_at_the_provider(stack: Stack, store: CredentialStore) -> None:
    with Session.create(store, {}) as session:
        sign_in(session, stack)
        with session.client() as client:
            credentials = client.credentials
            first = credentials.token()
            assert credentials.token(rejected=first) != first
            assert client.labels()["quota"]
        assert session.sign_out(None) == stack.page_url
    assert store.default_url is None


def test_a_program_uploads_and_sees_only_its_own_pictures(
    program: Callable[..., dict[str, str]], folder: Path, glimpse: Callable[..., Any]
) -> None:
    shop, other = program(READ, WRITE), program(READ, WRITE)
    code, output, _ = glimpse("upload", folder / "red.jpg", **shop)
    image = documents(output)["red.jpg"]
    assert (code, image["status"]) == (0, "done")
    assert glimpse("search", "", **shop)[1].split()[0] == image["id"]
    assert glimpse("search", "", **other) == (0, "", "No pictures match.\n")
    assert glimpse("get", image["id"], **other)[0] == 1


def test_a_program_is_told_which_scope_it_lacks(
    program: Callable[..., dict[str, str]], folder: Path, glimpse: Callable[..., Any]
) -> None:
    code, output, errors = glimpse("upload", folder / "red.jpg", **program(READ))
    assert (code, output) == (1, "")
    assert errors.splitlines()[0] == "1 picture: 1 to do."
    assert errors.splitlines()[1].startswith("The token lacks a scope: ")
    assert "images.write" in errors


def test_a_revoked_program_is_told_so(
    stack: Stack, program: Callable[..., dict[str, str]], glimpse: Callable[..., Any]
) -> None:
    shop = program(READ)
    stack.sign_in.programs.revoke("command-0")
    assert glimpse("search", "", **shop) == (
        1,
        "",
        "The sign-in provider doesn't accept this client ID and secret. They may have been revoked. "
        "Sign in again: glimpse login URL --client-id ID\n",
    )
