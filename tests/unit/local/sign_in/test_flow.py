"""The code flow, refreshes, sessions, user info and revocation."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from tests.unit.local.sign_in.browser import PAGE

if TYPE_CHECKING:
    from tests.unit.local.sign_in.browser import Browser, Clock

ALICE = "a11ce000-5f0e-4c52-9d3a-2f6c1b7e8a01"
GENERATED = ("at_hash", "auth_time", "event_id", "exp", "iat", "jti", "origin_jti")


def claims_of(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims


def half_hash(token: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()[:16]).rstrip(b"=").decode()


def test_discovery_lists_the_endpoints_at_cognitos_paths(browser: Browser, issuer: str) -> None:
    assert browser.send("GET", "/.well-known/openid-configuration").json() == {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/oauth2/authorize",
        "token_endpoint": f"{issuer}/oauth2/token",
        "userinfo_endpoint": f"{issuer}/oauth2/userInfo",
        "revocation_endpoint": f"{issuer}/oauth2/revoke",
        "end_session_endpoint": f"{issuer}/logout",
        "jwks_uri": f"{issuer}/.well-known/jwks.json",
        "response_types_supported": ["code"],
        "scopes_supported": ["openid", "email"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "token_endpoint_auth_methods_supported": ["none", "client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
    }


def test_the_key_set_contains_only_the_public_key(browser: Browser) -> None:
    [key] = browser.send("GET", "/.well-known/jwks.json").json()["keys"]
    assert sorted(key) == ["alg", "e", "kid", "kty", "n", "use"]
    assert (key["alg"], key["kty"], key["use"]) == ("RS256", "RSA", "sig")


def test_exchanges_a_code_for_tokens_with_cognitos_claims(browser: Browser, issuer: str) -> None:
    page = browser.authorize()
    assert (page.status, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    query = browser.sign_in("alice").redirect
    assert sorted(query) == ["code", "state"]
    assert query["state"] == "a state"
    response = browser.redeem(query["code"])
    tokens = response.json()
    assert (response.status, response.headers["Cache-Control"]) == (200, "no-store")
    assert sorted(tokens) == [
        "access_token",
        "expires_in",
        "id_token",
        "refresh_token",
        "scope",
        "token_type",
    ]
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 3600)
    claims = claims_of(tokens["id_token"])
    assert {name: value for name, value in claims.items() if name not in GENERATED} == {
        "sub": ALICE,
        "iss": issuer,
        "aud": "local-page",
        "token_use": "id",
        "nonce": "a nonce",
        "cognito:username": "alice",
        "email": "alice@example.com",
        "email_verified": True,
    }
    assert set(GENERATED) <= set(claims)
    assert claims["exp"] - claims["iat"] == 3600
    assert claims["at_hash"] == half_hash(tokens["access_token"])


def test_an_access_token_has_a_client_id_instead_of_an_audience(browser: Browser) -> None:
    claims = claims_of(browser.tokens("bob")["access_token"])
    assert (claims["client_id"], claims["token_use"], claims["username"]) == ("local-page", "access", "bob")
    assert "aud" not in claims


def test_omits_claims_that_were_not_requested(browser: Browser) -> None:
    claims = claims_of(browser.tokens(scope="openid", nonce=None)["id_token"])
    assert not {"email", "email_verified", "nonce"} & set(claims)


def test_a_code_can_be_redeemed_once(browser: Browser) -> None:
    code = browser.sign_in().redirect["code"]
    assert browser.redeem(code).status == 200
    repeated = browser.redeem(code)
    assert (repeated.status, repeated.json()["error"]) == (400, "invalid_grant")


def test_a_code_expires_after_a_minute(clocked_browser: Browser, clock: Clock) -> None:
    code = clocked_browser.sign_in().redirect["code"]
    clock.offset = 61
    response = clocked_browser.redeem(code)
    assert (response.status, response.json()["error"]) == (400, "invalid_grant")


def test_a_session_signs_in_without_a_prompt(browser: Browser) -> None:
    browser.sign_in("bob")
    query = browser.authorize(prompt="none", state="second").redirect
    assert (sorted(query), query["state"]) == (["code", "state"], "second")
    assert claims_of(browser.redeem(query["code"]).json()["id_token"])["cognito:username"] == "bob"


def test_the_session_cookie_is_hidden_from_scripts_and_other_sites(browser: Browser, issuer: str) -> None:
    cookie = browser.sign_in().headers["Set-Cookie"]
    name, *attributes = [part.strip() for part in cookie.split(";")]
    assert name.startswith(f"sign-in-{issuer.rpartition(':')[2]}=")
    assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(attributes)


def test_the_session_expires_after_an_hour(clocked_browser: Browser, clock: Clock) -> None:
    clocked_browser.sign_in()
    clock.offset = 3601
    assert clocked_browser.authorize(prompt="none").redirect["error"] == "login_required"


def test_another_user_can_sign_in(browser: Browser) -> None:
    browser.sign_in("alice")
    assert browser.authorize(prompt="login").status == 200
    assert claims_of(browser.tokens("bob", prompt="login")["id_token"])["cognito:username"] == "bob"


def test_prompt_none_without_a_session_is_an_error(browser: Browser) -> None:
    query = browser.authorize(prompt="none").redirect
    assert (query["error"], query["state"]) == ("login_required", "a state")
    without_scope = browser.authorize(prompt="none", scope=None).redirect
    assert without_scope["error"] == "login_required"


@pytest.mark.parametrize(
    "parameters",
    [
        ["client_id", "logout_uri"],
        ["client_id", "post_logout_redirect_uri"],
        ["id_token_hint", "post_logout_redirect_uri"],
        ["client_id", "id_token_hint", "logout_uri", "post_logout_redirect_uri"],
    ],
    ids=", ".join,
)
def test_logout_ends_the_session_and_returns_to_the_page(
    clocked_browser: Browser, clock: Clock, parameters: list[str]
) -> None:
    browser = clocked_browser
    values = {
        "client_id": "local-page",
        "id_token_hint": browser.tokens()["id_token"],
        "logout_uri": f"{PAGE}/",
        "post_logout_redirect_uri": f"{PAGE}/",
    }
    clock.offset = 3601  # the token of the hint has expired
    browser.sign_in()
    copied = dict(browser.cookies)
    response = browser.send("GET", "/logout?" + urlencode({name: values[name] for name in parameters}))
    assert response.redirect == {}
    assert browser.cookies == {}
    browser.cookies = copied  # a copy of the cookie is invalid, too
    assert browser.authorize(prompt="none").redirect["error"] == "login_required"


def test_each_refresh_replaces_the_refresh_token(browser: Browser) -> None:
    first = browser.tokens()
    response = browser.refresh(first["refresh_token"])
    second = response.json()
    assert (response.status, sorted(second)) == (200, sorted(first))
    assert second["refresh_token"] != first["refresh_token"]
    reused = browser.refresh(first["refresh_token"])
    assert (reused.status, reused.json()["error"]) == (400, "invalid_grant")
    assert browser.refresh(second["refresh_token"]).status == 200


def test_a_refreshed_id_token_belongs_to_the_same_sign_in(clocked_browser: Browser, clock: Clock) -> None:
    first = clocked_browser.tokens()
    clock.offset = 1800
    before, after = (
        claims_of(first["id_token"]),
        claims_of(clocked_browser.refresh(first["refresh_token"]).json()["id_token"]),
    )
    same = ("sub", "iss", "aud", "auth_time", "origin_jti", "email")
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    assert after["exp"] - before["exp"] >= 1800
    assert "nonce" not in after


def test_refresh_tokens_expire_a_day_after_the_sign_in(clocked_browser: Browser, clock: Clock) -> None:
    tokens = clocked_browser.tokens()
    clock.offset = 23 * 3600
    tokens = clocked_browser.refresh(tokens["refresh_token"]).json()
    clock.offset = 24 * 3600 + 1
    response = clocked_browser.refresh(tokens["refresh_token"])
    assert (response.status, response.json()["error"]) == (400, "invalid_grant")


def test_a_refresh_cannot_extend_the_scope(browser: Browser) -> None:
    tokens = browser.tokens(scope="openid")
    wider = browser.refresh(tokens["refresh_token"], scope="openid email")
    assert (wider.status, wider.json()["error"]) == (400, "invalid_scope")
    assert browser.refresh(tokens["refresh_token"]).status == 200


def test_user_info_returns_the_user_of_an_access_token(browser: Browser) -> None:
    tokens = browser.tokens()
    response = browser.send(
        "GET", "/oauth2/userInfo", headers={"Authorization": f"Bearer {tokens['access_token']}"}
    )
    assert (response.status, response.json()) == (
        200,
        {"sub": ALICE, "username": "alice", "email": "alice@example.com", "email_verified": "true"},
    )


@pytest.mark.parametrize("credentials", [None, "Bearer", "Bearer invalid", "Bearer id", "Basic access"])
def test_user_info_requires_a_valid_access_token(browser: Browser, credentials: str | None) -> None:
    tokens = browser.tokens()
    headers: dict[str, str] = {}
    if credentials:
        tokens_by_name = {"id": tokens["id_token"], "access": tokens["access_token"]}
        scheme, _, token = credentials.partition(" ")
        headers = {"Authorization": f"{scheme} {tokens_by_name.get(token, token)}"}
    response = browser.send("GET", "/oauth2/userInfo", headers=headers)
    assert (response.status, response.json()["error"]) == (401, "invalid_token")


def test_revocation_ends_the_authorization(browser: Browser) -> None:
    tokens = browser.tokens()
    form = {"token": tokens["refresh_token"], "client_id": "local-page"}
    response = browser.send("POST", "/oauth2/revoke", form)
    assert (response.status, response.json()) == (200, {})
    assert browser.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert browser.send("GET", "/oauth2/userInfo", headers=headers).status == 401
    assert browser.send("POST", "/oauth2/revoke", form).status == 200  # RFC 7009, 2.2
