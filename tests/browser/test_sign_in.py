"""Sign-in: the way to the provider and back, what is refused, how it is kept, and how it ends."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Error, Page, Route, expect

from tests.browser.collection import Collection
from tests.browser.support import answered, give_name, show, sign_in, until, violations

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Dialog

    from local.stack import Stack
    from tests.browser.support import Fresh

UNSAFE = "Your sign-in couldn't be verified. Sign in again."
CLOCK = "The time of the sign-in doesn't match your clock. Check that your device's clock is right."
UNREACHABLE = "Can't reach the service. Check your connection."
RUN_OUT = "Your sign-in has expired. Sign in again."
REFUSED = "The service rejected your sign-in. Sign out, then sign in again."


@pytest.fixture
def guest(open_page: Callable[..., Page]) -> Page:
    return open_page(user=None)


@pytest.fixture
def tokens(stack: Stack) -> str:
    return f"{stack.sign_in_url}/oauth2/token"


def is_signed_in(page: Page, email: str = "alice@example.com") -> None:
    expect(page.locator("#account-name")).to_have_text(email)
    expect(page.get_by_text("Upload photos")).to_be_visible()


def is_refused(page: Page, sentence: str) -> None:
    expect(page.get_by_role("alert")).to_have_text(sentence)
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert page.evaluate("sessionStorage.getItem('refresh-token')") is None


def changed(tokens: str, page: Page, **changes: Any) -> None:
    """The provider's own answer, with something in it changed."""

    def answer(route: Route) -> None:
        body = route.fetch().json()
        answered(route, json={name: value for name, value in (body | changes).items() if value is not None})

    page.route(tokens, answer, times=1)


def forge(page: Page, stack: Stack, tokens: str, **forgery: Any) -> None:
    """The provider's answers, with an ID token that is changed after the fact."""
    nonces: list[str] = []
    page.on("request", lambda request: nonces.extend(parse_qs(urlsplit(request.url).query).get("nonce", [])))

    def answer(route: Route) -> None:
        forged = stack.sign_in.token("alice", **{"nonce": nonces[0], **forgery})
        answered(route, json=route.fetch().json() | {"id_token": forged})

    page.route(tokens, answer)


def test_who_is_not_signed_in_sees_what_it_is_for_and_one_button(guest: Page) -> None:
    expect(guest.get_by_role("heading", level=1)).to_have_text("See what's in your photos")
    expect(guest.get_by_role("button")).to_have_text(["Sign in"])
    expect(guest.get_by_text("Upload photos")).to_be_hidden()


def test_the_whole_way(guest: Page, stack: Stack) -> None:
    with guest.expect_request(re.compile("/oauth2/authorize")) as asked:
        sign_in(guest, "alice")
    query = parse_qs(urlsplit(asked.value.url).query)

    assert query["code_challenge_method"] == ["S256"]
    assert query["redirect_uri"] == [stack.page_url.rstrip("/") + "/"]
    assert len({*query["state"], *query["nonce"], *query["code_challenge"]}) == 3
    is_signed_in(guest)
    assert guest.url == stack.page_url.rstrip("/") + "/"


def test_the_place_that_was_wanted_is_there_afterwards(open_page: Callable[..., Page], stack: Stack) -> None:
    page = open_page(user=None, at="#/label/Person")
    sign_in(page, "bob")
    is_signed_in(page, "bob@example.com")
    assert page.url == f"{stack.page_url.rstrip('/')}/#/label/Person"


def test_no_token_is_where_it_would_outlive_the_tab(page: Page) -> None:
    assert page.evaluate("localStorage.length") == 0
    assert page.evaluate("Object.keys(sessionStorage)") == ["refresh-token"]
    assert page.evaluate("document.cookie") == ""
    assert page.evaluate("indexedDB.databases().then((all) => all.length)") == 0


def test_a_reload_does_not_sign_out(page: Page) -> None:
    page.reload()
    is_signed_in(page)


def test_an_answer_to_another_sign_in_is_not_used(open_page: Callable[..., Page], stack: Stack) -> None:
    page = open_page(user=None, at="?code=stolen&state=anothers")
    is_refused(page, UNSAFE)
    assert page.url == stack.page_url.rstrip("/") + "/"

    sign_in(page, "alice")
    is_signed_in(page)


def test_a_foreign_answer_does_not_sign_anybody_out(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.page_url}?code=stolen&state=anothers")
    is_signed_in(page)
    assert page.url == stack.page_url.rstrip("/") + "/"


