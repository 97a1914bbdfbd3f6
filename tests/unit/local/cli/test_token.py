"""`make token`: the code flow from the command line."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from local.api.authorizer import IssuerKeys, JwtAuthorizer
from local.cli.token import main


@pytest.fixture(autouse=True)
def environment(issuer: str, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("SIGN_IN_PORT", str(urlsplit(issuer).port))
    for name in ("HOST", "WEB_PORT"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.mark.parametrize(("arguments", "username"), [([], "alice"), (["bob"], "bob"), ([" Bob "], "bob")])
def test_prints_the_token_and_nothing_else(
    issuer: str, capsys: pytest.CaptureFixture[str], arguments: list[str], username: str
) -> None:
    assert main(arguments) == 0
    printed = capsys.readouterr()
    assert (printed.out.count("\n"), printed.err) == (1, "")
    headers = {"authorization": f"Bearer {printed.out.strip()}"}
    claims = JwtAuthorizer(IssuerKeys(issuer), ["local-page"]).authorize(headers)
    assert (claims["cognito:username"], claims["token_use"]) == (username, "id")


@pytest.mark.parametrize(
    ("variables", "username", "message"),
    [
        ({}, "carol", "There's no user carol. Sign in as alice or bob."),
        (
            {"WEB_PORT": "8081"},
            "alice",
            "Sign-in doesn't accept this page (400). Set WEB_PORT to the page's port.",
        ),
        (
            {"SIGN_IN_PORT": "1"},
            "alice",
            "The local stack can't be reached at http://127.0.0.1:1. "
            "Start it with make run, or set SIGN_IN_PORT to its sign-in port.",
        ),
    ],
)
def test_explains_a_failure_in_one_line(
    environment: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    variables: dict[str, str],
    username: str,
    message: str,
) -> None:
    for name, value in variables.items():
        environment.setenv(name, value)
    assert main([username]) == 1
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", f"{message}\n")
