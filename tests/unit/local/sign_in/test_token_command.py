"""`make token`: the code flow from the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from local.cli.token import TokenRefused, id_token, main
from local.sign_in.authorizer import JwtAuthorizer

if TYPE_CHECKING:
    from local.sign_in.sign_in import SignIn

PAGE = "http://127.0.0.1:8080"


@pytest.fixture
def environ(issuer: str, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("SIGN_IN_PORT", str(urlsplit(issuer).port))
    for name in ("HOST", "WEB_PORT"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.mark.parametrize(("arguments", "username"), [([], "alice"), (["bob"], "bob"), ([" Bob "], "bob")])
def test_the_token_is_all_that_is_printed(
    environ: object, issuer: str, capsys: pytest.CaptureFixture[str], arguments: list[str], username: str
) -> None:
    assert main(arguments) == 0
    printed = capsys.readouterr()
    assert (printed.out.count("\n"), printed.err) == (1, "")
    headers = {"authorization": f"Bearer {printed.out.strip()}"}
    claims = JwtAuthorizer(issuer, ["local-page"]).authorize(headers)
    assert (claims["cognito:username"], claims["token_use"]) == (username, "id")


@pytest.mark.parametrize(
    ("variable", "value", "username", "sentence"),
    [
        ("SIGN_IN_PORT", None, "carol", "Nobody here is called carol. Sign in as alice or bob."),
        (
            "WEB_PORT",
            "8081",
            "alice",
            "Sign-in does not know this page (400). Set WEB_PORT to the port that the page has.",
        ),
        (
            "SIGN_IN_PORT",
            "nine",
            "alice",
            "SIGN_IN_PORT is 'nine'; it must be a port number, or 0 for any that is free.",
        ),
        (
            "SIGN_IN_PORT",
            "1",
            "alice",
            "Nobody answers at http://127.0.0.1:1. "
            "Start the stack with make run, or set SIGN_IN_PORT to the port it has there.",
        ),
    ],
)
def test_why_there_is_no_token_is_one_sentence(
    environ: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    variable: str,
    value: str | None,
    username: str,
    sentence: str,
) -> None:
    if value is not None:
        environ.setenv(variable, value)
    assert main([username]) == 1
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", f"{sentence}\n")


def test_another_server_is_found_out(issuer: str, provider: SignIn) -> None:
    with pytest.raises(TokenRefused, match=r"^Sign-in refused \(404\): "):
        id_token(f"{issuer}/elsewhere", PAGE, "alice")
