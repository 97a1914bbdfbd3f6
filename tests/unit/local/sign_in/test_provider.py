"""Invalid requests, the sign-in page, and CORS."""

from __future__ import annotations

import re
import secrets
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest

from tests.unit.local.sign_in.browser import PAGE, Browser

METHODS = ["GET", "POST"]
FORM = {"username": "alice"}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": "s256"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"scope": "openid profile"}, "invalid_scope"),
        ({"scope": "email"}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": None}, "unsupported_response_type"),
        ({"prompt": "none login"}, "invalid_request"),
    ],
)
def test_redirects_to_the_page_with_the_error(
    browser: Browser, method: str, changes: dict[str, str | None], error: str
) -> None:
    browser.sign_in()
    path = browser.authorization_path(**changes)
    query = browser.send(method, path, FORM if method == "POST" else None).redirect
    assert (query["error"], query["state"], "code" in query) == (error, "a state", False)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_id": None}, "invalid_client"),
        ({"client_id": "another"}, "invalid_client"),
        ({"redirect_uri": None}, "invalid_request"),
        ({"redirect_uri": "http://127.0.0.1:8081/"}, "invalid_request"),
        ({"redirect_uri": "https://127.0.0.1:8080/"}, "invalid_request"),
        ({"redirect_uri": "http://localhost:8080/"}, "invalid_request"),
        ({"redirect_uri": "http://127.0.0.1:80800/"}, "invalid_request"),
        ({"redirect_uri": "http://127.0.0.1:8080.evil.example/"}, "invalid_request"),
        ({"redirect_uri": "http://127.0.0.1:8080@evil.example/"}, "invalid_request"),
        ({"redirect_uri": "http://127.0.0.1:8080\\@evil.example/"}, "invalid_request"),
        ({"redirect_uri": "http://127.0.0.1:8080/\r\nX: y"}, "invalid_request"),
        ({"redirect_uri": "http://127.0.0.1:8080/#here"}, "invalid_request"),
        ({"redirect_uri": "http://127.0.0.1:8080/é"}, "invalid_request"),
        ({"redirect_uri": 'http://127.0.0.1:8080/"'}, "invalid_request"),
        ({"response_type": "código"}, "invalid_request"),
    ],
)
def test_does_not_redirect_to_another_origin(
    browser: Browser, method: str, changes: dict[str, str | None], error: str
) -> None:
    browser.sign_in()
    response = browser.send(method, browser.authorization_path(**changes), FORM if method == "POST" else None)
    assert (response.status, response.json()["error"], response.headers["Location"]) == (400, error, None)
    assert response.headers["Content-Type"] == "application/json"


def test_rejects_a_repeated_parameter(browser: Browser) -> None:
    response = browser.send("POST", browser.authorization_path() + "&client_id=local-page", FORM)
    assert (response.status, response.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_verifier": None}, "invalid_request"),
        ({"code_verifier": secrets.token_urlsafe(32)}, "invalid_grant"),
        ({"code_verifier": "short"}, "invalid_request"),
        ({"redirect_uri": f"{PAGE}/other"}, "invalid_grant"),
        ({"redirect_uri": None}, "invalid_grant"),
        ({"client_id": None}, "invalid_client"),
        ({"client_id": "another"}, "invalid_client"),
        ({"client_secret": "a secret"}, "invalid_client"),
        ({"code": None}, "invalid_request"),
        ({"code": "made-up"}, "invalid_grant"),
        ({"grant_type": None}, "unsupported_grant_type"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "contraseña"}, "invalid_request"),
    ],
)
def test_rejects_an_invalid_code_exchange(
    browser: Browser, changes: dict[str, str | None], error: str
) -> None:
    response = browser.redeem(browser.sign_in().redirect["code"], **changes)
    assert (response.status, response.json()["error"]) == (400, error)
    assert "access_token" not in response.body


def test_a_wrong_verifier_invalidates_the_code(browser: Browser) -> None:
    code = browser.sign_in().redirect["code"]
    browser.redeem(code, code_verifier=secrets.token_urlsafe(32))
    assert browser.redeem(code).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"refresh_token": None}, "invalid_request"),
        ({"refresh_token": "made-up"}, "invalid_grant"),
        ({"client_id": "another"}, "invalid_client"),
        ({"client_id": None}, "invalid_client"),
    ],
)
def test_rejects_an_invalid_refresh(browser: Browser, changes: dict[str, str | None], error: str) -> None:
    response = browser.refresh(browser.tokens()["refresh_token"], **changes)
    assert (response.status, response.json()["error"]) == (400, error)


