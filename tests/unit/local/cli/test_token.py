"""`make token`: the code flow from the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from werkzeug import Response

from local.api.authorizer import IssuerKeys, JwtAuthorizer
from local.cli.token import main
from local.server import Server
from local.sign_in.provider import Provider


def serve_config(page: Server, issuer: str, client_id: str = "local-page") -> None:
    config = {"signIn": {"issuer": issuer, "clientId": client_id}}
    page.app = Response(json.dumps(config), content_type="application/json")


@pytest.fixture(scope="module")
def page_and_issuer() -> Iterator[tuple[Server, str]]:
    """The server of a page, and the issuer that it signs in at."""
    with ExitStack() as cleanup:
        page, sign_in = Server("127.0.0.1", 0, "WEB_PORT"), Server("127.0.0.1", 0, "SIGN_IN_PORT")
        page.serve(Response())
        sign_in.serve(Provider(sign_in.url, page.url).app)
        cleanup.callback(page.stop)
        cleanup.callback(sign_in.stop)
        yield page, sign_in.url


@pytest.fixture
def issuer(page_and_issuer: tuple[Server, str]) -> str:
    return page_and_issuer[1]


@pytest.fixture
def page(page_and_issuer: tuple[Server, str], monkeypatch: pytest.MonkeyPatch) -> Server:
    """The page's server, found by its port."""
    page, issuer = page_and_issuer
    serve_config(page, issuer)
    monkeypatch.setenv("WEB_PORT", str(page.port))
    monkeypatch.delenv("HOST", raising=False)
    return page


@pytest.mark.usefixtures("page")
@pytest.mark.parametrize(("arguments", "username"), [([], "alice"), (["bob"], "bob"), ([" Bob "], "bob")])
def test_prints_the_token_and_nothing_else(
    issuer: str, capsys: pytest.CaptureFixture[str], arguments: list[str], username: str
) -> None:
    assert main(arguments) == 0
    printed = capsys.readouterr()
    assert (printed.out.count("\n"), printed.err) == (1, "")
    headers = {"authorization": f"Bearer {printed.out.strip()}"}
    claims = JwtAuthorizer(IssuerKeys(issuer), ["local-page"]).authorize(headers).claims
    assert (claims["cognito:username"], claims["token_use"]) == (username, "id")


def fails_with(capsys: pytest.CaptureFixture[str], message: str, username: str = "alice") -> bool:
    """Return whether the command fails with one line, the message."""
    code, printed = main([username]), capsys.readouterr()
    return (code, printed.out, printed.err) == (1, "", f"{message}\n")


@pytest.mark.usefixtures("page")
def test_explains_an_unknown_user(capsys: pytest.CaptureFixture[str]) -> None:
    assert fails_with(capsys, "There's no user carol. Sign in as alice or bob.", "carol")


@pytest.mark.parametrize("username", ["", " "])
def test_explains_an_empty_user(capsys: pytest.CaptureFixture[str], username: str) -> None:
    sentence = "USER is empty. Give one of the users: make token USER=alice|bob"
    assert fails_with(capsys, sentence, username)


def test_explains_that_no_stack_is_running(
    page: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    advice = "Start one with make run, or set WEB_PORT to the page's port."
    page.app = Response("another program", 404)
    assert fails_with(capsys, f"No local stack serves its page at {page.url}. {advice}")
    monkeypatch.setenv("WEB_PORT", "1")
    assert fails_with(capsys, f"No local stack serves its page at http://127.0.0.1:1. {advice}")


def test_explains_that_the_provider_is_not_running(page: Server, capsys: pytest.CaptureFixture[str]) -> None:
    serve_config(page, "http://127.0.0.1:1")
    assert fails_with(capsys, "The sign-in provider can't be reached at http://127.0.0.1:1.")


def test_names_the_other_provider_that_people_sign_in_at(
    page: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    serve_config(page, "https://id.example.com", "page")
    assert fails_with(capsys, "People sign in at https://id.example.com. Get an ID token there.")
