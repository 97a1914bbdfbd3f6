"""Users see only their own data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

from tests.browser.fake_library import FakeLibrary
from tests.browser.support import expect_signed_in, record_requests, sign_in, upload_and_open

if TYPE_CHECKING:
    from local.stack import Stack
    from tests.browser.support import NewFile, OpenPage


def test_next_user_sees_no_data_of_the_previous_one(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 30).serve(page)
    page.locator(".tile-link").nth(1).click()
    page.get_by_role("button", name="Delete").click()
    expect(page.locator(".toast")).to_have_text(re.compile("Deleted picture-1.jpg"))
    expect(page).to_have_title("picture-2.jpg – Glimpse")
    page.get_by_role("button", name="Close").click()
    page.get_by_role("combobox", name="Search photos").fill("pers")
    expect(page.locator(".suggestion", has_text="Person")).to_be_visible()

    page.evaluate("new BroadcastChannel('signed-out').postMessage(null)")  # as another tab does

    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    expect(page).to_have_title("Glimpse")
    expect(page.locator("#announcements p")).to_have_count(0)  # they disappear by themselves
    text = page.locator("body").inner_text()
    assert [word for word in ("alice", "picture-", "Person", "Deleted", "This month") if word in text] == []
    expect(page.locator(".tile, .facet, .toast, .upload")).to_have_count(0)

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
