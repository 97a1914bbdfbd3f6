"""What makes the viewer quick: the thumbnail at once, neighbors in advance, results without another poll."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

from tests.browser.fake_library import FakeLibrary, image_id
from tests.browser.support import RequestGate, record_requests, wait_until
from tests.browser.viewer_support import expect_image, get_viewer, open_image

if TYPE_CHECKING:
    from local.stack import Stack

# What is shown in the same task as the viewer opens.
OPEN = """async (url) => {
  const find = () => document.querySelector(".image-view-img");
  const opened = new Promise((resolve) => {
    const observer = new MutationObserver(() => find() && resolve(find()));
    observer.observe(document.body, {subtree: true, childList: true});
  });
  location.hash = url;
  const img = await opened;
  const {width, height} = img.getBoundingClientRect();
  return [img.hidden, new URL(img.src).pathname.split("/")[2], width === height && width > 300];
}"""


def test_paints_the_thumbnail_at_its_final_place_at_once(page: Page, stack: Stack, images_url: str) -> None:
    FakeLibrary(stack, 3).serve(page)
    expect(page.locator(".tile img")).to_have_count(3)
    gate = RequestGate(page, images_url)
    assert page.evaluate(OPEN, f"#/image/{image_id(1)}") == [False, "thumbnail", True]
    thumbnail = page.locator(".image-view-img").bounding_box()
    gate.release()
    expect_image(page, 1)
    assert page.locator(".image-view-img").bounding_box() == thumbnail


def test_loads_the_neighbors_in_advance(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 5).serve(page)
    expect(page.locator(".tile img")).to_have_count(5)
    requests = record_requests(page)
    open_image(page, 2)
    wait_until(page, lambda: len(library.requested_ids) == 3)
    assert library.requested_ids == [image_id(2), image_id(3), image_id(1)]
    previews = [f"/preview/{image_id(number)[-6:]}/" for number in (2, 3, 1)]
    wait_until(page, lambda: all(any(preview in url for url in requests) for preview in previews))

    page.keyboard.press("ArrowRight")
    expect_image(page, 3)
    wait_until(page, lambda: len(library.requested_ids) == 4)
    assert library.requested_ids[3:] == [image_id(4)]  # 3 and 2 are there


def test_shows_a_result_as_soon_as_another_part_of_the_page_has_it(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 2)
    library.set_pending(0)
    library.serve(page)
    page.get_by_role("link", name=re.compile(r"^picture-0\.jpg")).click()
    expect(get_viewer(page)).to_contain_text("Results will appear here.")
    page.clock.install()  # the viewer's next request would be never
    library.set_done(0)
    page.evaluate(
        """(image) => { document.dispatchEvent(new CustomEvent("image-changed", {detail: {image}})); }""",
        library.images[image_id(0)],
    )
    expect_image(page, 0)


def test_loads_again_when_the_connection_is_back(page: Page, stack: Stack, images_url: str) -> None:
    FakeLibrary(stack, 2).serve(page)
    page.route(images_url, lambda route: route.abort())
    page.locator(".tile-link").first.click()
    expect(get_viewer(page).locator(".error-box")).to_be_visible()
    page.unroute(images_url)
    page.evaluate("() => { document.dispatchEvent(new CustomEvent('connection-restored')); }")
    expect_image(page, 0)
