"""The provider over a restart: people stay signed in, and what was revoked stays revoked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from local.persistence.data import LocalData
from local.persistence.database import DataError
from local.server import Server
from local.sign_in.provider import Provider
from local.sign_in.user_pool import USERS
from tests.unit.local.sign_in.browser import PAGE, Browser, Clock

Restart = Callable[[], Provider]


def fail(error: DataError) -> None:
    raise AssertionError(error)


class Restarting:
    """A provider that keeps its data and its port."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self._folder = folder
        self._port = 0
        self._undo = ExitStack()
        self.start()
        self.browser = Browser(self.provider.tokens.issuer)

    def start(self) -> None:
        self.stop()
        with ExitStack() as undo:
            data = LocalData(self._folder, fail)
            undo.callback(data.close)
            server = Server("127.0.0.1", self._port, "SIGN_IN_PORT")
            undo.callback(server.stop)
            self._port = server.port
            self.provider = Provider(server.url, PAGE, self.clock, data.signing_key, data.rows)
            server.serve(self.provider.app)
            self._undo = undo.pop_all()

    def stop(self) -> None:
        self._undo.close()


@pytest.fixture
def restarting(tmp_path: Path) -> Iterator[Restarting]:
    started = Restarting(tmp_path)
    yield started
    started.stop()


def test_tokens_stay_valid(restarting: Restarting) -> None:
    browser = restarting.browser
    tokens, keys = browser.tokens(), browser.send("GET", "/.well-known/jwks.json").json()
    restarting.start()
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert browser.send("GET", "/oauth2/userInfo", headers=headers).json()["username"] == "alice"
    assert browser.send("GET", "/.well-known/jwks.json").json() == keys
    assert restarting.provider.tokens.is_id_token(tokens["id_token"])


def test_the_session_and_an_unused_code_stay_valid(restarting: Restarting) -> None:
    browser = restarting.browser
    code = browser.sign_in("bob").redirect["code"]
    restarting.start()
    assert browser.redeem(code).status == 200
    assert "code" in browser.authorize().redirect  # without the sign-in page
    restarting.start()
    assert browser.redeem(code).json()["error"] == "invalid_grant"


def test_a_refresh_token_is_used_once(restarting: Restarting) -> None:
    browser = restarting.browser
    first = browser.tokens()["refresh_token"]
    restarting.start()
    response = browser.refresh(first)
    assert (response.status, browser.refresh(first).json()["error"]) == (200, "invalid_grant")
    restarting.start()
    assert browser.refresh(first).json()["error"] == "invalid_grant"
    assert browser.refresh(response.json()["refresh_token"]).status == 200


def test_what_was_revoked_stays_revoked(restarting: Restarting) -> None:
    browser = restarting.browser
    tokens = browser.tokens()
    form = {"token": tokens["refresh_token"], "client_id": "local-page"}
    assert browser.send("POST", "/oauth2/revoke", form).status == 200
    restarting.start()
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert browser.send("GET", "/oauth2/userInfo", headers=headers).status == 401
    assert browser.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_session_ends_in_time_and_at_sign_out(restarting: Restarting) -> None:
    browser = restarting.browser
    browser.sign_in()
    cookies = dict(browser.cookies)
    browser.send("GET", f"/logout?client_id=local-page&logout_uri={PAGE}/")
    restarting.start()
    browser.cookies = cookies
    assert browser.authorize().status == 200  # the sign-in page
    browser.sign_in()
    restarting.start()
    restarting.clock.offset = 3601
    assert browser.authorize().status == 200


def test_a_user_who_no_longer_exists_is_signed_out(
    restarting: Restarting, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = restarting.browser
    refresh_token = browser.tokens("bob")["refresh_token"]
    monkeypatch.delitem(USERS, "bob")
    restarting.start()
    assert browser.authorize().status == 200
    assert browser.refresh(refresh_token).json()["error"] == "invalid_grant"


def test_programs_and_their_secrets_stay(restarting: Restarting) -> None:
    client, secret = restarting.provider.programs.create("shop", ("images.read",))
    restarting.provider.programs.create("gone")
    restarting.provider.programs.revoke("gone")
    restarting.clock.offset = 10 * 365 * 24 * 3600
    restarting.start()
    assert restarting.provider.programs.all() == [client]
    assert client.check_client_secret(secret)
