"""Ten everyday tasks, done by what a person sees. Prints clicks, keys and seconds."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.seeded_library import Picture, seed
from tests.browser.support import tiles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from local.stack import Stack
    from tests.browser.support import NewFile, OpenPage

MAX_SECONDS = 20.0
CAR = (("Car", "Vehicles and Automotive"), ("Vehicle", "Vehicles and Automotive"))
DOG, CAT = ("Dog", "Animals and Pets"), ("Cat", "Animals and Pets")
PERSON = ("Person", "Person Description")
COPY = "a5a5a5a5f0f0f0f0"  # perceptual hash
PICTURES = [
    *(Picture(f"parked {color}.jpg", CAR, color) for color in ("red", "blue", "gray", "orange", "white")),
    *(Picture(f"sunset {number}.jpg", ("Sunset",), "purple", hash=COPY) for number in range(4)),
    *(Picture(f"site {number}.jpg", (PERSON,), "yellow", missing=("HEAD",)) for number in range(5)),
    *(Picture(f"crowd {number}.jpg", (PERSON,), "brown", flags=("Violence",)) for number in range(15)),
    Picture("both.jpg", (DOG, CAT), "green"),
    *(Picture(f"dog {number}.jpg", (DOG,), "green") for number in range(3)),
    *(Picture(f"cat {number}.jpg", (CAT,), "black") for number in range(3)),
    Picture("trip.jpg", ("Beach",), "teal", added_at=datetime(2025, 7, 14, 9, tzinfo=UTC)),
    Picture("scan.jpg", rejection="broken"),
]


@dataclass
class Person:
    """Somebody who uses the page; counts what they do."""

    page: Page
    report: Callable[[str], None]
    clicks: int = 0
    keys: int = 0

    def click(self, element: Locator) -> None:
        element.click()
        self.clicks += 1

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.keys += 1

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.keys += len(text)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name)

    @contextmanager
    def task(self, title: str) -> Iterator[None]:
        started = time.monotonic()
        yield
        seconds = time.monotonic() - started
        self.report(f"{title}: {self.clicks} clicks, {self.keys} keys, {seconds:.1f} s")
        assert seconds < MAX_SECONDS


@pytest.fixture
def person(open_page: OpenPage, stack: Stack, capsys: pytest.CaptureFixture[str]) -> Person:
    seed(stack, PICTURES)
    page = open_page()
    expect(page.get_by_role("link", name="parked red.jpg")).to_be_visible()

    def report(text: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n  {text}")

    return Person(page, report)


def photo(page: Page, name: str) -> Locator:
    return page.get_by_role("list", name="Photos").get_by_role("link", name=name)


def test_find_the_orange_car(person: Person) -> None:
    with person.task("Find the orange car"):
        person.click(person.button("Car 5"))
        person.click(person.button("Orange"))
        expect(tiles(person.page)).to_have_count(1)
        expect(photo(person.page, "parked orange.jpg")).to_be_visible()


def test_delete_all_copies(person: Person) -> None:
    page = person.page
    page.on("dialog", lambda dialog: dialog.accept())
    with person.task("Delete all copies of a photo"):
        person.click(photo(page, "sunset 0.jpg"))
        person.click(page.get_by_text("Similar photos"))
        person.click(person.button("Delete 3 similar photos"))
        expect(page.get_by_text("3 photos deleted.").first).to_be_visible()
        person.press("Escape")
        expect(photo(page, "sunset 0.jpg")).to_be_visible()
        expect(photo(page, "sunset 1.jpg")).to_be_hidden()


def test_export_everyone_without_a_helmet(person: Person) -> None:
    page = person.page
    with person.task("Export everyone without a helmet as CSV"):
        person.press("/")
        person.type("missing:helmet")
        person.press("Enter")
        expect(tiles(page)).to_have_count(5)
        person.click(person.button("Export"))
        with page.expect_download() as download:
            person.click(page.get_by_role("menuitem", name="CSV"))
        rows = Path(download.value.path()).read_text("utf-8-sig").splitlines()
        assert len(rows) == 6
        assert all("site " in row for row in rows[1:])


def test_approve_twenty_flagged_photos_by_keys(person: Person) -> None:
    page = person.page
    with person.task("Approve 20 flagged photos by keys"):
        person.click(page.get_by_role("link", name="Review"))
        expect(page.get_by_text("1 of 20")).to_be_visible()
        for _ in range(20):
            person.press("a")
        expect(page.get_by_text("All photos reviewed").first).to_be_visible()
        expect(page.get_by_text("20 approved, 0 hidden, 0 skipped.").first).to_be_visible()


def test_tag_a_selection(person: Person) -> None:
    page = person.page
    with person.task("Tag a selection"):
        photo(page, "parked red.jpg").hover()
        person.click(page.get_by_role("checkbox", name="Select parked red.jpg"))
        page.keyboard.down("Shift")
        person.click(page.get_by_role("checkbox", name="Select parked white.jpg"))
        page.keyboard.up("Shift")
        expect(page.get_by_text("5 selected")).to_be_visible()
        person.click(person.button("Tag"))
        person.type("for sale")
        person.press("Enter")
        expect(page.get_by_text("5 photos tagged “for sale”.").first).to_be_visible()


def test_keep_a_favorite(person: Person) -> None:
    page = person.page
    with person.task("Mark a favorite, and find it again"):
        person.click(photo(page, "parked blue.jpg"))
        favorite = page.get_by_role("dialog").get_by_role("button", name="Favorite")
        expect(favorite).to_be_visible()
        person.press("f")
        expect(favorite).to_have_attribute("aria-pressed", "true")
        person.press("Escape")
        person.click(page.get_by_role("link", name="Favorites"))
        expect(tiles(page)).to_have_count(1)
        expect(photo(page, "parked blue.jpg")).to_be_visible()


def test_exclude_a_label(person: Person) -> None:
    page = person.page
    with person.task("Find dogs without cats"):
        person.click(person.button("Dog 4"))
        page.get_by_role("button", name="Cat 4").hover()
        person.click(person.button("Exclude Cat"))
        expect(tiles(page)).to_have_count(3)
        expect(photo(page, "both.jpg")).to_be_hidden()


def test_find_a_photo_of_a_month(person: Person) -> None:
    page = person.page
    with person.task("Go to the oldest month"):
        page.get_by_role("slider", name="Timeline").focus()
        person.press("End")
        expect(photo(page, "trip.jpg")).to_be_visible()


def test_upload_a_photo_and_see_what_is_in_it(person: Person, new_file: NewFile) -> None:
    page = person.page
    with person.task("Upload a photo, and see what is in it"):
        with page.expect_file_chooser() as chooser:
            person.click(page.get_by_text("Upload", exact=True))
        chooser.value.set_files(new_file("chelsea.jpg"))
        viewer = page.get_by_role("dialog", name="chelsea.jpg")
        expect(viewer.get_by_role("button", name="Cat").first).to_be_visible()


def test_clean_up_what_failed(person: Person) -> None:
    page = person.page
    with person.task("See what failed, and delete it"):
        person.click(page.get_by_role("link", name="Needs attention"))
        expect(page.get_by_text("The picture is damaged").first).to_be_visible()
        person.click(person.button("Delete: scan.jpg"))
        expect(page.get_by_text("Nothing needs your attention.")).to_be_visible()
