"""A reload fetches no thumbnail and no preview again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from playwright.sync_api import CDPSession, Page, expect

from tests.browser.support import tiles, upload_and_open
from tests.browser.viewer_support import get_viewer

if TYPE_CHECKING:
    from tests.browser.support import NewFile, OpenPage


class Pictures:
    """The thumbnails and previews that the page asks for: all of them, and those from the browser's cache.

    Intercepting requests would disable the cache, so the tests only listen.
    """

    def __init__(self, session: CDPSession) -> None:
        self._kinds: dict[str, str] = {}
        self._cached: set[str] = set()
        session.on("Network.requestWillBeSent", self._on_request)
        session.on("Network.requestServedFromCache", lambda event: self._cached.add(event["requestId"]))
        session.on("Network.responseReceived", self._on_response)
        session.send("Network.enable")

    def _on_request(self, event: dict[str, Any]) -> None:
        kind = re.search(r"\.(preview|thumb)\.webp\?", event["request"]["url"])
        if kind:
            self._kinds[event["requestId"]] = kind[1]

    def _on_response(self, event: dict[str, Any]) -> None:
        if event["response"].get("fromDiskCache"):
            self._cached.add(event["requestId"])

    def clear(self) -> None:
        self._kinds.clear()
        self._cached.clear()

    @property
    def requested(self) -> set[str]:
        return set(self._kinds.values())

    @property
    def fetched(self) -> list[str]:
        return [kind for request, kind in self._kinds.items() if request not in self._cached]


def expect_preview(page: Page) -> None:
    expect(get_viewer(page)).to_have_attribute("data-ready", "")
    expect(get_viewer(page).locator('.image-view-img[src*=".preview.webp"]')).to_be_visible()


def reload_viewer_and_gallery(page: Page) -> None:
    page.reload()
    expect_preview(page)
    page.keyboard.press("Escape")
    expect(get_viewer(page)).to_be_hidden()
    page.reload()
    expect(tiles(page).locator("img")).to_have_count(2)
    tiles(page).locator("img").evaluate_all("(images) => Promise.all(images.map((image) => image.decode()))")
    tiles(page).first.locator(".tile-link").click()
    expect_preview(page)


def test_a_reload_fetches_no_picture_again(open_page: OpenPage, new_file: NewFile) -> None:
    page = open_page()
    upload_and_open(page, new_file("chelsea.jpg"))
    page.keyboard.press("Escape")
    expect(get_viewer(page)).to_be_hidden()  # it moves the focus: a photo opens only if it stays
    upload_and_open(page, new_file())
    expect_preview(page)
    pictures = Pictures(page.context.new_cdp_session(page))
    for _ in range(2):  # the links may change during the first round, but then not soon again
        pictures.clear()
        reload_viewer_and_gallery(page)
        assert pictures.requested == {"preview", "thumb"}
        if pictures.fetched == []:
            break
    assert pictures.fetched == []