def test_a_refusal_of_the_provider_is_told(guest: Page, stack: Stack) -> None:
    def refuse(route: Route) -> None:
        state = parse_qs(urlsplit(route.request.url).query)["state"][0]
        back = f"{stack.page_url}?error=access_denied&error_description=You+said+no&state={state}"
        route.fulfill(status=302, headers={"Location": back})

    guest.route(re.compile("/oauth2/authorize"), refuse, times=1)
    guest.get_by_role("button", name="Sign in").click()
    is_refused(guest, "Sign-in wasn't completed: You said no.")

    sign_in(guest, "alice")
    is_signed_in(guest)


@pytest.mark.parametrize(
    ("forgery", "sentence"),
    [
        ({"nonce": "of another sign-in"}, UNSAFE),
        ({"nonce": None}, UNSAFE),
        ({"iss": "https://elsewhere.example"}, UNSAFE),
        ({"aud": "another-page"}, UNSAFE),
        ({"aud": ["local-page", "another-page"]}, UNSAFE),
        ({"token_use": "access"}, UNSAFE),
        ({"sub": ""}, UNSAFE),
        ({"exp": 1_700_000_000}, CLOCK),
        ({"iat": 4_000_000_000, "exp": 4_000_003_600}, CLOCK),
    ],
    ids=str,
)
def test_a_token_that_is_not_right_is_not_used(
    guest: Page, stack: Stack, tokens: str, forgery: dict[str, Any], sentence: str
) -> None:
    forge(guest, stack, tokens, **forgery)
    give_name(guest, "alice")
    is_refused(guest, sentence)


def test_a_token_of_this_page_in_the_forgers_way_is_used(guest: Page, stack: Stack, tokens: str) -> None:
    """Else the forgeries might be refused for the way they come."""
    forge(guest, stack, tokens)
    sign_in(guest, "alice")
    is_signed_in(guest)
    expect(guest.locator(".gallery-status")).not_to_contain_text(REFUSED)


@pytest.mark.parametrize("headers", [{"alg": "none"}, {"alg": "HS256"}, {"kid": "unknown"}], ids=str)
def test_a_token_with_a_wrong_signature_gets_nothing_from_the_api(
    guest: Page, stack: Stack, tokens: str, headers: dict[str, str]
) -> None:
    forge(guest, stack, tokens, headers=headers)
    answers: list[int] = []
    guest.on(
        "response",
        lambda response: (
            answers.append(response.status)
            if response.url.startswith(stack.api_url) and response.request.method == "GET"
            else None
        ),
    )
    sign_in(guest, "alice")
    expect(guest.locator(".gallery-status .error-box p")).to_have_text(REFUSED)
    expect(guest.locator(".tile, .label")).to_have_count(0)
    assert set(answers) == {401}


def test_a_provider_that_is_down(page: Page, tokens: str) -> None:
    page.route(tokens, lambda route: route.abort())
    page.reload()
    expect(page.get_by_role("alert")).to_have_text(UNREACHABLE)

    page.unroute(tokens)
    page.get_by_role("button", name="Try again").click()
    is_signed_in(page)


def test_a_sign_in_that_has_run_out_meanwhile_begins_anew(page: Page) -> None:
    page.evaluate("sessionStorage.setItem('refresh-token', 'long gone')")
    page.context.clear_cookies()  # at the provider it has run out as well
    page.reload()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    expect(page.locator("#welcome-error")).to_have_text("")
    expect(page).to_have_title("Image recognition")

    sign_in(page, "alice")
    is_signed_in(page)


def test_a_reload_that_cuts_a_renewal_off_does_not_sign_out(page: Page, stack: Stack, tokens: str) -> None:
    page.goto(f"{stack.page_url}#/label/Person")
    cut_off: list[Route] = []

    def serve_in_vain(route: Route) -> None:
        assert route.fetch().status == 200  # the old refresh token is good no more
        cut_off.append(route)

    page.route(tokens, serve_in_vain, times=1)
    with page.expect_request(tokens):
        page.reload()
    until(page, lambda: len(cut_off) == 1)

    page.reload()
    is_signed_in(page)
    expect(page.get_by_role("heading", name="Photos with Person")).to_be_visible()
    assert urlsplit(page.url).query == ""


def test_a_reload_that_cuts_the_question_to_the_provider_off_does_not_sign_out(page: Page) -> None:
    page.evaluate("sessionStorage.setItem('refresh-token', 'long gone')")
    authorize = re.compile("/oauth2/authorize")
    page.route(authorize, lambda route: route.abort("aborted"), times=1)
    with page.expect_event("requestfailed", lambda request: bool(authorize.search(request.url))):
        page.reload(wait_until="commit")

    page.reload()

    is_signed_in(page)


