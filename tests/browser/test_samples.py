"""The sample photos of an empty gallery, and the note about the local engine."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import Page, Route, expect

from local.rekognition.detectors.objects import ObjectModels
from local.rekognition.summary import summarize
from tests.browser.fake_library import FakeLibrary
from tests.browser.support import (
    RequestGate,
    expect_summary,
    record_requests,
    scrolls_sideways,
    sign_in,
    tiles,
)

if TYPE_CHECKING:
    from local.stack import Stack
    from tests.browser.support import NewFile, OpenPage

NAMES = ["Astronaut", "Cat", "Coffee"]
NOTE = summarize(ObjectModels())


def test_offers_three_samples_by_name_and_picture(page: Page, page_url: str) -> None:
    samples = page.get_by_role("group", name="Sample photos").get_by_role("button")
    expect(samples).to_have_text(NAMES)
    for name in NAMES:
        picture = page.get_by_role("button", name=name, exact=True).locator("img")
        picture.evaluate("(image) => image.decode()")
    urls = page.locator(".samples img").evaluate_all("(images) => images.map(({src}) => src)")
    (folder,) = {url.rpartition("/")[0] for url in urls}
    assert re.fullmatch(f"{re.escape(page_url)}[0-9a-f]{{16}}/samples", folder)
    assert urls == [f"{folder}/{name}.jpg" for name in ("astronaut", "chelsea", "coffee")]


def test_a_sample_is_uploaded_and_opened_like_a_chosen_file(page: Page) -> None:
    page.get_by_role("button", name="Cat", exact=True).press("Enter")
    viewer = page.locator("#viewer")
    expect(viewer).to_have_attribute("data-ready", "")
    expect(viewer.get_by_role("heading", name="chelsea.jpg")).to_be_visible()
    page.keyboard.press("Escape")
    expect(tiles(page).get_by_role("link", name=re.compile(r"^chelsea\.jpg: .*\bCat\b"))).to_be_visible()
    expect(page.locator(".samples")).to_have_count(0)
    expect(page.locator("#gallery :focus, #gallery-title:focus")).to_have_count(1)


def test_says_if_a_sample_cannot_be_loaded(page: Page) -> None:
    coffee = page.get_by_role("button", name="Coffee")
    coffee.locator("img").evaluate("(image) => image.decode()")
    page.route("**/samples/coffee.jpg", lambda route: route.fulfill(status=503))
    coffee.click()
    expect(page.locator("#notice")).to_have_text("The sample photo couldn’t be loaded. Try again.")
    page.unroute_all()
    coffee.click()
    expect(page.locator("#viewer")).to_have_attribute("data-ready", "")


def test_a_sample_can_be_chosen_again_after_a_click_while_offline(page: Page) -> None:
    page.route("**/samples/*", lambda route: route.fallback())  # without the browser's cache
    astronaut = page.get_by_role("button", name="Astronaut")
    astronaut.locator("img").evaluate("(image) => image.decode()")
    page.context.set_offline(True)
    astronaut.click()
    expect(page.locator("#notice")).to_have_text("The sample photo couldn’t be loaded. Try again.")
    expect(astronaut).to_be_focused()
    page.context.set_offline(False)
    astronaut.press("Enter")
    expect(page.locator("#viewer")).to_have_attribute("data-ready", "")
    expect(page.locator("#notice")).to_be_empty()


def test_a_sample_is_uploaded_once_however_often_it_is_clicked(page: Page, new_file: NewFile) -> None:
    photo = new_file()["buffer"]  # not yet in the bucket, unlike the sample after other tests
    page.route("**/samples/chelsea.jpg", lambda route: route.fulfill(body=photo))
    cat = page.get_by_role("button", name="Cat", exact=True)
    gate = RequestGate(page, "**/uploads", "POST")
    cat.dblclick()
    gate.wait_for(1)
    cat.click()
    gate.release()
    expect(page.locator("#viewer")).to_have_attribute("data-ready", "")
    expect_summary(page, "1 photo uploaded")


def test_loads_no_sample_while_there_are_photos(open_page: OpenPage, stack: Stack) -> None:
    page = open_page(user=None)
    FakeLibrary(stack, 3).serve(page)
    requested = record_requests(page)
    sign_in(page, "alice")
    expect(tiles(page)).to_have_count(3)
    assert [url for url in requested if url.startswith(stack.page_url) and "/samples/" in url] == []
    expect(page.locator(".samples")).to_have_count(0)


def test_samples_fit_on_a_phone(open_page: OpenPage) -> None:
    page = open_page(width=320, height=720)
    expect(page.locator(".sample")).to_have_count(3)
    assert not scrolls_sideways(page)


def test_says_what_the_local_engine_finds(page: Page, new_file: NewFile) -> None:
    expect(page.locator("#gallery").get_by_text(NOTE)).to_be_visible()
    page.set_input_files("#files", new_file())
    expect(page.locator("#viewer").get_by_text(NOTE)).to_be_visible()


def test_says_nothing_of_it_in_a_deployed_stack(
    open_page: OpenPage, stack: Stack, page_url: str, new_file: NewFile
) -> None:
    page = open_page(user=None)

    def leave_out_the_engine(route: Route) -> None:
        settings = route.fetch().json()
        del settings["engine"]
        route.fulfill(json=settings)

    page.route(f"{page_url}config.json", leave_out_the_engine)
    page.reload()
    sign_in(page, "alice")
    expect(page.locator(".sample")).to_have_count(3)
    expect(page.get_by_text("local engine")).to_have_count(0)
    page.set_input_files("#files", new_file())
    expect(page.locator("#viewer")).to_have_attribute("data-ready", "")
    expect(page.get_by_text("local engine")).to_have_count(0)
