"""From the page's first request to tokens, renewals and the end."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Browser, Clock

ALICE = "a11ce000-5f0e-4c52-9d3a-2f6c1b7e8a01"
ALWAYS_NEW = ("at_hash", "auth_time", "event_id", "exp", "iat", "jti", "origin_jti")


def claims_of(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims


def half_hash(token: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()[:16]).rstrip(b"=").decode()


def test_discovery_has_all_endpoints_at_cognitos_paths(browser: Browser, issuer: str) -> None:
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
        "token_endpoint_auth_methods_supported": ["none"],
        "code_challenge_methods_supported": ["S256"],
    }


def test_the_key_set_has_the_public_half_only(browser: Browser) -> None:
    [key] = browser.send("GET", "/.well-known/jwks.json").json()["keys"]
    assert sorted(key) == ["alg", "e", "kid", "kty", "n", "use"]
    assert (key["alg"], key["kty"], key["use"]) == ("RS256", "RSA", "sig")


def test_a_code_becomes_tokens_with_cognitos_claims(browser: Browser, issuer: str) -> None:
    shown = browser.send("GET", browser.address())
    assert (shown.status, shown.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    back = browser.sign_in("alice").sent_back
    assert sorted(back) == ["code", "state"]
    assert back["state"] == "a state"
    answer = browser.redeem(back["code"])
    tokens = answer.json()
    assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-store")
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
    assert {name: value for name, value in claims.items() if name not in ALWAYS_NEW} == {
        "sub": ALICE,
        "iss": issuer,
        "aud": "local-page",
        "token_use": "id",
        "nonce": "a nonce",
        "cognito:username": "alice",
        "email": "alice@example.com",
        "email_verified": True,
    }
    assert set(ALWAYS_NEW) <= set(claims)
    assert claims["exp"] - claims["iat"] == 3600
    assert claims["at_hash"] == half_hash(tokens["access_token"])


def test_an_access_token_has_a_client_in_place_of_an_audience(browser: Browser) -> None:
    claims = claims_of(browser.tokens("bob")["access_token"])
    assert (claims["client_id"], claims["token_use"], claims["username"]) == ("local-page", "access", "bob")
    assert "aud" not in claims


def test_what_was_not_asked_for_is_not_told(browser: Browser) -> None:
    claims = claims_of(browser.tokens(scope="openid", nonce=None)["id_token"])
    assert not {"email", "email_verified", "nonce"} & set(claims)


def test_without_a_scope_the_clients_own_is_meant(browser: Browser) -> None:
    assert browser.tokens(scope=None)["scope"] == "openid email"


def test_the_user_name_may_be_typed_anyhow(browser: Browser) -> None:
    assert claims_of(browser.tokens(" Bob ")["id_token"])["cognito:username"] == "bob"


def test_a_code_works_once(browser: Browser) -> None:
    code = browser.sign_in().sent_back["code"]
    assert browser.redeem(code).status == 200
    again = browser.redeem(code)
    assert (again.status, again.json()["error"]) == (400, "invalid_grant")


def test_a_code_is_gone_after_a_minute(later: Browser, clock: Clock) -> None:
    code = later.sign_in().sent_back["code"]
    clock.ahead = 61
    answer = later.redeem(code)
    assert (answer.status, answer.json()["error"]) == (400, "invalid_grant")


def test_the_second_sign_in_is_silent(browser: Browser) -> None:
    browser.sign_in("bob")
    code = browser.send("GET", browser.address(prompt="none", state="second")).sent_back
    assert (sorted(code), code["state"]) == (["code", "state"], "second")
    assert claims_of(browser.redeem(code["code"]).json()["id_token"])["cognito:username"] == "bob"


def test_the_session_is_kept_from_scripts_and_other_sites(browser: Browser, issuer: str) -> None:
    cookie = browser.sign_in().headers["Set-Cookie"]
    name, *attributes = [part.strip() for part in cookie.split(";")]
    assert name.startswith(f"sign-in-{issuer.rpartition(':')[2]}=")
    assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(attributes)


def test_the_session_ends_after_an_hour(later: Browser, clock: Clock) -> None:
    later.sign_in()
    clock.ahead = 3601
    assert later.send("GET", later.address(prompt="none")).sent_back["error"] == "login_required"


def test_somebody_else_can_sign_in_instead(browser: Browser) -> None:
    browser.sign_in("alice")
    assert browser.send("GET", browser.address(prompt="login")).status == 200
    assert claims_of(browser.tokens("bob", prompt="login")["id_token"])["cognito:username"] == "bob"


def test_nobody_is_asked_when_the_page_forbids_it(browser: Browser) -> None:
    back = browser.send("GET", browser.address(prompt="none")).sent_back
    assert (back["error"], back["state"]) == ("login_required", "a state")
    without_scope = browser.send("GET", browser.address(prompt="none", scope=None)).sent_back
    assert without_scope["error"] == "login_required"


def test_logout_ends_the_session_and_returns_to_the_page(browser: Browser) -> None:
    browser.sign_in()
    kept = dict(browser.cookies)
    answer = browser.send("GET", "/logout?client_id=local-page&logout_uri=http%3A%2F%2F127.0.0.1%3A8080%2F")
    assert answer.sent_back == {}
    assert browser.cookies == {}
    browser.cookies = kept  # a copy of the cookie is worth nothing either
    assert browser.send("GET", browser.address(prompt="none")).sent_back["error"] == "login_required"


def test_a_refresh_token_is_replaced_by_each_use(browser: Browser) -> None:
    first = browser.tokens()
    answer = browser.refresh(first["refresh_token"])
    second = answer.json()
    assert (answer.status, sorted(second)) == (200, sorted(first))
    assert second["refresh_token"] != first["refresh_token"]
    refused = browser.refresh(first["refresh_token"])
    assert (refused.status, refused.json()["error"]) == (400, "invalid_grant")
    assert browser.refresh(second["refresh_token"]).status == 200


def test_a_renewed_id_token_is_the_same_sign_in(later: Browser, clock: Clock) -> None:
    first = later.tokens()
    clock.ahead = 1800
    before, after = (
        claims_of(first["id_token"]),
        claims_of(later.refresh(first["refresh_token"]).json()["id_token"]),
    )
    same = ("sub", "iss", "aud", "auth_time", "origin_jti", "email")
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    assert after["exp"] - before["exp"] >= 1800
    assert "nonce" not in after


def test_renewal_ends_a_day_after_the_sign_in(later: Browser, clock: Clock) -> None:
    tokens = later.tokens()
    clock.ahead = 23 * 3600
    tokens = later.refresh(tokens["refresh_token"]).json()
    clock.ahead = 24 * 3600 + 1
    answer = later.refresh(tokens["refresh_token"])
    assert (answer.status, answer.json()["error"]) == (400, "invalid_grant")


def test_renewal_asks_for_no_more_than_was_given_and_keeps_the_token(browser: Browser) -> None:
    tokens = browser.tokens(scope="openid")
    wider = browser.refresh(tokens["refresh_token"], scope="openid email")
    assert (wider.status, wider.json()["error"]) == (400, "invalid_scope")
    assert browser.refresh(tokens["refresh_token"]).status == 200


def test_user_info_is_for_a_valid_access_token(browser: Browser) -> None:
    tokens = browser.tokens()
    answer = browser.send(
        "GET", "/oauth2/userInfo", headers={"Authorization": f"Bearer {tokens['access_token']}"}
    )
    assert (answer.status, answer.json()) == (
        200,
        {"sub": ALICE, "username": "alice", "email": "alice@example.com", "email_verified": "true"},
    )


@pytest.mark.parametrize("credentials", [None, "Bearer", "Bearer nonsense", "Bearer id", "Basic access"])
def test_user_info_is_for_nobody_else(browser: Browser, credentials: str | None) -> None:
    tokens = browser.tokens()
    headers = {}
    if credentials:
        named = {"id": tokens["id_token"], "access": tokens["access_token"]}
        scheme, _, token = credentials.partition(" ")
        headers = {"Authorization": f"{scheme} {named.get(token, token)}"}
    answer = browser.send("GET", "/oauth2/userInfo", headers=headers)
    assert (answer.status, answer.json()["error"]) == (401, "invalid_token")


def test_a_revoked_permission_is_over(browser: Browser) -> None:
    tokens = browser.tokens()
    form = {"token": tokens["refresh_token"], "client_id": "local-page"}
    answer = browser.send("POST", "/oauth2/revoke", form)
    assert (answer.status, answer.json()) == (200, {})
    assert browser.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert browser.send("GET", "/oauth2/userInfo", headers=headers).status == 401
    assert browser.send("POST", "/oauth2/revoke", form).status == 200  # as RFC 7009 has it
