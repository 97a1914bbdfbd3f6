"""Waiting for the result: as often as asked, as long as somebody looks, and with a way on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

from tests.browser.support import goes_on, pending, shows

if TYPE_CHECKING:
    from tests.browser.support import Fresh

SLOW = "This takes longer than usual. The picture has arrived, and nothing will be lost."
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


def test_it_asks_as_often_as_it_is_told_to(page: Page, images: str, fresh: Fresh) -> None:
    page.clock.install()
    asked: list[str] = []
    page.route(images, lambda route: (asked.append(route.request.url), pending(route, "7")))
    with page.expect_response(images) as first:
        page.set_input_files("#files", fresh())
    first.value.finished()
    page.clock.run_for(6_500)
    assert asked.count(first.value.url) == 1

    with page.expect_response(first.value.url):
        page.clock.run_for(1_000)
    assert asked.count(first.value.url) == 2


def test_it_asks_less_often_the_longer_it_takes(page: Page, images: str, fresh: Fresh) -> None:
    page.clock.install()
    asked: list[str] = []
    page.route(images, lambda route: (asked.append(route.request.url), pending(route)))
    with page.expect_response(images) as first:
        page.set_input_files("#files", fresh())
    first.value.finished()
    with page.expect_response(first.value.url) as second:
        page.clock.fast_forward(100_000)
    second.value.finished()
    page.clock.run_for(9_000)
    assert asked.count(first.value.url) == 2

    with page.expect_response(first.value.url):
        page.clock.run_for(3_000)
    assert asked.count(first.value.url) == 3


def test_a_hidden_tab_does_not_ask(page: Page, images: str, fresh: Fresh) -> None:
    look = """(hidden) => {
      Object.defineProperty(document, "hidden", {value: hidden, configurable: true});
      document.dispatchEvent(new Event("visibilitychange"));
    }"""
    page.clock.install()
    asked: list[str] = []
    page.route(images, lambda route: (asked.append(route.request.url), pending(route)))
    with page.expect_response(images) as first:
        page.set_input_files("#files", fresh())
    first.value.finished()
    page.evaluate(look, True)
    page.clock.run_for(600_000)
    assert asked.count(first.value.url) == 1

    page.unroute(images)
    page.evaluate(look, False)
    page.clock.resume()
    expect(page.locator(".row")).to_have_attribute("data-phase", "done")


def test_the_gallery_waits_for_what_the_list_no_longer_does(page: Page, images: str, fresh: Fresh) -> None:
    page.route(images, pending)
    with page.expect_response(images):
        page.set_input_files("#files", fresh())
    page.get_by_role("button", name="Cancel astronaut.jpg").click()
    expect(page.locator(".row")).to_have_count(0)
    newest = page.locator(".tile").first
    expect(newest).to_have_attribute("data-status", "pending")

    page.unroute(images)
    expect(newest).to_have_attribute("data-status", "done")


def test_a_hiccup_while_waiting_is_no_failure(page: Page, images: str, fresh: Fresh) -> None:
    page.route(images, lambda route: route.abort(), times=2)
    page.set_input_files("#files", fresh())

    expect(page.locator(".row")).to_have_attribute("data-phase", "done")
