"""What the owner says about a photo in the viewer, the photo's facts, and photos that are similar."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.fake_library import FakeLibrary, fulfill_problem, image_id
from tests.browser.support import axe_violations, tiles
from tests.browser.viewer_support import choose_action, expect_image, get_viewer, open_image

if TYPE_CHECKING:
    from playwright.sync_api import Dialog

    from local.stack import Stack
    from tests.browser.support import Json, OpenPage

CONFLICT = (
    "This photo was changed elsewhere. Its present values are shown. "
    "Save your change again if you still want it."
)
EXIF = {
    "TakenAt": "2026-10-03T16:05:06.250+02:00",
    "Camera": "Canon EOS R5",
    "Lens": "RF24-105mm F4 L IS USM",
    "ExposureTime": 0.004,
    "FNumber": 2.8,
    "Iso": 400,
    "FocalLength": 50,
}


@pytest.fixture
def library(page: Page, stack: Stack) -> FakeLibrary:
    library = FakeLibrary(stack, 6)
    library.change(0, tags=["sale", "old"])
    return library.serve(page)


def own(page: Page) -> Locator:
    return get_viewer(page).get_by_role("region", name="Your notes")


def tags(page: Page) -> Locator:
    return own(page).get_by_role("list", name="Your tags").get_by_role("listitem")


def test_adds_and_removes_tags(page: Page, library: FakeLibrary) -> None:
    library.change(5, tags=["summer holiday"])
    open_image(page, 0)
    expect(tags(page)).to_have_text(["sale", "old"])
    own(page).get_by_label("Add a tag").press_sequentially("new year")
    page.keyboard.press("Enter")
    expect(tags(page)).to_have_text(["sale", "old", "new year"])
    expect(own(page).get_by_label("Add a tag")).to_have_value("")
    own(page).get_by_label("Add a tag").press_sequentially("hol")
    expect(page.locator(".suggestion:visible")).to_have_text(["summer holiday1"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(tags(page)).to_have_text(["sale", "old", "new year", "summer holiday"])
    own(page).get_by_role("button", name="Remove tag old").focus()
    page.keyboard.press("Enter")
    expect(tags(page)).to_have_text(["sale", "new year", "summer holiday"])
    expect(own(page).get_by_label("Add a tag")).to_be_focused()
    assert library.patches == [
        (image_id(0), {"tags": ["sale", "old", "new year"]}, '"1"'),
        (image_id(0), {"tags": ["sale", "old", "new year", "summer holiday"]}, '"2"'),
        (image_id(0), {"tags": ["sale", "new year", "summer holiday"]}, '"3"'),
    ]
    own(page).get_by_role("link", name="summer holiday").click()
    expect(page.locator("#search-chips")).to_have_text("Tagsummer holiday")
    expect(tiles(page)).to_have_count(2)


def test_marks_a_favorite_and_decides(page: Page, library: FakeLibrary) -> None:
    open_image(page, 1)
    favorite = get_viewer(page).get_by_role("button", name="Favorite")
    favorite.click()
    expect(favorite).to_have_attribute("aria-pressed", "true")
    approve = own(page).get_by_role("button", name="Approve")
    approve.click()
    expect(approve).to_have_attribute("aria-pressed", "true")
    expect(own(page)).to_contain_text("Approved by alice@example.com on November 20, 2026")
    own(page).get_by_role("button", name="Hide").click()
    expect(own(page)).to_contain_text("Hidden by alice@example.com on November 20, 2026")
    expect(approve).to_have_attribute("aria-pressed", "false")
    own(page).get_by_role("button", name="Hide").click()
    expect(own(page)).not_to_contain_text("Hidden by")
    assert [body for _, body, _ in library.patches] == [
        {"favorite": True},
        {"decision": "approved"},
        {"decision": "hidden"},
        {"decision": None},
    ]
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="picture-1.jpg, favorite: no labels found")).to_be_focused()


def test_saves_a_caption_with_enter_or_when_it_loses_the_focus(page: Page, library: FakeLibrary) -> None:
    open_image(page, 0)
    caption = own(page).get_by_label("Caption")
    caption.fill("On the beach")
    caption.press("Enter")
    expect(caption).to_have_value("On the beach")
    caption.fill("On the <b>pier</b>")
    caption.press("Escape")  # leaves the field, not the viewer
    expect(own(page)).to_be_focused()
    caption.fill(" ")
    page.keyboard.press("Tab")
    expect(page.locator("#own-caption")).to_have_value("")
    page.keyboard.press("Escape")
    expect(get_viewer(page)).to_be_hidden()
    expected = [{"caption": "On the beach"}, {"caption": "On the <b>pier</b>"}, {"caption": None}]
    assert [body for _, body, _ in library.patches] == expected


def test_saves_a_caption_when_the_viewer_moves_on(page: Page, library: FakeLibrary) -> None:
    open_image(page, 0)
    own(page).get_by_label("Caption").fill("First")
    page.go_back()
    expect(get_viewer(page)).to_be_hidden()
    open_image(page, 1)
    expect(own(page).get_by_label("Caption")).to_have_value("")
    own(page).get_by_label("Caption").fill("Second")
    get_viewer(page).get_by_role("button", name="Next photo").click()
    expect_image(page, 2)
    get_viewer(page).get_by_role("button", name="Previous photo").click()
    expect_image(page, 1)
    expect(own(page).get_by_label("Caption")).to_have_value("Second")
    assert [(number, body) for number, body, _ in library.patches] == [
        (image_id(0), {"caption": "First"}),
        (image_id(1), {"caption": "Second"}),
    ]


def test_shows_a_conflict_and_the_present_values(page: Page, library: FakeLibrary) -> None:
    open_image(page, 0)
    library.change(0, tags=["from elsewhere"], caption="Elsewhere", revision=7)
    own(page).get_by_label("Add a tag").fill("mine")
    page.keyboard.press("Enter")
    expect(own(page).get_by_role("alert")).to_have_text(CONFLICT)
    expect(tags(page)).to_have_text(["from elsewhere"])
    expect(own(page).get_by_label("Caption")).to_have_value("Elsewhere")
    assert axe_violations(page) == []
    own(page).get_by_role("button", name="Save again").focus()
    page.keyboard.press("Enter")
    expect(tags(page)).to_have_text(["from elsewhere", "mine"])
    expect(own(page).get_by_role("alert")).to_have_count(0)
    expect(own(page)).to_be_focused()
    assert library.patches[-1] == (image_id(0), {"tags": ["from elsewhere", "mine"]}, '"7"')


def test_a_conflict_keeps_the_caption_that_was_written(page: Page, library: FakeLibrary) -> None:
    open_image(page, 0)
    library.change(0, caption="Elsewhere", revision=7)
    own(page).get_by_label("Caption").fill("Mine")
    page.keyboard.press("Enter")
    expect(own(page).get_by_role("alert")).to_have_text(CONFLICT)
    expect(own(page).get_by_label("Caption")).to_have_value("Mine")
    own(page).get_by_role("button", name="Save again").click()
    expect(own(page).get_by_role("alert")).to_have_count(0)
    assert library.images[image_id(0)]["caption"] == "Mine"


def test_shows_why_a_change_was_rejected(page: Page, library: FakeLibrary, images_url: str) -> None:
    open_image(page, 0)
    sentence = "A picture can have at most 50 tags."
    page.route(
        images_url,
        lambda route: (
            fulfill_problem(route, 400, "invalid-request", sentence)
            if route.request.method == "PATCH"
            else route.fallback()
        ),
    )
    own(page).get_by_label("Add a tag").fill("mine")
    page.keyboard.press("Enter")
    expect(own(page).get_by_role("alert")).to_have_text(sentence)
    expect(tags(page)).to_have_text(["sale", "old"])


def test_keys_in_a_field_are_text(page: Page, library: FakeLibrary) -> None:
    open_image(page, 0)
    caption = own(page).get_by_label("Caption")
    caption.press_sequentially("1+1-0")
    caption.press("ArrowLeft")
    caption.press("Delete")
    expect(caption).to_have_value("1+1-")
    expect_image(page, 0)


def test_shows_facts(page: Page, library: FakeLibrary) -> None:
    library.results[image_id(0)] = {"Exif": EXIF}
    library.change(1, takenAt="2026-01-02T03:04:05.000Z")
    viewer = open_image(page, 0)
    expect(viewer.locator(".facts dt")).to_have_text(["Taken", "Camera", "Lens", "Exposure", "Added"])
    expect(viewer.locator(".facts dd")).to_have_text(
        [
            "October 3, 2026 at 4:05 PM UTC+02:00",
            "Canon EOS R5",
            "RF24-105mm F4 L IS USM",
            "1/250 s · f/2.8 · ISO 400 · 50 mm",
            "November 20, 2026",
        ]
    )
    page.keyboard.press("ArrowRight")
    expect_image(page, 1)
    expect(viewer.locator(".facts dd")).to_have_text(["January 2, 2026 at 3:04 AM UTC", "November 20, 2026"])
    page.keyboard.press("ArrowRight")
    expect_image(page, 2)
    expect(viewer.locator(".facts")).to_have_count(0)


def test_shows_similar_photos(page: Page, library: FakeLibrary) -> None:
    library.similar[image_id(0)] = [image_id(4), image_id(2)]
    viewer = open_image(page, 0)
    viewer.get_by_text("Similar photos").click()
    links = viewer.locator(".similar a")
    expect(links).to_have_count(2)
    expect(links.first).to_have_accessible_name("picture-4.jpg")
    expect(page.locator("#announcements")).to_contain_text("2 similar photos.")
    assert axe_violations(page) == []
    links.first.click()
    expect_image(page, 4)  # the list stays open
    expect(viewer.locator(".similar")).to_have_text("No similar photos.")


def test_deletes_similar_photos_and_keeps_the_shown_one(page: Page, library: FakeLibrary) -> None:
    library.similar[image_id(0)] = [image_id(4), image_id(2)]
    viewer = open_image(page, 0)
    viewer.get_by_text("Similar photos").click()
    page.once("dialog", lambda dialog: dialog.dismiss())
    viewer.get_by_role("button", name="Delete 2 similar photos").click()
    assert library.deleted_ids == []

    sentences: list[str] = []

    def accept(dialog: Dialog) -> None:
        sentences.append(dialog.message)
        dialog.accept()

    page.once("dialog", accept)
    viewer.get_by_role("button", name="Delete 2 similar photos").click()
    expect(page.locator("#toasts")).to_contain_text("2 photos deleted.")
    assert sentences == ["Delete 2 similar photos and keep picture-0.jpg? This can’t be undone."]
    assert library.batches == [{"ids": [image_id(4), image_id(2)], "action": "delete"}]
    expect(viewer.get_by_role("heading", name="picture-0.jpg")).to_be_visible()


def test_can_search_for_similar_photos_again(page: Page, library: FakeLibrary) -> None:
    library.similar[image_id(0)] = [image_id(4)]
    similar = re.compile("/similar")
    page.route(similar, lambda route: route.abort())
    viewer = open_image(page, 0)
    viewer.get_by_text("Similar photos").click()
    expect(viewer.locator(".similar .error-box")).to_be_visible()
    page.unroute(similar)
    viewer.locator(".similar").get_by_role("button", name="Try again").click()
    expect(viewer.locator(".similar a")).to_have_count(1)


def test_recognizes_a_photo_again(page: Page, library: FakeLibrary) -> None:
    viewer = open_image(page, 0)
    choose_action(page, "Recognize again")
    expect(viewer).to_contain_text("Results will appear here.")
    expect(viewer.get_by_role("heading", level=2)).to_be_focused()
    library.set_done(0)
    expect_image(page, 0)
    assert library.retried_ids == [image_id(0)]


def test_keeps_the_result_if_a_photo_cannot_be_recognized_again(page: Page, library: FakeLibrary) -> None:
    sentence = "The cost of recognition has reached its limit for this month."
    library.retry_problem = (429, "ceiling-reached", sentence)
    viewer = open_image(page, 0)
    choose_action(page, "Recognize again")
    expect(viewer.locator(".viewer-error")).to_have_text(sentence)
    expect(viewer.locator('.item[data-name="Cat"]')).to_be_visible()


def test_own_data_has_no_accessibility_violations_and_fits(
    open_page: OpenPage, stack: Stack, appearance: Json
) -> None:
    page = open_page(**appearance)
    library = FakeLibrary(stack, 3)
    decision = {"value": "approved", "by": "reviewer@example.com", "at": "2026-11-20T12:00:00.000Z"}
    library.change(0, tags=["sale", "a-very-long-tag-" * 3], favorite=True, decision=decision)
    library.results[image_id(0)] = {"Exif": EXIF}
    library.serve(page)
    viewer = open_image(page, 0)
    own(page).get_by_label("Add a tag").press_sequentially("s")
    expect(page.locator(".suggestion:visible")).to_have_count(1)
    assert axe_violations(page) == []
    panel = viewer.locator(".viewer-panel")
    assert panel.evaluate("(panel) => panel.scrollWidth - panel.clientWidth") == 0