def test_somebody_who_reloads_impatiently_stays_signed_in(page: Page) -> None:
    for _ in range(5):
        with suppress(Error):  # one that meets a navigation is lost
            page.reload(wait_until="commit")
    is_signed_in(page)
    expect(page.get_by_role("heading", name="Your photos", exact=True)).to_be_visible()


def test_the_token_is_renewed_before_it_runs_out(page: Page, tokens: str) -> None:
    page.clock.install()
    page.reload()
    is_signed_in(page)

    with page.expect_response(tokens) as renewal:
        page.clock.fast_forward("50:00")

    assert "grant_type=refresh_token" in (renewal.value.request.post_data or "")
    assert renewal.value.status == 200


def test_a_refresh_token_that_stays_is_kept(page: Page, tokens: str) -> None:
    changed(tokens, page, refresh_token=None)
    kept = page.evaluate("sessionStorage.getItem('refresh-token')")
    page.reload()
    is_signed_in(page)
    assert page.evaluate("sessionStorage.getItem('refresh-token')") == kept


def test_a_renewed_token_must_be_of_the_same_person(
    page: Page, stack: Stack, tokens: str, fresh: Fresh
) -> None:
    changed(tokens, page, id_token=stack.token("bob"))
    page.route(f"{stack.api_url.rstrip('/')}/uploads", lambda route: answered(route, status=401), times=1)
    page.set_input_files("#files", fresh())
    expect(page.locator(".error-box p")).to_have_text(UNSAFE)


def refuse_first_token(page: Page, stack: Stack) -> list[str]:
    """The API does not take the token that the page has now; gives the tokens it has seen."""
    seen: list[str] = []

    def answer(route: Route) -> None:
        token = route.request.headers.get("authorization", "")
        seen.append(token)
        if token == seen[0]:
            answered(route, status=401, json={"message": "Unauthorized"})
        else:
            route.continue_()

    page.route(f"{stack.api_url.rstrip('/')}/**", answer)
    return seen


def test_a_token_that_the_api_refuses_is_renewed_once_for_all(
    page: Page, stack: Stack, tokens: str, fresh: Fresh
) -> None:
    seen = refuse_first_token(page, stack)
    renewals: list[str] = []
    page.on("request", lambda request: renewals.append(request.url) if request.url == tokens else None)

    page.set_input_files("#files", [fresh() for _ in range(3)])

    expect(page.locator('.upload[data-phase="done"]')).to_have_count(3)
    assert len(renewals) == 1
    assert len(set(seen)) == 2
    assert all(token.startswith("Bearer ey") for token in seen)


def test_when_the_sign_in_has_run_out_the_page_says_so_and_begins_anew(
    page: Page, stack: Stack, fresh: Fresh
) -> None:
    page.goto(f"{stack.page_url}#/label/Person")
    expect(page.get_by_role("heading", name="Photos with Person")).to_be_visible()
    page.evaluate("sessionStorage.setItem('refresh-token', 'long gone')")
    refuse_first_token(page, stack)
    page.set_input_files("#files", fresh())
    is_refused(page, RUN_OUT)
    expect(page.locator(".upload")).to_have_count(0)
    expect(page.get_by_role("heading", name="Photos with Person")).to_be_hidden()
    assert violations(page) == []

    page.get_by_role("button", name="Sign in").click()  # the provider still knows who it is
    is_signed_in(page)
    expect(page.get_by_role("heading", name="Photos with Person")).to_be_visible()


def test_signing_out_with_uploads_under_way_asks_first(page: Page, objects: str, fresh: Fresh) -> None:
    page.route(objects, lambda route: None)
    page.set_input_files("#files", [fresh(), fresh()])
    expect(page.locator('.upload[data-phase="uploading"]')).to_have_count(2)
    asked: list[str] = []
    leave = page.get_by_role("button", name="Sign out")

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    page.once("dialog", stay)
    leave.click()
    expect(page.locator('.upload[data-phase="uploading"]')).to_have_count(2)
    is_signed_in(page)

    page.once("dialog", lambda dialog: dialog.accept())
    leave.click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    expect(page.locator(".upload")).to_have_count(0)
    sentence = "2 photos are still uploading. Sign out and cancel?"
    assert asked == [sentence]


def test_signing_out_ends_it_everywhere(page: Page, stack: Stack, tokens: str, fresh: Fresh) -> None:
    page.set_input_files("#files", fresh())
    expect(page.locator(".upload")).to_have_attribute("data-phase", "done")
    page.get_by_role("button", name="Close", exact=True).click()  # the picture
    refresh = page.evaluate("sessionStorage.getItem('refresh-token')")

    with page.expect_request(re.compile(re.escape(stack.sign_in_url) + "/logout")):
        page.get_by_role("button", name="Sign out").click()

    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert page.evaluate("sessionStorage.length + localStorage.length") == 0
    expect(page.locator(".upload")).to_have_count(0)
    form = {"grant_type": "refresh_token", "client_id": "local-page", "refresh_token": refresh}
    assert page.request.post(tokens, form=form).json()["error"] == "invalid_grant"

    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("User name")).to_be_visible()


