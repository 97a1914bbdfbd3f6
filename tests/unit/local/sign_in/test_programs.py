"""Programs at the local provider: their tokens, and the endpoint that adds and removes them."""

from __future__ import annotations

import base64
import json
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from local.sign_in.clients import expand_audience
from tests.unit.local.sign_in.browser import PAGE, Browser
from tests.unit.local.sign_in.test_flow import claims_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.sign_in.clients import ProgramClient
    from local.sign_in.provider import Provider

GRANT = {"grant_type": "client_credentials"}
BOTH = ("images.read", "images.write")


@pytest.fixture
def shop(provider: Provider) -> Iterator[tuple[ProgramClient, str]]:
    yield provider.programs.create("shop")
    provider.programs.revoke("shop")


def basic(client_id: str, secret: str) -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(f'{client_id}:{secret}'.encode()).decode()}"}


def request(
    issuer: str, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
) -> tuple[int, Any]:
    connection = HTTPConnection(urlsplit(issuer).netloc, timeout=10)
    sent = {"Content-Type": "application/json"} if headers is None else headers
    try:
        connection.request(method, path, None if body is None else json.dumps(body), sent)
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def test_a_program_gets_a_token_for_itself_in_both_ways(
    browser: Browser, issuer: str, shop: tuple[ProgramClient, str]
) -> None:
    client, secret = shop
    posted = {**GRANT, "client_id": client.id, "client_secret": secret}
    for form, headers in ((GRANT, basic(client.id, secret)), (posted, {})):
        response = browser.send("POST", "/oauth2/token", form, headers)
        document = response.json()
        assert (response.status, sorted(document)) == (
            200,
            ["access_token", "expires_in", "scope", "token_type"],
        )
        assert document["scope"] == "images.read images.write"
        claims = claims_of(document["access_token"])
        assert claims["exp"] - claims["iat"] == document["expires_in"] == 3600
        generated = ("exp", "iat", "auth_time", "jti")
        assert {name: value for name, value in claims.items() if name not in generated} == {
            "iss": issuer,
            "sub": client.id,
            "client_id": client.id,
            "token_use": "access",
            "scope": "images.read images.write",
            "version": 2,
        }


def test_a_program_can_ask_for_less(browser: Browser, shop: tuple[ProgramClient, str]) -> None:
    headers = basic(shop[0].id, shop[1])
    response = browser.send("POST", "/oauth2/token", GRANT | {"scope": "images.read"}, headers)
    assert claims_of(response.json()["access_token"])["scope"] == "images.read"


@pytest.mark.parametrize("scope", ["images.write", "openid", "images.read images.write", "images"])
def test_a_program_cannot_ask_for_more(browser: Browser, provider: Provider, scope: str) -> None:
    client, secret = provider.programs.create("reader", ("images.read",))
    try:
        response = browser.send("POST", "/oauth2/token", GRANT | {"scope": scope}, basic(client.id, secret))
        assert (response.status, response.json()["error"]) == (400, "invalid_scope")
    finally:
        provider.programs.revoke("reader")


def test_a_secret_is_required(browser: Browser, shop: tuple[ProgramClient, str]) -> None:
    client, secret = shop
    attempts: list[tuple[dict[str, str], dict[str, str]]] = [
        (GRANT, {}),
        (GRANT, basic(client.id, "wrong")),
        (GRANT, basic("unknown", secret)),
        (GRANT | {"client_id": client.id}, {}),
        (GRANT | {"client_id": client.id, "client_secret": "wrong"}, {}),
        (GRANT | {"client_id": "local-page"}, {}),
        (GRANT | {"client_id": "local-page", "client_secret": "none"}, {}),
    ]
    for form, headers in attempts:
        response = browser.send("POST", "/oauth2/token", form, headers)
        assert response.status in (400, 401)
        assert response.json()["error"] == "invalid_client"


def test_a_program_signs_nobody_in(browser: Browser, shop: tuple[ProgramClient, str]) -> None:
    response = browser.authorize(client_id=shop[0].id)
    assert (response.status, response.json()["error"]) == (400, "invalid_request")
    code = browser.sign_in().redirect["code"]
    headers = basic(shop[0].id, shop[1])
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": f"{PAGE}/"}
    assert browser.send("POST", "/oauth2/token", form, headers).json()["error"] == "invalid_client"


def test_a_programs_token_says_nothing_about_a_person(
    browser: Browser, shop: tuple[ProgramClient, str]
) -> None:
    token = browser.send("POST", "/oauth2/token", GRANT, basic(*_id_and_secret(shop))).json()["access_token"]
    response = browser.send("GET", "/oauth2/userInfo", headers={"Authorization": f"Bearer {token}"})
    assert (response.status, response.json()["error"]) == (401, "invalid_token")


def _id_and_secret(shop: tuple[ProgramClient, str]) -> tuple[str, str]:
    return shop[0].id, shop[1]


