"""Sign-in: the authorization code flow, invalid tokens, renewal, and sign-out."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Error, Page, Route, expect

from tests.browser.fake_library import FakeLibrary
from tests.browser.support import (
    UNREACHABLE,
    RequestGate,
    axe_violations,
    expect_upload_phase,
    fulfill,
    record_requests,
    scrolls_sideways,
    sign_in,
    submit_user_name,
    upload_and_open,
    wait_until,
)
from tests.forgery import forge_token

if TYPE_CHECKING:
    from playwright.sync_api import Dialog

    from local.stack import Stack
    from tests.browser.support import Json, NewFile, OpenPage

INVALID = "Your sign-in couldn't be verified. Sign in again."
CLOCK = "The time of the sign-in doesn't match your clock. Check that your device's clock is right."
EXPIRED = "Your sign-in has expired. Sign in again."
REJECTED = "The service rejected your sign-in. Sign out, then sign in again."


@pytest.fixture
def guest(open_page: OpenPage) -> Page:
    return open_page(user=None)


@pytest.fixture
def tokens(stack: Stack) -> str:
    return f"{stack.sign_in_url}/oauth2/token"


def expect_signed_in(page: Page, email: str = "alice@example.com") -> None:
    expect(page.locator("#account-name")).to_have_text(email)
    expect(page.get_by_text("Upload photos")).to_be_visible()


def expect_sign_in_error(page: Page, message: str) -> None:
    expect(page.get_by_role("alert")).to_have_text(message)
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert page.evaluate("sessionStorage.getItem('refresh-token')") is None


def change_token_response(tokens: str, page: Page, **changes: Any) -> None:
    """Change fields of the provider's next token response."""

    def respond(route: Route) -> None:
        body = route.fetch().json()
        fulfill(route, json={name: value for name, value in (body | changes).items() if value is not None})

    page.route(tokens, respond, times=1)


def forge_id_token(page: Page, stack: Stack, tokens: str, **forgery: Any) -> None:
    """Replace the ID token in the provider's responses with a forged one."""
    nonces: list[str] = []
    page.on("request", lambda request: nonces.extend(parse_qs(urlsplit(request.url).query).get("nonce", [])))

    def respond(route: Route) -> None:
        forged = forge_token(stack.sign_in, "alice", **{"nonce": nonces[0], **forgery})
        fulfill(route, json=route.fetch().json() | {"id_token": forged})

    page.route(tokens, respond)


def test_signed_out_page_has_a_headline_and_one_button(guest: Page) -> None:
    expect(guest.get_by_role("heading", level=1)).to_have_text("See what's in your photos")
    expect(guest.get_by_role("button")).to_have_text(["Sign in"])
    expect(guest.get_by_text("Upload photos")).to_be_hidden()


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


def test_stores_only_the_refresh_token_in_session_storage(page: Page) -> None:
    assert page.evaluate("localStorage.length") == 0
    assert page.evaluate("Object.keys(sessionStorage)") == ["refresh-token"]
    assert page.evaluate("document.cookie") == ""
    assert page.evaluate("indexedDB.databases().then((all) => all.length)") == 0


def test_reload_keeps_the_session(page: Page) -> None:
    page.reload()
    expect_signed_in(page)


def test_rejects_a_response_with_an_unknown_state(open_page: OpenPage, page_url: str) -> None:
    page = open_page(user=None, at="?code=stolen&state=unknown")
    expect_sign_in_error(page, INVALID)
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

    guest.route(re.compile("/oauth2/authorize"), redirect_with_error, times=1)
    guest.get_by_role("button", name="Sign in").click()
    expect_sign_in_error(guest, "Sign-in wasn't completed: You said no.")

    sign_in(guest, "alice")
    expect_signed_in(guest)