def test_a_provider_without_discovered_sign_out_is_left_as_cognito_is(page: Page, stack: Stack) -> None:
    def without(route: Route) -> None:
        found = route.fetch().json()
        del found["end_session_endpoint"]
        answered(route, json=found)

    page.route(re.compile("openid-configuration"), without)
    page.reload()
    is_signed_in(page)
    with page.expect_request(re.compile("/logout")) as left:
        page.get_by_role("button", name="Sign out").click()
    query = parse_qs(urlsplit(left.value.url).query)
    assert left.value.url.startswith(f"{stack.sign_in_url}/logout?")
    assert (query["client_id"], query["logout_uri"]) == (["local-page"], [stack.page_url.rstrip("/") + "/"])


def test_other_tabs_are_signed_out_too(page: Page, stack: Stack) -> None:
    other = page.context.new_page()
    other.goto(stack.page_url)
    other.get_by_role("button", name="Sign in").click()
    is_signed_in(other)

    page.get_by_role("button", name="Sign out").click()

    expect(other.get_by_role("button", name="Sign in")).to_be_visible()
    assert other.evaluate("sessionStorage.length") == 0


def test_the_next_person_sees_nothing_of_the_former(page: Page, stack: Stack) -> None:
    Collection(stack, 30).serve(page)
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
    expect(page.locator("#announcements p")).to_have_count(0)  # they go by themselves
    seen = page.locator("body").inner_text()
    assert [word for word in ("alice", "picture-", "Person", "Deleted", "This month") if word in seen] == []
    expect(page.locator(".tile, .label, .toast, .upload")).to_have_count(0)

    page.unroute_all()
    page.context.clear_cookies()
    sign_in(page, "bob")
    is_signed_in(page, "bob@example.com")
    expect(page.locator("#search")).to_have_value("")
    page.go_back()
    expect(page.get_by_text("picture-2.jpg")).to_have_count(0)


def test_two_people_see_only_their_own(open_page: Callable[..., Page], fresh: Fresh) -> None:
    file = fresh() | {"name": "of-both.jpg"}
    alice, bob = open_page(user="alice"), open_page(user="bob")
    for page in (alice, bob):
        expect(page.locator(".tile").filter(has_text="of-both.jpg")).to_have_count(0)
        sent: list[str] = []
        page.on("request", lambda request, sent=sent: sent.append(request.method))
        show(page, file)
        assert "PUT" in sent  # the same bytes, yet nobody's but one's own are known
        page.keyboard.press("Escape")
    show(alice, fresh() | {"name": "of-alice.jpg"})
    expect(alice).to_have_url(re.compile("#/image/"))

    with bob.expect_response(lambda response: response.status == 404) as missing:
        bob.goto(alice.url)

    expect(bob.locator("#viewer")).to_contain_text(missing.value.json()["detail"])
    bob.keyboard.press("Escape")
    expect(bob.locator(".tile").filter(has_text="of-both.jpg")).to_have_count(1)
    expect(bob.locator(".tile").filter(has_text="of-alice.jpg")).to_have_count(0)


def test_without_sign_in_the_page_works_as_it_is(guest: Page, stack: Stack, fresh: Fresh) -> None:
    settings = f"{stack.page_url.rstrip('/')}/config.json"
    guest.route(settings, lambda route: route.fulfill(json={"apiUrl": stack.api_url}))
    authorized: list[bool] = []

    def as_alice(route: Route) -> None:
        authorized.append("authorization" in route.request.headers)
        headers = route.request.headers | {"authorization": f"Bearer {stack.token('alice')}"}
        route.continue_(headers=headers)

    guest.route(f"{stack.api_url.rstrip('/')}/**", as_alice)
    guest.reload()
    expect(guest.get_by_text("Upload photos")).to_be_visible()
    expect(guest.get_by_role("button", name="Sign out")).to_be_hidden()

    guest.set_input_files("#files", fresh())
    expect(guest.locator(".upload")).to_have_attribute("data-phase", "done")
    assert not any(authorized)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_the_welcome_is_for_everybody(open_page: Callable[..., Page], scheme: str, width: int) -> None:
    page = open_page(width=width, user=None, color_scheme=scheme, at="?code=x&state=y")
    expect(page.get_by_role("alert")).to_have_text(UNSAFE)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
