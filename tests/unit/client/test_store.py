"""Credentials on the disk."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from glimpse.errors import CredentialsError
from glimpse.store import CredentialStore, default_folder

PAGE, OTHER = "https://pictures.example.com", "https://other.example.com"
PROGRAM = {"kind": "program", "clientId": "shop", "clientSecret": "secret"}


@pytest.fixture
def store(tmp_path: Path) -> CredentialStore:
    return CredentialStore(tmp_path / "config" / "glimpse")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_only_the_owner_can_read_the_file(store: CredentialStore) -> None:
    store.put(PAGE, PROGRAM)
    assert (mode(store.folder), mode(store.path)) == (0o700, 0o600)
    assert {path.name for path in store.folder.iterdir()} == {"credentials.json", "lock"}
    assert json.loads(store.path.read_text()) == {"default": PAGE, "stacks": {PAGE: PROGRAM}, "tokens": {}}


def test_the_last_sign_in_is_the_default(store: CredentialStore) -> None:
    assert (store.default_url, store.get(PAGE)) == (None, None)
    store.put(PAGE, PROGRAM)
    store.put(OTHER, PROGRAM | {"clientId": "other"})
    assert (store.default_url, store.get(PAGE)) == (OTHER, PROGRAM)
    store.remove(OTHER)
    assert (store.default_url, store.get(OTHER)) == (PAGE, None)
    store.remove(PAGE)
    assert store.default_url is None


def test_keeps_the_tokens_of_programs_until_they_sign_out(store: CredentialStore) -> None:
    request = {"scope": "images.read", "audience": "https://pictures"}
    assert store.token(PAGE, "shop", {}) is None
    for url, client_id in ((PAGE, "shop"), (PAGE, "other"), (OTHER, "shop")):
        store.put_token(url, client_id, {}, {"bearer": f"{url} {client_id}"})
    store.put_token(PAGE, "shop", request, {"bearer": "to read"})
    store.put(PAGE, PROGRAM)
    assert store.token(PAGE, "shop", {}) == {"bearer": f"{PAGE} shop"}
    assert store.token(PAGE, "shop", request) == {"bearer": "to read"}
    assert store.token(PAGE, "shop", {"scope": "images.read"}) is None
    assert set(json.loads(store.path.read_text())["tokens"]) == {
        f"{PAGE} shop",
        f"{PAGE} other",
        f"{OTHER} shop",
        f"{PAGE} shop scope=images.read&audience=https%3A%2F%2Fpictures",
    }
    store.remove(PAGE)
    assert [store.token(PAGE, client_id, {}) for client_id in ("shop", "other")] == [None, None]
    assert store.token(PAGE, "shop", request) is None
    assert store.token(OTHER, "shop", {}) == {"bearer": f"{OTHER} shop"}


@pytest.mark.parametrize("others", [0o640, 0o604, 0o620])
def test_refuses_a_file_that_others_can_use(store: CredentialStore, others: int) -> None:
    store.put(PAGE, PROGRAM)
    store.path.chmod(others)
    with pytest.raises(CredentialsError) as caught:
        store.get(PAGE)
    assert str(caught.value) == f"{store.path} can be read by others. Sign in again after: rm {store.path}"


@pytest.mark.parametrize("text", ["", "[]", '{"default": null}', "\x00"])
def test_explains_a_damaged_file(store: CredentialStore, text: str) -> None:
    store.put(PAGE, PROGRAM)
    store.path.write_text(text)
    with pytest.raises(CredentialsError, match=f"^{store.path} is damaged. Sign in again after: rm "):
        store.get(PAGE)


def test_a_failed_write_leaves_the_file_as_it_was(
    store: CredentialStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put(PAGE, PROGRAM)

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("glimpse.store.os.fsync", fail)
    with pytest.raises(CredentialsError, match=r"can't be written: No space left on device.$"):
        store.put(OTHER, PROGRAM)
    assert (store.default_url, store.get(OTHER)) == (PAGE, None)
    assert {path.name for path in store.folder.iterdir()} == {"credentials.json", "lock"}


def test_the_folder_is_that_of_the_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    assert default_folder({"XDG_CONFIG_HOME": "/config"}) == Path("/config/glimpse")
    assert default_folder({"XDG_CONFIG_HOME": "relative"}) == Path("/home/ada/.config/glimpse")
    assert default_folder({}) == Path("/home/ada/.config/glimpse")