@pytest.mark.parametrize(
    ("forgery", "message"),
    [
        ({"nonce": "another-nonce"}, INVALID),
        ({"nonce": None}, INVALID),
        ({"iss": "https://elsewhere.example"}, INVALID),
        ({"aud": "another-page"}, INVALID),
        ({"aud": ["local-page", "another-page"]}, INVALID),
        ({"token_use": "access"}, INVALID),
        ({"sub": ""}, INVALID),
        ({"exp": 1_700_000_000}, CLOCK),
        ({"iat": 4_000_000_000, "exp": 4_000_003_600}, CLOCK),
    ],
    ids=str,
)
def test_rejects_an_invalid_id_token(
    guest: Page, stack: Stack, tokens: str, forgery: dict[str, Any], message: str
) -> None:
    forge_id_token(guest, stack, tokens, **forgery)
    submit_user_name(guest, "alice")
    expect_sign_in_error(guest, message)


def test_accepts_a_valid_token_from_the_forging_helper(guest: Page, stack: Stack, tokens: str) -> None:
    """A control: the other forgeries are not rejected for how they are delivered."""
    forge_id_token(guest, stack, tokens)
    sign_in(guest, "alice")
    expect_signed_in(guest)
    expect(guest.locator(".gallery-status")).not_to_contain_text(REJECTED)


@pytest.mark.parametrize("headers", [{"alg": "none"}, {"alg": "HS256"}, {"kid": "unknown"}], ids=str)
def test_api_rejects_a_token_with_an_invalid_signature(
    guest: Page, stack: Stack, tokens: str, headers: dict[str, str]
) -> None:
    forge_id_token(guest, stack, tokens, headers=headers)
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
    expect(guest.locator(".tile, .label")).to_have_count(0)
    assert set(statuses) == {401}


def test_can_retry_when_the_provider_is_unreachable(page: Page, tokens: str) -> None:
    page.route(tokens, lambda route: route.abort())
    page.reload()
    expect(page.get_by_role("alert")).to_have_text(UNREACHABLE)

    page.unroute(tokens)
    page.get_by_role("button", name="Try again").click()
    expect_signed_in(page)


def test_asks_to_sign_in_after_the_session_expired(page: Page) -> None:
    page.evaluate("sessionStorage.setItem('refresh-token', 'expired')")
    page.context.clear_cookies()  # ends the session at the provider too
    page.reload()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    expect(page.locator("#welcome-error")).to_have_text("")
    expect(page).to_have_title("Image recognition")

    sign_in(page, "alice")
    expect_signed_in(page)


def test_reload_during_a_renewal_keeps_the_session(page: Page, stack: Stack, tokens: str) -> None:
    page.goto(f"{stack.page_url}#/label/Person")
    interrupted: list[Route] = []

    def keep_response(route: Route) -> None:
        assert route.fetch().status == 200  # the old refresh token is invalid now
        interrupted.append(route)

    page.route(tokens, keep_response, times=1)
    with page.expect_request(tokens):
        page.reload()
    wait_until(page, lambda: len(interrupted) == 1)

    page.reload()
    expect_signed_in(page)
    expect(page.get_by_role("heading", name="Photos with Person")).to_be_visible()
    assert urlsplit(page.url).query == ""


def test_reload_during_the_silent_sign_in_keeps_the_session(page: Page) -> None:
    page.evaluate("sessionStorage.setItem('refresh-token', 'expired')")
    authorize = re.compile("/oauth2/authorize")
    page.route(authorize, lambda route: route.abort("aborted"), times=1)
    with page.expect_event("requestfailed", lambda request: bool(authorize.search(request.url))):
        page.reload(wait_until="commit")

    page.reload()

    expect_signed_in(page)


def test_repeated_reloads_keep_the_session(page: Page) -> None:
    for _ in range(5):
        with suppress(Error):  # interrupted by the navigation before
            page.reload(wait_until="commit")
    expect_signed_in(page)
    expect(page.get_by_role("heading", name="Your photos", exact=True)).to_be_visible()


def test_renews_the_token_before_it_expires(page: Page, tokens: str) -> None:
    page.clock.install()
    page.reload()
    expect_signed_in(page)

    with page.expect_response(tokens) as renewal:
        page.clock.fast_forward("50:00")

    assert "grant_type=refresh_token" in (renewal.value.request.post_data or "")
    assert renewal.value.status == 200


def test_keeps_a_refresh_token_that_is_not_rotated(page: Page, tokens: str) -> None:
    change_token_response(tokens, page, refresh_token=None)
    kept = page.evaluate("sessionStorage.getItem('refresh-token')")
    page.reload()
    expect_signed_in(page)
    assert page.evaluate("sessionStorage.getItem('refresh-token')") == kept


