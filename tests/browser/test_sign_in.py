"""Sign-in: the authorization code flow, invalid tokens, and the page before sign-in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.support import (
    INVALID_SIGN_IN,
    RequestGate,
    axe_violations,
    expect_sign_in_error,
    expect_signed_in,
    expect_upload_phase,
    fulfill,
    open_account,
    route_first,
    scrolls_sideways,
    sign_in,
    submit_user_name,
)
from tests.forgery import forge_token

if TYPE_CHECKING:
    from local.stack import Stack
    from tests.browser.support import Json, NewFile, OpenPage

CLOCK = "The time of the sign-in doesn’t match your clock. Check that your device’s clock is right."
REJECTED = "The service rejected your sign-in. Sign out, then sign in again."


@pytest.fixture
def guest(open_page: OpenPage) -> Page:
    return open_page(user=None)


def forge_id_token(page: Page, stack: Stack, token_url: str, **forgery: Any) -> None:
    """Replace the ID token in the provider's responses with a forged one."""
    nonces: list[str] = []
    page.on("request", lambda request: nonces.extend(parse_qs(urlsplit(request.url).query).get("nonce", [])))

    def respond(route: Route) -> None:
        forged = forge_token(stack.sign_in, "alice", **{"nonce": nonces[0], **forgery})
        fulfill(route, json=route.fetch().json() | {"id_token": forged})

    page.route(token_url, respond)


def test_signed_out_page_has_a_headline_and_one_button(guest: Page) -> None:
    expect(guest.get_by_role("heading", level=1)).to_have_text("See what’s in your photos. Find them by it.")
    expect(guest.get_by_role("button")).to_have_text(["Sign in"])
    expect(guest.locator("#layout")).to_be_hidden()


def test_first_visit_does_not_lead_to_the_provider(guest: Page, stack: Stack) -> None:
    urls: list[str] = []
    guest.on("request", lambda request: urls.append(request.url))
    guest.reload()
    expect(guest.get_by_role("button", name="Sign in")).to_be_visible()
    assert [url for url in urls if url.startswith(stack.sign_in_url)] == []


def test_a_click_before_the_scripts_have_arrived_signs_in(guest: Page, page_url: str) -> None:
    scripts = RequestGate(guest, "**/scripts/main.js")
    guest.goto(f"{page_url}#/label/Person", wait_until="commit")
    guest.reload(wait_until="commit")
    guest.get_by_role("button", name="Sign in").dblclick()
    expect(guest.get_by_role("status")).to_have_text("One moment…")
    scripts.release()
    guest.get_by_label("Username").fill("alice")
    guest.get_by_role("button", name="Sign in").click()
    expect_signed_in(guest)
    assert guest.url == f"{page_url}#/label/Person"


@pytest.mark.parametrize("is_returning", [False, True])
def test_says_that_the_scripts_cannot_be_loaded(guest: Page, page_url: str, is_returning: bool) -> None:
    scripts = RequestGate(guest, "**/scripts/main.js")
    if is_returning:
        guest.evaluate("document.cookie = 'returning=1; path=/'")
    guest.reload(wait_until="commit")
    if not is_returning:
        guest.get_by_role("button", name="Sign in").click()
        expect(guest.get_by_role("status")).to_have_text("One moment…")
    scripts.wait_for(1)
    scripts.held.pop().abort("internetdisconnected")
    expect(guest.locator("#welcome").get_by_role("alert")).to_have_text(
        "The page couldn’t be loaded. Check your connection, then try again."
    )
    expect(guest.get_by_role("status")).to_have_count(0)

    guest.context.clear_cookies()
    scripts.disable()
    guest.get_by_role("button", name="Try again").click()
    expect(guest.get_by_role("button", name="Sign in")).to_be_visible()
    sign_in(guest, "alice")
    expect_signed_in(guest)
    assert guest.url == page_url


def test_signs_in_with_pkce(guest: Page, page_url: str) -> None:
    with guest.expect_request(re.compile("/oauth2/authorize")) as authorization:
        sign_in(guest, "alice")
    query = parse_qs(urlsplit(authorization.value.url).query)

    assert query["code_challenge_method"] == ["S256"]
    assert query["redirect_uri"] == [page_url]
    assert len({*query["state"], *query["nonce"], *query["code_challenge"]}) == 3
    expect_signed_in(guest)
    assert guest.url == page_url


def test_returns_to_the_requested_url_after_sign_in(open_page: OpenPage, page_url: str) -> None:
    page = open_page(user=None, at="#/label/Person")
    sign_in(page, "bob")
    expect_signed_in(page, "bob@example.com")
    assert page.url == f"{page_url}#/label/Person"


