"""Waiting for the result: as often as asked, as long as somebody looks, and with a way on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

from tests.browser.support import goes_on, hold_time, look_away, pending, shows

if TYPE_CHECKING:
    from tests.browser.support import Document, Fresh

SLOW = "This is taking longer than usual. Your photo is uploaded and safe."
PENDING_PATIENCE = 181_000  # a second more than the page waits


def test_a_wait_that_is_given_up_can_go_on(page: Page, images: str, uploads: str, fresh: Fresh) -> None:
    page.clock.install()
    page.route(images, pending)
    with page.expect_response(images):
        page.set_input_files("#files", fresh())
    page.clock.fast_forward(PENDING_PATIENCE)
    shows(page, SLOW, "Keep waiting")

    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.unroute(images)
    page.clock.resume()
    goes_on(page, "Keep waiting")
    assert uploads not in asked


def asks(page: Page, images: str, file: Document) -> tuple[str, list[str]]:
    """The address that was asked once for a picture in work, and all that are asked from then on."""
    page.clock.install()
    asked: list[str] = []
    page.route(images, lambda route: (asked.append(route.request.url), pending(route, "10")))
    with page.expect_response(images) as first:
        page.set_input_files("#files", file)
    first.value.finished()
    hold_time(page)
    return first.value.url, asked


def test_it_asks_as_often_as_it_is_told_to(page: Page, images: str, fresh: Fresh) -> None:
    url, asked = asks(page, images, fresh())
    page.clock.run_for(5_000)
    assert asked.count(url) == 1

    with page.expect_response(url):
        page.clock.run_for(5_000)
    assert asked.count(url) == 2


def test_it_asks_less_often_the_longer_it_takes(page: Page, images: str, fresh: Fresh) -> None:
    url, asked = asks(page, images, fresh())
    with page.expect_response(url) as second:
        page.clock.fast_forward(150_000)
    second.value.finished()
    page.clock.run_for(14_000)
    assert asked.count(url) == 2

    with page.expect_response(url):
        page.clock.run_for(4_000)
    assert asked.count(url) == 3


def test_a_hidden_tab_does_not_ask(page: Page, images: str, fresh: Fresh) -> None:
    url, asked = asks(page, images, fresh())
    look_away(page)
    page.clock.run_for(600_000)
    assert asked.count(url) == 1

    page.unroute(images)
    look_away(page, False)
    page.clock.resume()
    expect(page.locator(".upload")).to_have_attribute("data-phase", "done")


def test_the_gallery_waits_for_what_the_list_no_longer_does(page: Page, images: str, fresh: Fresh) -> None:
    page.route(images, pending)
    with page.expect_response(images):
        page.set_input_files("#files", fresh())
    page.get_by_role("button", name="Cancel astronaut.jpg").click()
    expect(page.locator(".upload")).to_have_count(0)
    newest = page.locator(".tile").first
    expect(newest).to_have_attribute("data-status", "pending")

    page.unroute(images)
    expect(newest).to_have_attribute("data-status", "done")


def test_a_hiccup_while_waiting_is_no_failure(page: Page, images: str, fresh: Fresh) -> None:
    page.route(images, lambda route: route.abort(), times=2)
    page.set_input_files("#files", fresh())

    expect(page.locator(".upload")).to_have_attribute("data-phase", "done")