def test_rejects_a_renewed_token_of_another_user(
    page: Page, stack: Stack, tokens: str, new_file: NewFile, api_url: str
) -> None:
    change_token_response(tokens, page, id_token=stack.token("bob"))
    page.route(f"{api_url}/uploads", lambda route: fulfill(route, status=401), times=1)
    page.set_input_files("#files", new_file())
    expect(page.locator(".error-box p")).to_have_text(INVALID)


def reject_current_token(page: Page, stack: Stack) -> list[str]:
    """Let the API reject the page's current token. Return the list of tokens that it receives."""
    seen: list[str] = []

    def respond(route: Route) -> None:
        token = route.request.headers.get("authorization", "")
        seen.append(token)
        if token == seen[0]:
            fulfill(route, status=401, json={"message": "Unauthorized"})
        else:
            route.continue_()

    page.route(f"{stack.api_url.rstrip('/')}/**", respond)
    return seen


def test_renews_a_rejected_token_once_for_all_requests(
    page: Page, stack: Stack, tokens: str, new_file: NewFile
) -> None:
    seen = reject_current_token(page, stack)
    renewals = record_requests(page, url=tokens)

    page.set_input_files("#files", [new_file() for _ in range(3)])

    expect_upload_phase(page, "done", 3)
    assert len(renewals) == 1
    assert len(set(seen)) == 2
    assert all(token.startswith("Bearer ey") for token in seen)


def test_shows_that_the_session_expired_and_signs_in_again(
    page: Page, stack: Stack, new_file: NewFile
) -> None:
    page.goto(f"{stack.page_url}#/label/Person")
    expect(page.get_by_role("heading", name="Photos with Person")).to_be_visible()
    page.evaluate("sessionStorage.setItem('refresh-token', 'expired')")
    reject_current_token(page, stack)
    page.set_input_files("#files", new_file())
    expect_sign_in_error(page, EXPIRED)
    expect(page.locator(".upload")).to_have_count(0)
    expect(page.get_by_role("heading", name="Photos with Person")).to_be_hidden()
    assert axe_violations(page) == []

    page.get_by_role("button", name="Sign in").click()  # the provider still has a session
    expect_signed_in(page)
    expect(page.get_by_role("heading", name="Photos with Person")).to_be_visible()


def test_signing_out_during_uploads_asks_first(page: Page, objects_url: str, new_file: NewFile) -> None:
    RequestGate(page, objects_url, "PUT")
    page.set_input_files("#files", [new_file(), new_file()])
    expect_upload_phase(page, "uploading", 2)
    dialogs: list[tuple[str, str]] = []
    sign_out = page.get_by_role("button", name="Sign out")

    def dismiss(dialog: Dialog) -> None:
        dialogs.append((dialog.type, dialog.message))
        dialog.dismiss()

    page.once("dialog", dismiss)
    sign_out.click()
    expect_upload_phase(page, "uploading", 2)
    expect(page.locator("body")).to_have_attribute("data-session", "in")

    page.once("dialog", lambda dialog: dialog.accept())
    sign_out.click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    expect(page.locator(".upload")).to_have_count(0)
    question = "2 photos are still uploading. Sign out and cancel?"
    assert dialogs == [("confirm", question)]


def test_signing_out_revokes_the_session_everywhere(
    page: Page, stack: Stack, tokens: str, new_file: NewFile
) -> None:
    page.set_input_files("#files", new_file())
    expect_upload_phase(page, "done")
    page.get_by_role("button", name="Close", exact=True).click()  # the viewer
    refresh = page.evaluate("sessionStorage.getItem('refresh-token')")

    with page.expect_request(re.compile(re.escape(stack.sign_in_url) + "/logout")):
        page.get_by_role("button", name="Sign out").click()

    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert page.evaluate("sessionStorage.length + localStorage.length") == 0
    expect(page.locator(".upload")).to_have_count(0)
    form = {"grant_type": "refresh_token", "client_id": "local-page", "refresh_token": refresh}
    assert page.request.post(tokens, form=form).json()["error"] == "invalid_grant"

    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("Username")).to_be_visible()


