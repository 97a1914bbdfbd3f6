"""`make client-local`: a program's client at the local provider."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from werkzeug import Response

from local.cli.clients import client_ids, main
from local.cli.programs import ClientArguments, parse_arguments
from local.server import Server
from local.template.parameters import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.sign_in.provider import Provider

BOTH = ("images.read", "images.write")


@pytest.fixture
def page(issuer: str, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    server = Server("127.0.0.1", 0, "WEB_PORT")
    config = {"apiUrl": "http://api", "signIn": {"issuer": issuer, "clientId": "local-page"}}
    server.serve(Response(json.dumps(config), content_type="application/json"))
    monkeypatch.setenv("WEB_PORT", str(server.port))
    monkeypatch.delenv("HOST", raising=False)
    yield server
    server.stop()
    provider.programs.revoke("shop")


def test_creates_lists_and_revokes(
    page: Server, issuer: str, provider: Provider, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["shop", "", "images.read"]) == 0
    printed = capsys.readouterr()
    (client,) = provider.programs.all()
    (secret,) = [line.split()[2] for line in printed.out.splitlines() if "Client secret" in line]
    assert (client.name, client.scopes, client.check_client_secret(secret)) == (
        "shop",
        ("images.read",),
        True,
    )
    assert printed.out.startswith(f"Created the client shop.\n\n  Client ID       {client.id}\n")
    assert f"  Token endpoint  {issuer}/oauth2/token\n  API             http://api/programs\n" in printed.out
    assert client_ids(issuer) == [client.id]

    assert f"\n\n  glimpse login {page.url} --client-id {client.id}\n\n" in printed.out

    assert main(["shop", "create", ""]) == 1
    again = capsys.readouterr()
    assert (again.out, again.err) == (
        "",
        (
            "shop already has a client. To get a new secret, revoke it first, and with it all of its tokens: "
            "make client-local NAME=shop ACTION=revoke\n"
        ),
    )
    assert main(["", "list", ""]) == 0
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["NAME", "CLIENT", "ID", "SCOPES", "STATE"],
        ["shop", client.id, "images.read", "active"],
    ]
    assert main(["shop", "revoke", ""]) == 0
    assert capsys.readouterr().out == "Revoked shop. Its tokens are no longer accepted.\n"
    assert client_ids(issuer) == []

    assert main(["shop", "revoke", ""]) == 1
    assert capsys.readouterr().err == "There is no client shop.\n"
    assert main(["", "list", ""]) == 0
    assert capsys.readouterr().out == "There are no clients of programs.\n"


def test_says_that_no_stack_is_running(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WEB_PORT", "1")
    assert main(["shop", "", ""]) == 1
    assert capsys.readouterr().err.startswith("No local stack serves its page at http://127.0.0.1:1.")
    assert client_ids("http://127.0.0.1:1") == []


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (("shop", "", ""), ClientArguments("create", "shop", BOTH, False)),
        (("shop-2", "revoke", ""), ClientArguments("revoke", "shop-2", BOTH, False)),
        (("", "list", ""), ClientArguments("list", "", BOTH, False)),
        (("shop", "create", "images.write"), ClientArguments("create", "shop", ("images.write",), True)),
        (("shop", "", "images.write,images.read"), ClientArguments("create", "shop", BOTH, True)),
        (("shop", "", " images.write  images.read "), ClientArguments("create", "shop", BOTH, True)),
    ],
)
def test_empty_values_have_defaults(values: tuple[str, str, str], expected: ClientArguments) -> None:
    assert parse_arguments("make client", *values) == expected


@pytest.mark.parametrize(
    "name", ["", "Shop", "my shop", "-shop", "shöp", "a" * 41, "shop\n", "../x", "$(id)"]
)
@pytest.mark.parametrize("action", ["create", "revoke"])
def test_refuses_an_invalid_name(name: str, action: str) -> None:
    with pytest.raises(ParameterError) as caught:
        parse_arguments("make client ENV=prod", name, action, "")
    assert str(caught.value) == (
        "Give the program a name of 1 to 40 lowercase letters, digits and hyphens that starts with a letter "
        "or digit: make client ENV=prod NAME=shop"
    )


@pytest.mark.parametrize(
    ("action", "scopes", "problem"),
    [
        ("delete", "", "ACTION must be create, revoke or list, not 'delete'."),
        (
            "create",
            "images.admin",
            "There is no scope images.admin. Use images.read or images.write, or both.",
        ),
    ],
)
def test_refuses_an_unknown_action_or_scope(action: str, scopes: str, problem: str) -> None:
    with pytest.raises(ParameterError) as caught:
        parse_arguments("make client", "shop", action, scopes)
    assert str(caught.value) == problem
