"""Take the pictures in the README: `make screenshots`."""

from __future__ import annotations

import io
import os
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from local.settings import stack_parameters
from local.stack import Stack
from tests.browser.photographs import photographs
from tests.browser.support import sign_in

DOCS = Path(__file__).parents[2] / "docs"
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
TIMEOUT_MS = 120_000
PHOTOS = 36
TOUR_PHOTOS = 8
TOUR_SIZE = (1080, 675)
STEP_MS = 250
QUALITY = 82


def main() -> None:
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if executable is None:
        sys.exit("Chromium is missing. Install it (apt-get install chromium) or set CHROMIUM to its path.")
    expect.set_options(timeout=TIMEOUT_MS)
    with Stack(parameters=stack_parameters(os.environ)) as stack, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        record_tour(open_page(browser, stack, "bob", DESKTOP, "light"))
        page = open_page(browser, stack, "alice", DESKTOP, "light")
        upload(page, PHOTOS)
        save(page, "gallery")
        open_photo(page, "Cup")
        save(page, "page")
        for name, size in (("gallery-dark", DESKTOP), ("phone", PHONE)):
            page = open_page(browser, stack, "alice", size, "dark" if size == DESKTOP else "light")
            expect_photos(page)
            save(page, name)
        browser.close()


def open_page(browser: Browser, stack: Stack, user: str, size: ViewportSize, scheme: str) -> Page:
    """Open the page in a context of its own, and sign in."""
    page = browser.new_page(
        viewport=size, color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce"
    )
    page.set_default_timeout(TIMEOUT_MS)
    page.goto(stack.page_url)
    sign_in(page, user)
    return page


def upload(page: Page, count: int) -> None:
    page.set_input_files("#files", list(photographs(count)))
    expect(page.locator("#upload-summary")).to_have_text(f"{count} photos uploaded")
    page.reload()  # removes the list of uploads, and sorts by the time that each was added
    page.get_by_label("Order").select_option("taken")
    expect_photos(page)


def expect_photos(page: Page) -> None:
    expect(page.locator('.tile[data-status="done"] img').first).to_be_visible()
    expect(page.locator("#label-groups button").first).to_be_attached()  # a phone doesn't show it
    page.locator(".tile img").evaluate_all("(images) => Promise.all(images.map((image) => image.decode()))")


def open_photo(page: Page, label: str) -> None:
    page.get_by_role("list", name="Photos").get_by_role("link", name=label).first.click()
    expect(page.locator("#viewer")).to_have_attribute("data-ready", "")
    page.locator("#viewer .image-view-img").evaluate("(image) => image.decode()")


def save(page: Page, name: str) -> None:
    page.mouse.move(0, 0)
    capture(page).save(DOCS / f"{name}.webp", quality=QUALITY, method=6)


def capture(page: Page) -> Image.Image:
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


@dataclass
class Animation:
    """Frames of a page, each with the time that it is shown."""

    page: Page
    frames: list[Image.Image] = field(default_factory=list)
    durations: list[int] = field(default_factory=list)

    def add(self, milliseconds: int) -> None:
        frame = capture(self.page).resize(TOUR_SIZE, Image.Resampling.LANCZOS)
        if self.frames and frame.tobytes() == self.frames[-1].tobytes():
            self.durations[-1] += milliseconds
        else:
            self.frames.append(frame)
            self.durations.append(milliseconds)

    def save(self, file: Path) -> None:
        first, *rest = self.frames
        first.save(
            file,
            save_all=True,
            append_images=rest,
            duration=self.durations,
            loop=0,
            quality=QUALITY,
            method=6,
        )


def record_tour(page: Page) -> None:
    """Record an upload, the boxes on a photo, and a search."""
    animation = Animation(page)
    expect(page.get_by_text("No photos yet")).to_be_visible()
    animation.add(1200)
    page.set_input_files("#files", list(photographs(TOUR_PHOTOS)))
    summary = page.locator("#upload-summary")
    while summary.text_content() != f"{TOUR_PHOTOS} photos uploaded":
        animation.add(STEP_MS)
    page.get_by_role("button", name="Close uploads").click()
    expect_photos(page)
    expect(
        page.get_by_role("navigation").get_by_role("link", name=f"All photos {TOUR_PHOTOS}")
    ).to_be_visible()
    animation.add(1200)
    open_photo(page, "Cup")
    animation.add(1200)
    page.locator("#viewer").get_by_role("button", name="Cup").first.hover()
    animation.add(1500)
    page.keyboard.press("Escape")
    expect(page.locator("#viewer")).to_be_hidden()
    page.mouse.move(0, 0)
    page.keyboard.press("/")
    for letter in "cat":
        page.keyboard.type(letter)
        animation.add(STEP_MS)
    suggestion = page.get_by_role("option", name="Cat, Label")
    expect(suggestion).to_be_visible()
    animation.add(1200)
    suggestion.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Cat")
    expect(page.locator(".tile")).to_have_count(1)
    expect(page.locator("#grid.stale")).to_have_count(0)
    animation.add(2500)
    animation.save(DOCS / "tour.webp")


if __name__ == "__main__":
    main()
