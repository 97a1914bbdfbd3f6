"""The queue of photos that need review: decisions by keys and buttons, mistakes, and failures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.seeded_library import Picture, seed
from tests.browser.support import UNREACHABLE, axe_violations, scrolls_sideways

if TYPE_CHECKING:
    from local.stack import Stack
    from tests.browser.support import Json, OpenPage

FLAGGED = Picture("crowd.jpg", ("Person",), "brown", flags=("Violence",))
WITHOUT_HELMET = Picture("site.jpg", ("Person",), "orange", missing=("HEAD",))
HARMLESS = Picture("cat.jpg", ("Cat",), "gray")


@pytest.fixture
def pictures(stack: Stack, empty_catalog: None) -> list[str]:
    return seed(stack, [FLAGGED, WITHOUT_HELMET, HARMLESS])


@pytest.fixture
def review(open_page: OpenPage, pictures: list[str]) -> Locator:
    review = open_review(open_page())
    expect(review).to_contain_text("1 of 2")
    return review


def open_review(page: Page) -> Locator:
    page.evaluate("location.hash = '#/review'")
    review = page.get_by_role("region", name="Review")
    expect(review.get_by_role("heading", level=1)).to_have_text("Review")
    return review


def test_shows_each_photo_with_the_reasons(review: Locator) -> None:
    expect(review).to_contain_text("1 of 2")
    expect(review.get_by_role("link", name="crowd.jpg")).to_be_visible()
    expect(
        review.get_by_role("list", name="Why this photo needs review").get_by_role("listitem")
    ).to_have_text(["Violence"])
    review.get_by_role("button", name="Skip").click()
    expect(review).to_contain_text("2 of 2")
    expect(review.get_by_role("listitem")).to_have_text(["No helmet"])


def test_decides_by_keys_and_says_what_was_decided(review: Locator) -> None:
    page = review.page
    page.keyboard.press("a")
    expect(review).to_contain_text("2 of 2")
    page.keyboard.press("h")
    expect(review).to_contain_text("All photos reviewed")
    expect(review).to_contain_text("1 approved, 1 hidden, 0 skipped.")
    page.reload()
    expect(review).to_contain_text("Nothing to review")


def test_a_decision_can_be_changed(review: Locator) -> None:
    page = review.page
    page.keyboard.press("a")
    expect(review).to_contain_text("2 of 2")
    page.keyboard.press("ArrowLeft")
    expect(review.get_by_role("button", name="Approve")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("h")
    page.keyboard.press("ArrowLeft")
    expect(review.get_by_role("button", name="Hide")).to_have_attribute("aria-pressed", "true")


def test_deletes_with_undo(review: Locator) -> None:
    page = review.page
    page.keyboard.press("Delete")
    expect(review).to_contain_text("1 of 1")
    expect(review.get_by_role("link", name="site.jpg")).to_be_visible()
    page.get_by_role("button", name="Undo deleting crowd.jpg").click()
    expect(review).to_contain_text("1 of 2")
    expect(review.get_by_role("link", name="crowd.jpg")).to_be_visible()


def test_a_decision_that_fails_leads_back_to_its_photo(review: Locator, images_url: str) -> None:
    page = review.page
    page.route(
        images_url, lambda route: route.abort() if route.request.method == "PATCH" else route.fallback()
    )
    page.keyboard.press("a")
    expect(page.locator("#toasts")).to_contain_text(f"crowd.jpg: {UNREACHABLE}")
    page.get_by_role("button", name="Show photo").click()
    expect(review).to_contain_text("1 of 2")
    expect(review.get_by_role("button", name="Approve")).to_have_attribute("aria-pressed", "false")


def test_returns_from_the_viewer_to_the_same_photo(review: Locator) -> None:
    page = review.page
    page.keyboard.press("ArrowRight")
    review.get_by_role("link", name="site.jpg").click()
    expect(page.locator("#viewer")).to_have_attribute("data-ready", "")
    page.keyboard.press("Escape")
    expect(page.locator("#viewer")).to_be_hidden()
    expect(review).to_contain_text("2 of 2")
    expect(page).to_have_title("Review – Glimpse")
    expect(review.get_by_role("heading", level=1)).to_be_focused()


def test_a_photo_that_is_deleted_in_the_viewer_leaves_the_queue(review: Locator) -> None:
    page = review.page
    review.get_by_role("link", name="crowd.jpg").click()
    expect(page.locator("#viewer")).to_have_attribute("data-ready", "")
    page.keyboard.press("Delete")
    page.keyboard.press("Escape")
    expect(review).to_contain_text("1 of 1")
    expect(review.get_by_role("link", name="site.jpg")).to_be_visible()


def test_the_viewer_steps_through_the_queue(review: Locator) -> None:
    page = review.page
    review.get_by_role("link", name="crowd.jpg").click()
    title = page.locator("#viewer-title")
    expect(title).to_have_text("crowd.jpg")
    page.keyboard.press("ArrowRight")
    expect(title).to_have_text("site.jpg")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#announcements")).to_contain_text("This is the last photo.")
    expect(title).to_have_text("site.jpg")
    page.keyboard.press("Escape")
    expect(review).to_contain_text("2 of 2")
    expect(review.get_by_role("link", name="site.jpg")).to_be_visible()
    page.evaluate("location.hash = '#/'")
    page.locator(".tile").nth(1).get_by_role("link").click()
    expect(page.locator("#viewer")).to_have_attribute("data-ready", "")
    page.keyboard.press("ArrowRight")
    expect(title).to_have_text("cat.jpg")


def test_a_photo_that_cannot_be_deleted_returns_to_the_queue(
    open_page: OpenPage, pictures: list[str], images_url: str
) -> None:
    page = open_page(short_delays=True)
    page.route(
        images_url, lambda route: route.abort() if route.request.method == "DELETE" else route.fallback()
    )
    review = open_review(page)
    expect(review).to_contain_text("1 of 2")
    page.keyboard.press("Delete")
    expect(page.locator("#toasts")).to_contain_text("Couldn’t delete")
    expect(review).to_contain_text("2 of 2")
    expect(review.get_by_role("link", name="site.jpg")).to_be_visible()
    page.get_by_role("button", name="Dismiss").click()

    page.keyboard.press("Delete")
    expect(review).to_contain_text("All photos reviewed")
    expect(page.locator("#toasts")).to_contain_text("Couldn’t delete")
    expect(review.get_by_role("link", name="site.jpg")).to_be_visible()
    expect(review).to_contain_text("2 of 2")
    page.keyboard.press("ArrowLeft")
    expect(review.get_by_role("link", name="crowd.jpg")).to_be_visible()


def emit(page: Page, name: str, identifier: str) -> None:
    """Tell the page what has become of a photo."""
    script = "([name, id]) => document.dispatchEvent(new CustomEvent(name, {detail: {id}}))"
    page.evaluate(script, [name, identifier])


def find_id(review: Locator, name: str) -> str:
    return (review.get_by_role("link", name=name).get_attribute("href") or "").split("/")[-1]


def test_a_photo_before_the_first_one_can_be_gone_back_to(review: Locator) -> None:
    page = review.page
    crowd = find_id(review, "crowd.jpg")
    emit(page, "image-hidden", crowd)
    previous = review.get_by_role("button", name="Previous")
    expect(previous).to_have_attribute("aria-disabled", "true")
    emit(page, "image-kept", crowd)
    expect(review).to_contain_text("2 of 2")
    expect(previous).not_to_have_attribute("aria-disabled", "true")
    previous.click()
    expect(review.get_by_role("link", name="crowd.jpg")).to_be_visible()


def test_keeps_the_focus_when_a_photo_returns_to_the_end(review: Locator) -> None:
    page = review.page
    page.keyboard.press("ArrowRight")
    site = find_id(review, "site.jpg")
    emit(page, "image-hidden", site)
    review.get_by_role("button", name="Previous").focus()
    emit(page, "image-kept", site)
    expect(review.get_by_role("link", name="site.jpg")).to_be_visible()
    expect(review.get_by_role("heading", level=1)).to_be_focused()


def test_does_not_take_the_focus_from_elsewhere_when_a_photo_returns(review: Locator) -> None:
    page = review.page
    page.keyboard.press("ArrowRight")
    site = find_id(review, "site.jpg")
    emit(page, "image-hidden", site)
    page.get_by_label("Search photos").focus()
    emit(page, "image-kept", site)
    expect(review.get_by_role("link", name="site.jpg")).to_be_visible()
    expect(page.get_by_label("Search photos")).to_be_focused()


def test_a_photo_returns_to_a_queue_that_has_become_shorter(review: Locator) -> None:
    page = review.page
    crowd = find_id(review, "crowd.jpg")
    page.keyboard.press("ArrowRight")
    site = find_id(review, "site.jpg")
    emit(page, "image-hidden", site)
    emit(page, "image-hidden", crowd)
    expect(review).to_contain_text("Nothing to review")
    emit(page, "image-kept", site)
    expect(review).to_contain_text("1 of 1")
    expect(review.get_by_role("link", name="site.jpg")).to_be_visible()


def test_leaves_for_the_gallery_without_losing_the_focus(review: Locator) -> None:
    page = review.page
    page.keyboard.press("a")
    expect(review).to_contain_text("2 of 2")
    page.evaluate("location.hash = '#/'")
    expect(page.get_by_role("heading", name="All photos")).to_be_focused()


def test_says_that_nothing_is_to_be_reviewed(page: Page) -> None:
    review = open_review(page)
    expect(review).to_contain_text("Nothing to review")
    assert axe_violations(page) == []


def test_keys_work_after_buttons(review: Locator) -> None:
    review.get_by_role("button", name="Approve").click()
    review.page.keyboard.press("h")
    expect(review).to_contain_text("All photos reviewed")


def test_is_accessible_and_fits(open_page: OpenPage, appearance: Json, pictures: list[str]) -> None:
    page = open_page(**appearance)
    review = open_review(page)
    expect(review).to_contain_text("1 of 2")
    assert axe_violations(page) == []
    assert not scrolls_sideways(page)