def test_only_one_of_several_concurrent_refreshes_succeeds(browser: Browser) -> None:
    token = browser.tokens()["refresh_token"]
    with ThreadPoolExecutor(8) as threads:
        responses = list(threads.map(browser.refresh, [token] * 8))
    assert sorted(response.status for response in responses) == [200] + [400] * 7
    assert {response.json()["error"] for response in responses if response.status == 400} == {"invalid_grant"}


@pytest.mark.parametrize(
    "query",
    [
        "",
        "client_id=local-page",
        "client_id=another&logout_uri=http://127.0.0.1:8080/",
        "client_id=local-page&logout_uri=https://evil.example/",
        "client_id=local-page&logout_uri=//evil.example/",
        "client_id=local-page&post_logout_redirect_uri=https://evil.example/",
        "client_id=local-page&logout_uri=http://127.0.0.1:8080/&post_logout_redirect_uri=https://evil.example/",
        "post_logout_redirect_uri=http://127.0.0.1:8080/",
        "client_id=local-page&post_logout_redirect_uri=http://127.0.0.1:8080/&id_token_hint=made-up",
        "post_logout_redirect_uri=http://127.0.0.1:8080/&id_token_hint=",
    ],
)
def test_an_invalid_logout_keeps_the_session(browser: Browser, query: str) -> None:
    browser.sign_in()
    response = browser.send("GET", f"/logout?{query}")
    assert (response.status, response.json()["error"]) == (400, "invalid_request")
    assert "code" in browser.authorize(prompt="none").redirect


def test_an_access_token_is_no_hint_at_logout(browser: Browser) -> None:
    hint = browser.tokens()["access_token"]
    query = {"id_token_hint": hint, "post_logout_redirect_uri": f"{PAGE}/"}
    response = browser.send("GET", "/logout?" + urlencode(query))
    assert (response.status, response.json()) == (
        400,
        {
            "error": "invalid_request",
            "error_description": "id_token_hint must be an ID token of this provider.",
        },
    )


def test_the_sign_in_page_forbids_scripts_and_framing(browser: Browser) -> None:
    page = browser.authorize()
    assert not re.search(r"<script|<style|style=|\son\w+=", page.body)
    assert page.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; "
        f"form-action 'self' {PAGE}; base-uri 'none'; frame-ancestors 'none'"
    )
    assert (page.headers["X-Frame-Options"], page.headers["Referrer-Policy"]) == ("DENY", "no-referrer")
    assert (page.headers["X-Content-Type-Options"], page.headers["Cache-Control"]) == (
        "nosniff",
        "no-store",
    )


@pytest.mark.parametrize("username", ["carol", "", '"><script>alert(1)</script>', "alice\x00"])
def test_shows_the_form_again_for_an_unknown_username(browser: Browser, username: str) -> None:
    response = browser.sign_in(username)
    assert (response.status, browser.cookies) == (400, {})
    problem = "There’s no user with this name. Sign in as alice or bob."
    assert f'<p id="problem" class="error-text" role="alert">{problem}</p>' in response.body
    assert "<script" not in response.body


def test_allows_cross_origin_requests_from_the_page_only(browser: Browser) -> None:
    for path in ("/.well-known/openid-configuration", "/.well-known/jwks.json", "/oauth2/token"):
        method = "POST" if path == "/oauth2/token" else "GET"
        allowed = browser.send(method, path, headers={"Origin": PAGE})
        other = browser.send(method, path, headers={"Origin": "http://127.0.0.1:8081"})
        origins = [response.headers["Access-Control-Allow-Origin"] for response in (allowed, other)]
        assert origins == [PAGE, None]
        assert [response.headers["Vary"] for response in (allowed, other)] == ["Origin", "Origin"]
    form = browser.send("GET", browser.authorization_path(), headers={"Origin": PAGE})
    assert form.headers["Access-Control-Allow-Origin"] is None


def test_responds_to_a_preflight_request(browser: Browser) -> None:
    headers = {"Origin": PAGE, "Access-Control-Request-Method": "POST"}
    response = browser.send("OPTIONS", "/oauth2/token", headers=headers)
    assert response.status == 200
    assert {
        name: response.headers[f"Access-Control-{name}"] for name in ("Allow-Methods", "Allow-Headers")
    } == {
        "Allow-Methods": "GET, POST",
        "Allow-Headers": "authorization, content-type",
    }


def test_rejects_a_form_above_the_size_limit(browser: Browser) -> None:
    response = browser.send("POST", browser.authorization_path(), {"username": "a" * 70_000})
    assert (response.status, response.json()["error"]) == (413, "invalid_request")
