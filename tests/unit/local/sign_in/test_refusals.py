"""What the provider refuses, what it shows, and whom it answers."""

from __future__ import annotations

import re
import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from local.server import AddressError
from local.sign_in import SignIn

if TYPE_CHECKING:
    from conftest import Browser

PAGE = "http://127.0.0.1:8080"
ASKING = ["GET", "POST"]
FORM = {"username": "alice"}


@pytest.mark.parametrize("method", ASKING)
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
def test_a_wrong_request_goes_back_to_the_page(
    browser: Browser, method: str, changes: dict[str, str | None], error: str
) -> None:
    browser.sign_in()
    back = browser.send(method, browser.address(**changes), FORM if method == "POST" else None).sent_back
    assert (back["error"], back["state"], "code" in back) == (error, "a state", False)


@pytest.mark.parametrize("method", ASKING)
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
def test_nobody_is_sent_where_the_page_is_not(
    browser: Browser, method: str, changes: dict[str, str | None], error: str
) -> None:
    browser.sign_in()
    answer = browser.send(method, browser.address(**changes), FORM if method == "POST" else None)
    assert (answer.status, answer.json()["error"], answer.headers["Location"]) == (400, error, None)
    assert answer.headers["Content-Type"] == "application/json"


def test_a_parameter_given_twice_is_refused(browser: Browser) -> None:
    answer = browser.send("POST", browser.address() + "&client_id=local-page", FORM)
    assert (answer.status, answer.json()["error"]) == (400, "invalid_request")


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
def test_a_code_is_for_the_page_that_asked(
    browser: Browser, changes: dict[str, str | None], error: str
) -> None:
    answer = browser.redeem(browser.sign_in().sent_back["code"], **changes)
    assert (answer.status, answer.json()["error"]) == (400, error)
    assert "access_token" not in answer.body


def test_a_wrong_verifier_spends_the_code(browser: Browser) -> None:
    code = browser.sign_in().sent_back["code"]
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
def test_a_wrong_renewal_is_refused(browser: Browser, changes: dict[str, str | None], error: str) -> None:
    answer = browser.refresh(browser.tokens()["refresh_token"], **changes)
    assert (answer.status, answer.json()["error"]) == (400, error)


def test_of_many_renewals_at_once_one_is_served(browser: Browser) -> None:
    token = browser.tokens()["refresh_token"]
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(browser.refresh, [token] * 8))
    assert sorted(answer.status for answer in answers) == [200] + [400] * 7
    assert {answer.json()["error"] for answer in answers if answer.status == 400} == {"invalid_grant"}


@pytest.mark.parametrize(
    "query",
    [
        "",
        "client_id=local-page",
        "client_id=another&logout_uri=http://127.0.0.1:8080/",
        "client_id=local-page&logout_uri=https://evil.example/",
        "client_id=local-page&logout_uri=//evil.example/",
    ],
)
def test_a_wrong_logout_leaves_all_as_it_was(browser: Browser, query: str) -> None:
    browser.sign_in()
    answer = browser.send("GET", f"/logout?{query}")
    assert (answer.status, answer.json()["error"]) == (400, "invalid_request")
    assert "code" in browser.send("GET", browser.address(prompt="none")).sent_back


def test_the_page_is_one_form_for_a_user_name_and_runs_nothing(browser: Browser) -> None:
    shown = browser.send("GET", browser.address())
    assert len(re.findall("<form", shown.body)) == 1
    assert '<form method="post">' in shown.body  # to the address it stands at, query and all
    assert 'name="username" value=""' in shown.body
    assert not re.search(r"<script|<style|style=|\son\w+=", shown.body)
    assert shown.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; img-src data:; "
        f"form-action 'self' {PAGE}; base-uri 'none'; frame-ancestors 'none'"
    )
    assert (shown.headers["X-Frame-Options"], shown.headers["Referrer-Policy"]) == ("DENY", "no-referrer")
    assert (shown.headers["X-Content-Type-Options"], shown.headers["Cache-Control"]) == (
        "nosniff",
        "no-store",
    )


def test_a_name_in_the_text_fills_the_form(browser: Browser) -> None:
    shown = browser.send("GET", browser.address())
    link = re.search(r'<a href="(\?[^"]+)">bob</a>', shown.body)
    assert link
    filled = browser.send("GET", "/oauth2/authorize" + link[1].replace("&amp;", "&"))
    assert 'name="username" value="bob"' in filled.body


def test_the_pages_styles_are_there(browser: Browser) -> None:
    answer = browser.send("GET", "/static/sign-in.css")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/css; charset=utf-8")


@pytest.mark.parametrize("username", ["carol", "", '"><script>alert(1)</script>', "alice\x00"])
def test_an_unknown_name_is_asked_for_again(browser: Browser, username: str) -> None:
    answer = browser.sign_in(username)
    assert (answer.status, browser.cookies) == (400, {})
    assert (
        '<p id="problem" role="alert">Nobody here has that name; sign in as alice or bob.</p>' in answer.body
    )
    assert "<script" not in answer.body


def test_the_page_alone_may_read_answers(browser: Browser) -> None:
    for path in ("/.well-known/openid-configuration", "/.well-known/jwks.json", "/oauth2/token"):
        method = "POST" if path == "/oauth2/token" else "GET"
        mine = browser.send(method, path, headers={"Origin": PAGE})
        other = browser.send(method, path, headers={"Origin": "http://127.0.0.1:8081"})
        found = [answer.headers["Access-Control-Allow-Origin"] for answer in (mine, other)]
        assert found == [PAGE, None]
        assert [answer.headers["Vary"] for answer in (mine, other)] == ["Origin", "Origin"]
    form = browser.send("GET", browser.address(), headers={"Origin": PAGE})
    assert form.headers["Access-Control-Allow-Origin"] is None


def test_a_preflight_is_answered(browser: Browser) -> None:
    headers = {"Origin": PAGE, "Access-Control-Request-Method": "POST"}
    answer = browser.send("OPTIONS", "/oauth2/token", headers=headers)
    assert answer.status == 200
    assert {
        name: answer.headers[f"Access-Control-{name}"] for name in ("Allow-Methods", "Allow-Headers")
    } == {
        "Allow-Methods": "GET, POST",
        "Allow-Headers": "authorization, content-type",
    }


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("GET", "/oauth2/token", 405), ("PUT", "/logout", 405)],
)
def test_other_addresses_are_answered_in_json(browser: Browser, method: str, path: str, status: int) -> None:
    answer = browser.send(method, path)
    assert (answer.status, answer.json()["error"]) == (status, "invalid_request")


def test_a_huge_form_is_refused(browser: Browser) -> None:
    answer = browser.send("POST", browser.address(), {"username": "a" * 70_000})
    assert (answer.status, answer.json()["error"]) == (413, "invalid_request")


def test_a_port_that_is_taken_is_named(issuer: str) -> None:
    port = int(issuer.rpartition(":")[2])
    with pytest.raises(AddressError, match="Set SIGN_IN_PORT to another port"):
        SignIn().start("127.0.0.1", port, PAGE)


def test_tokens_need_a_started_provider() -> None:
    with pytest.raises(RuntimeError, match="once it has been started"):
        SignIn().token("alice")