def test_the_endpoint_creates_lists_and_revokes(issuer: str, browser: Browser) -> None:
    status, created = request(issuer, "POST", "/clients", {"name": "shop", "scopes": ["images.read"]})
    shown = {name: value for name, value in created.items() if name != "secret"}
    assert (status, shown["name"], shown["scopes"]) == (201, "shop", ["images.read"])
    headers = basic(created["id"], created["secret"])
    assert browser.send("POST", "/oauth2/token", GRANT, headers).status == 200
    assert request(issuer, "GET", "/clients") == (200, {"clients": [shown]})
    assert request(issuer, "POST", "/clients", {"name": "shop", "scopes": ["images.read"]}) == (
        409,
        {"error": "There is already a client shop."},
    )
    assert request(issuer, "DELETE", "/clients/shop") == (200, {})
    assert request(issuer, "DELETE", "/clients/shop") == (404, {"error": "There is no client shop."})
    assert request(issuer, "GET", "/clients") == (200, {"clients": []})
    assert browser.send("POST", "/oauth2/token", GRANT, headers).json()["error"] == "invalid_client"


@pytest.mark.parametrize("origin", [PAGE, "https://evil.example", "null", None])
@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "text/plain", None])
def test_no_page_can_change_clients(issuer: str, origin: str | None, content_type: str | None) -> None:
    given = {"Origin": origin, "Content-Type": content_type}
    headers = {name: value for name, value in given.items() if value}
    for changed in (headers, {"Origin": origin or PAGE, "Content-Type": "application/json"}):
        status, _ = request(issuer, "POST", "/clients", {"name": "evil", "scopes": BOTH}, changed)
        assert status == (403 if "Origin" in changed else 415)
        assert request(issuer, "DELETE", "/clients/shop", None, changed)[0] == status
    assert request(issuer, "GET", "/clients") == (200, {"clients": []})


def test_a_preflight_request_permits_nothing(browser: Browser) -> None:
    for path, method in (("/clients", "POST"), ("/clients/shop", "DELETE")):
        response = browser.send(
            "OPTIONS", path, headers={"Origin": PAGE, "Access-Control-Request-Method": method}
        )
        assert not [name for name in response.headers if name.lower().startswith("access-control-")]


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"name": "shop"},
        {"name": "Shop", "scopes": ["images.read"]},
        {"name": "-", "scopes": ["images.read"]},
        {"name": "a" * 41, "scopes": ["images.read"]},
        {"name": 7, "scopes": ["images.read"]},
        {"name": "shop", "scopes": []},
        {"name": "shop", "scopes": ["openid"]},
        {"name": "shop", "scopes": [["images.read"]]},
        {"name": "shop", "scopes": 7},
    ],
)
def test_the_endpoint_refuses_anything_else(issuer: str, body: Any) -> None:
    assert request(issuer, "POST", "/clients", body)[0] == 400
    assert request(issuer, "GET", "/clients") == (200, {"clients": []})


def test_people_sign_in_on_the_command_line(browser: Browser, issuer: str) -> None:
    for redirect_uri in ("http://localhost:8976/", "http://127.0.0.1:8976/"):
        changes = {"client_id": "local-command-line", "redirect_uri": redirect_uri}
        form = browser.authorize(**changes, prompt="login")
        assert (
            "form-action 'self' http://localhost:8976 http://127.0.0.1:8976;"
            in (form.headers["Content-Security-Policy"])
        )
        location = browser.sign_in("bob", **changes).headers["Location"]
        assert location.startswith(f"{redirect_uri}?")
        code = dict(part.split("=") for part in urlsplit(location).query.split("&"))["code"]
        tokens = browser.redeem(code, **changes).json()
        refreshed = browser.refresh(tokens["refresh_token"], client_id="local-command-line").json()
        for answer in (tokens, refreshed):
            assert claims_of(answer["id_token"])["aud"] == "local-command-line"
            assert claims_of(answer["access_token"])["client_id"] == "local-command-line"


@pytest.mark.parametrize(
    ("client_id", "redirect_uri"),
    [
        ("local-command-line", f"{PAGE}/"),
        ("local-command-line", "http://localhost:8977/"),
        ("local-command-line", "http://localhost:8976/path"),
        ("local-page", "http://localhost:8976/"),
    ],
)
def test_each_client_has_its_own_redirects(browser: Browser, client_id: str, redirect_uri: str) -> None:
    response = browser.sign_in(client_id=client_id, redirect_uri=redirect_uri)
    assert (response.status, response.json()["error"]) == (400, "invalid_request")


def test_codes_and_refresh_tokens_belong_to_their_client(browser: Browser) -> None:
    code = browser.sign_in().redirect["code"]
    assert browser.redeem(code, client_id="local-command-line").json()["error"] == "invalid_grant"
    tokens = browser.tokens()
    other = browser.refresh(tokens["refresh_token"], client_id="local-command-line")
    assert other.json()["error"] == "invalid_grant"
    assert browser.refresh(tokens["refresh_token"]).status == 200


def test_an_audience_stands_for_the_clients_of_the_moment() -> None:
    audience = ["local-page", "local-programs", "https://api.example.com"]
    assert expand_audience(audience, lambda: ["4k1", "7b2"]) == [
        "local-page",
        "local-command-line",
        "4k1",
        "7b2",
        "https://api.example.com",
    ]
    assert expand_audience(["local-programs"], list) == []