def test_signs_out_of_cognito_without_an_end_session_endpoint(
    page: Page, stack: Stack, page_url: str
) -> None:
    def remove_end_session_endpoint(route: Route) -> None:
        metadata = route.fetch().json()
        del metadata["end_session_endpoint"]
        fulfill(route, json=metadata)

    page.route(re.compile("openid-configuration"), remove_end_session_endpoint)
    page.reload()
    expect_signed_in(page)
    with page.expect_request(re.compile("/logout")) as sign_out:
        page.get_by_role("button", name="Sign out").click()
    query = parse_qs(urlsplit(sign_out.value.url).query)
    assert sign_out.value.url.startswith(f"{stack.sign_in_url}/logout?")
    assert (query["client_id"], query["logout_uri"]) == (["local-page"], [page_url])


def test_signs_out_other_tabs(page: Page, stack: Stack) -> None:
    other = page.context.new_page()
    other.goto(stack.page_url)
    other.get_by_role("button", name="Sign in").click()
    expect_signed_in(other)

    page.get_by_role("button", name="Sign out").click()

    expect(other.get_by_role("button", name="Sign in")).to_be_visible()
    assert other.evaluate("sessionStorage.length") == 0


def test_next_user_sees_no_data_of_the_previous_one(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 30).serve(page)
    page.locator(".tile-link").nth(1).click()
    page.get_by_role("button", name="Delete").click()
    expect(page.locator(".toast")).to_have_text(re.compile("Deleted picture-1.jpg"))
    expect(page).to_have_title("picture-2.jpg – Image recognition")
    page.get_by_role("button", name="Close").click()
    page.get_by_role("searchbox").fill("pers")
    expect(page.locator(".label")).to_have_count(1)

    page.evaluate("new BroadcastChannel('signed-out').postMessage(null)")  # as another tab does

    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    expect(page).to_have_title("Image recognition")
    expect(page.locator("#announcements p")).to_have_count(0)  # they disappear by themselves
    text = page.locator("body").inner_text()
    assert [word for word in ("alice", "picture-", "Person", "Deleted", "This month") if word in text] == []
    expect(page.locator(".tile, .label, .toast, .upload")).to_have_count(0)

    page.unroute_all()
    page.context.clear_cookies()
    sign_in(page, "bob")
    expect_signed_in(page, "bob@example.com")
    expect(page.locator("#search")).to_have_value("")
    page.go_back()
    expect(page.get_by_text("picture-2.jpg")).to_have_count(0)


def test_users_see_only_their_own_images(open_page: OpenPage, new_file: NewFile) -> None:
    file = new_file() | {"name": "shared.jpg"}
    alice, bob = open_page(user="alice"), open_page(user="bob")
    for page in (alice, bob):
        expect(page.locator(".tile").filter(has_text="shared.jpg")).to_have_count(0)
        puts = record_requests(page, method="PUT")
        upload_and_open(page, file)
        assert len(puts) == 1  # although the other user has the same bytes
        page.keyboard.press("Escape")
    upload_and_open(alice, new_file() | {"name": "private.jpg"})
    expect(alice).to_have_url(re.compile("#/image/"))

    with bob.expect_response(lambda response: response.status == 404) as not_found:
        bob.goto(alice.url)

    expect(bob.locator("#viewer")).to_contain_text(not_found.value.json()["detail"])
    bob.keyboard.press("Escape")
    expect(bob.locator(".tile").filter(has_text="shared.jpg")).to_have_count(1)
    expect(bob.locator(".tile").filter(has_text="private.jpg")).to_have_count(0)


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
    expect(guest.get_by_text("Upload photos")).to_be_visible()
    expect(guest.get_by_role("button", name="Sign out")).to_be_hidden()

    guest.set_input_files("#files", new_file())
    expect_upload_phase(guest, "done")
    assert not any(has_token)


def test_signed_out_page_is_accessible_and_never_scrolls_sideways(
    open_page: OpenPage, appearance: Json
) -> None:
    page = open_page(user=None, at="?code=x&state=y", **appearance)
    expect(page.get_by_role("alert")).to_have_text(INVALID)
    assert axe_violations(page) == []
    assert not scrolls_sideways(page)
