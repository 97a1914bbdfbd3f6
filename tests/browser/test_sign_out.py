"""Sign-out: in this tab, in other tabs, and at the provider."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, Route, expect

from tests.browser.support import (
    RequestGate,
    expect_signed_in,
    expect_upload_phase,
    forget_token,
    freeze_clock,
    fulfill,
    route_first,
    sign_in,
    sign_out,
    wait_until,
)

if TYPE_CHECKING:
    from playwright.sync_api import Dialog

    from local.stack import Stack
    from tests.browser.support import NewFile, OpenPage


def test_signing_out_during_uploads_asks_first(page: Page, objects_url: str, new_file: NewFile) -> None:
    RequestGate(page, objects_url, "PUT")
    page.set_input_files("#files", [new_file(), new_file()])
    expect_upload_phase(page, "uploading", 2)
    dialogs: list[tuple[str, str]] = []

    def dismiss(dialog: Dialog) -> None:
        dialogs.append((dialog.type, dialog.message))
        dialog.dismiss()

    page.once("dialog", dismiss)
    sign_out(page)
    expect_upload_phase(page, "uploading", 2)
    expect(page.locator("body")).to_have_attribute("data-session", "in")

    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    expect(page.locator(".upload")).to_have_count(0)
    question = "2 photos are still uploading. Sign out and cancel?"
    assert dialogs == [("confirm", question)]


def test_signing_out_revokes_the_session_everywhere(
    page: Page, stack: Stack, page_url: str, token_url: str, new_file: NewFile
) -> None:
    page.set_input_files("#files", new_file())
    expect_upload_phase(page, "done")
    page.get_by_role("button", name="Close", exact=True).click()  # the viewer
    refresh = page.evaluate("sessionStorage.getItem('refresh-token')")

    with page.expect_request(re.compile(re.escape(stack.sign_in_url) + "/logout")) as logout:
        sign_out(page)

    query = parse_qs(urlsplit(logout.value.url).query)
    [hint] = query.pop("id_token_hint")
    assert stack.sign_in.tokens.is_id_token(hint)
    assert query == {
        "client_id": ["local-page"],
        "logout_uri": [page_url],
        "post_logout_redirect_uri": [page_url],
    }
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert page.evaluate("sessionStorage.length + localStorage.length") == 0
    expect(page.locator(".upload")).to_have_count(0)
    form = {"grant_type": "refresh_token", "client_id": "local-page", "refresh_token": refresh}
    assert page.request.post(token_url, form=form).json()["error"] == "invalid_grant"

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
    with page.expect_request(re.compile("/logout")) as logout:
        sign_out(page)
    query = parse_qs(urlsplit(logout.value.url).query)
    assert logout.value.url.startswith(f"{stack.sign_in_url}/logout?")
    assert query == {
        "client_id": ["local-page"],
        "logout_uri": [page_url],
        "post_logout_redirect_uri": [page_url],
    }


def test_signs_out_other_tabs(page: Page, stack: Stack) -> None:
    other = page.context.new_page()
    other.goto(stack.page_url)
    expect_signed_in(other)

    sign_out(page)

    expect(other.get_by_role("button", name="Sign in")).to_be_visible()
    assert other.evaluate("sessionStorage.length") == 0


def test_signing_out_in_another_tab_stops_a_renewal(
    open_page: OpenPage, stack: Stack, objects_url: str, new_file: NewFile
) -> None:
    page = open_page(user=None)
    page.clock.install()
    sign_in(page, "alice")
    page.evaluate("sessionStorage.removeItem('refresh-token')")
    freeze_clock(page)
    page.evaluate("""() => {
      const open = caches.open.bind(caches), remove = caches.delete.bind(caches);
      const isReleased = new Promise((resolve) => (window.release = resolve));
      caches.open = async (name) => {
        window.isSaving = true;
        await isReleased;
        return open(name);
      };
      caches.delete = async (name) => (window.isDropped = (await remove(name)) || window.isDropped);
    }""")
    other = page.context.new_page()
    other.goto(stack.page_url)
    expect_signed_in(other)
    other.route(re.compile("/logout"), lambda route: route.abort())  # the session at the provider goes on
    gate = RequestGate(page, objects_url, "PUT")
    page.set_input_files("#files", [new_file() for _ in range(7)])
    gate.wait_for(6)
    page.clock.fast_forward("55:00")
    gate.release()
    wait_until(page, lambda: bool(page.evaluate("window.isSaving")))

    sign_out(other)
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    page.evaluate("window.release()")
    wait_until(page, lambda: bool(page.evaluate("window.isDropped")))

    assert page.evaluate("sessionStorage.length") == 0
    assert page.evaluate("caches.keys()") == []
    assert urlsplit(page.url).path == "/"
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_a_renewal_that_ends_after_sign_out_is_ignored(page: Page) -> None:
    forget_token(page)
    page.evaluate("sessionStorage.removeItem('refresh-token')")
    authorize = re.compile("/oauth2/authorize")
    held: list[Route] = []
    route_first(page, authorize, lambda route: held.append(route))
    page.reload(wait_until="commit")
    wait_until(page, lambda: len(held) == 1)
    response = page.request.get(held[0].request.url, max_redirects=0)
    held[0].abort("aborted")

    page.evaluate("sessionStorage.removeItem('user')")
    page.goto(response.headers["location"])

    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert page.evaluate("sessionStorage.length") == 0


def test_signing_out_in_another_tab_during_the_exchange_of_the_code_stops_a_renewal(
    page: Page, page_url: str, token_url: str
) -> None:
    forget_token(page)
    page.evaluate("sessionStorage.removeItem('refresh-token')")
    gate = RequestGate(page, token_url)
    page.reload(wait_until="commit")
    gate.wait_for(1)
    other = page.context.new_page()
    other.goto(page_url)
    expect_signed_in(other)
    other.evaluate("new BroadcastChannel('signed-out').postMessage(null)")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()

    with page.expect_response(token_url):
        gate.release()
    page.wait_for_load_state("networkidle")

    expect(page.locator("#welcome-error")).to_have_text("")
    assert page.evaluate("sessionStorage.length") == 0