def test_rejects_a_response_with_an_unknown_state(open_page: OpenPage, page_url: str) -> None:
    page = open_page(user=None, at="?code=stolen&state=unknown")
    expect_sign_in_error(page, INVALID_SIGN_IN)
    assert page.url == page_url

    sign_in(page, "alice")
    expect_signed_in(page)


def test_response_with_an_unknown_state_keeps_the_session(page: Page, stack: Stack, page_url: str) -> None:
    page.goto(f"{stack.page_url}?code=stolen&state=unknown")
    expect_signed_in(page)
    assert page.url == page_url


def test_shows_the_error_of_the_provider(guest: Page, stack: Stack) -> None:
    def redirect_with_error(route: Route) -> None:
        state = parse_qs(urlsplit(route.request.url).query)["state"][0]
        url = f"{stack.page_url}?error=access_denied&error_description=You+said+no&state={state}"
        route.fulfill(status=302, headers={"Location": url})

    route_first(guest, re.compile("/oauth2/authorize"), redirect_with_error)
    guest.get_by_role("button", name="Sign in").click()
    expect_sign_in_error(guest, "Sign-in wasn’t completed: You said no.")

    sign_in(guest, "alice")
    expect_signed_in(guest)


@pytest.mark.parametrize(
    ("forgery", "message"),
    [
        ({"nonce": "another-nonce"}, INVALID_SIGN_IN),
        ({"nonce": None}, INVALID_SIGN_IN),
        ({"iss": "https://elsewhere.example"}, INVALID_SIGN_IN),
        ({"aud": "another-page"}, INVALID_SIGN_IN),
        ({"aud": ["local-page", "another-page"]}, INVALID_SIGN_IN),
        ({"token_use": "access"}, INVALID_SIGN_IN),
        ({"sub": ""}, INVALID_SIGN_IN),
        ({"exp": 1_700_000_000}, CLOCK),
        ({"iat": 4_000_000_000, "exp": 4_000_003_600}, CLOCK),
    ],
    ids=str,
)
def test_rejects_an_invalid_id_token(
    guest: Page, stack: Stack, token_url: str, forgery: dict[str, Any], message: str
) -> None:
    forge_id_token(guest, stack, token_url, **forgery)
    submit_user_name(guest, "alice")
    expect_sign_in_error(guest, message)


def test_accepts_a_valid_token_from_the_forging_helper(guest: Page, stack: Stack, token_url: str) -> None:
    """A control: the other forgeries are not rejected for how they are delivered."""
    forge_id_token(guest, stack, token_url)
    sign_in(guest, "alice")
    expect_signed_in(guest)
    expect(guest.locator(".gallery-status")).not_to_contain_text(REJECTED)


@pytest.mark.parametrize("headers", [{"alg": "none"}, {"alg": "HS256"}, {"kid": "unknown"}], ids=str)
def test_api_rejects_a_token_with_an_invalid_signature(
    guest: Page, stack: Stack, token_url: str, headers: dict[str, str]
) -> None:
    forge_id_token(guest, stack, token_url, headers=headers)
    statuses: list[int] = []
    guest.on(
        "response",
        lambda response: (
            statuses.append(response.status)
            if response.url.startswith(stack.api_url) and response.request.method == "GET"
            else None
        ),
    )
    sign_in(guest, "alice")
    expect(guest.locator(".gallery-status .error-box p")).to_have_text(REJECTED)
    expect(guest.locator(".tile, .facet")).to_have_count(0)
    assert set(statuses) == {401}


def test_works_without_sign_in(
    guest: Page, stack: Stack, new_file: NewFile, page_url: str, api_url: str
) -> None:
    settings_url = f"{page_url}config.json"
    guest.route(settings_url, lambda route: route.fulfill(json={"apiUrl": stack.api_url}))
    has_token: list[bool] = []

    def as_alice(route: Route) -> None:
        has_token.append("authorization" in route.request.headers)
        headers = route.request.headers | {"authorization": f"Bearer {stack.token('alice')}"}
        route.continue_(headers=headers)

    guest.route(f"{stack.api_url.rstrip('/')}/**", as_alice)
    guest.reload()
    account = open_account(guest)
    expect(account.get_by_role("progressbar")).to_have_count(2)
    expect(account.get_by_role("button", name="Sign out")).to_be_hidden()
    guest.keyboard.press("Escape")

    guest.set_input_files("#files", new_file())
    expect_upload_phase(guest, "done")
    assert not any(has_token)


def test_signed_out_page_is_accessible_and_never_scrolls_sideways(
    open_page: OpenPage, appearance: Json
) -> None:
    page = open_page(user=None, at="?code=x&state=y", **appearance)
    expect(page.locator("#welcome").get_by_role("alert")).to_have_text(INVALID_SIGN_IN)
    assert axe_violations(page) == []
    assert not scrolls_sideways(page)
