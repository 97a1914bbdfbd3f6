"""The collection: newest first, without an end, found by what is in it, and always up to date."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.collection import Collection, image_id
from tests.browser.support import violations

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator

    from local.stack import Stack
    from tests.browser.support import Fresh

REASON = "This file is not a picture. Choose a file in one of these formats: JPEG or PNG."
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
TO_THE_END = """async () => {
  const grid = document.querySelector(".grid");
  while (grid.getAttribute("aria-rowcount") === "-1") {
    scrollTo(0, document.documentElement.scrollHeight);
    await new Promise((done) => setTimeout(done, 20));
  }
  scrollTo(0, document.documentElement.scrollHeight);
}"""
# Scrolls to the end in steps of some windows; at each the middle of the window must show a picture.
SCROLL = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  const found = {nodes: 0, blank: 0, steps: 0, slow: 0};
  scrollTo(0, document.getElementById("gallery").offsetTop);
  let last = performance.now();
  while (scrollY + innerHeight < document.documentElement.scrollHeight - innerHeight * 5) {
    scrollBy(0, innerHeight * 4.5);
    await frame();
    await frame();
    const at = (part) => document.elementFromPoint(innerWidth * 0.6, innerHeight * part);
    const row = [0.3, 0.4, 0.5, 0.6, 0.7].map(at);
    found.steps += 1;
    found.blank += row.some((element) => element.closest(".tile")) ? 0 : 1;
    found.nodes = Math.max(found.nodes, document.querySelectorAll("*").length);
    found.slow += performance.now() - last > 250 ? 1 : 0;
    last = performance.now();
  }
  return found;
}"""


def tiles(page: Page) -> Locator:
    return page.locator(".tile")


def names(page: Page, count: int) -> list[str]:
    expect(tiles(page).nth(count - 1)).to_be_attached()
    return page.locator(".tile-name").all_inner_texts()[:count]


def test_an_uploaded_picture_appears_by_itself_and_is_recognised_there(
    open_page: Callable[..., Page], fresh: Fresh
) -> None:
    page = open_page()
    page.set_input_files("#files", fresh())

    first = tiles(page).first
    expect(first).to_have_attribute("data-status", "done")
    picture = first.locator("img")
    expect(picture).to_be_visible()
    picture.evaluate("(image) => image.decode()")
    assert picture.evaluate("({naturalWidth, naturalHeight}) => [naturalWidth, naturalHeight]") == [480, 480]
    expect(first.get_by_role("link", name="Person", exact=True)).to_be_visible()
    expect(page.locator(".bar").filter(has_text="Person")).to_be_visible()


def test_the_newest_picture_is_first_and_there_is_no_end_to_scrolling(page: Page, stack: Stack) -> None:
    collection = Collection(stack, 400).serve(page)
    assert names(page, 3) == ["picture-0.jpg", "picture-1.jpg", "picture-2.jpg"]
    assert len(collection.lists) < 5

    page.evaluate(TO_THE_END)
    expect(page.get_by_text("picture-399.jpg")).to_be_visible()
    assert [query.get("cursor") for query in collection.lists][-1] == "360"


def test_ten_thousand_pictures_scroll_like_ten(page: Page, stack: Stack) -> None:
    collection = Collection(stack, 10_000).serve(page)
    expect(tiles(page).first).to_be_visible()
    page.evaluate(TO_THE_END)
    assert sum(int(query["limit"]) for query in collection.lists) >= 10_000

    found = page.evaluate(SCROLL)

    assert found["steps"] > 90
    assert found["nodes"] < 1500
    assert found["blank"] == 0
    assert found["slow"] < found["steps"] / 20
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    expect(page.locator(".tile-name").last).to_have_text("picture-9999.jpg")


@pytest.mark.parametrize("pages", [{"page_size": 7}, {"empty_first": True}], ids=["short", "empty"])
def test_short_and_empty_pages_are_followed_by_the_next(
    page: Page, stack: Stack, pages: dict[str, Any]
) -> None:
    Collection(stack, 30, **pages).serve(page)
    assert names(page, 20)[-1] == "picture-19.jpg"


def look_away(page: Page, away: bool) -> None:
    page.evaluate(
        """(hidden) => {
          Object.defineProperty(document, "hidden", {value: hidden, configurable: true});
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        away,
    )


def test_pictures_in_work_update_themselves_while_somebody_looks(page: Page, stack: Stack) -> None:
    page.clock.install()
    collection = Collection(stack, 200)
    collection.pend(0)
    collection.pend(190)
    collection.serve(page)
    first = tiles(page).first
    expect(first).to_contain_text("Being recognised …")

    look_away(page, True)
    collection.finish(0)
    collection.asked.clear()
    page.clock.run_for(60_000)
    assert collection.asked == []
    expect(first).to_have_attribute("data-status", "pending")

    look_away(page, False)
    page.clock.run_for(30_000)
    expect(first).to_have_attribute("data-status", "done")
    expect(first.get_by_role("link", name="Cat", exact=True)).to_be_visible()
    assert image_id(190) not in collection.asked  # nobody sees it


def test_a_picture_that_takes_long_is_asked_for_less_and_less_often(page: Page, stack: Stack) -> None:
    page.clock.install()
    collection = Collection(stack, 1)
    collection.pend(0)
    collection.serve(page)
    expect(tiles(page).first).to_contain_text("Being recognised …")
    for _ in range(60):
        page.clock.run_for(1_000)
    expect(tiles(page).first).to_have_attribute("data-status", "pending")
    assert 4 <= len(collection.asked) <= 10


def test_a_failure_says_why_and_takes_the_file_once_more(page: Page, stack: Stack) -> None:
    collection = Collection(stack, 3)
    collection.fail(0, REASON)
    collection.serve(page)
    first = tiles(page).first
    expect(first).to_contain_text(REASON)
    link = first.get_by_role("link")
    expect(link).to_have_attribute("aria-label", f"picture-0.jpg was not recognised. {REASON}")

    with page.expect_file_chooser():
        first.get_by_role("button", name="Choose again").click()


def test_an_upload_that_was_cut_off_long_ago_says_so(page: Page, stack: Stack) -> None:
    collection = Collection(stack, 1)
    collection.pend(0, datetime.now(UTC) - timedelta(hours=1))
    collection.serve(page)
    expect(tiles(page).first).to_contain_text("The file has not arrived. Its upload was probably cut off.")
    with page.expect_file_chooser():
        page.get_by_role("button", name="Choose again").click()


def test_one_click_on_a_label_filters_and_the_address_says_so(page: Page, stack: Stack) -> None:
    Collection(stack, 30).serve(page)
    tiles(page).first.get_by_role("link", name="Cat", exact=True).click()

    expect(page).to_have_url(re.compile(r"#/label/Cat$"))
    expect(page.get_by_role("heading", name="Pictures with Cat")).to_be_visible()
    expect(tiles(page)).to_have_count(10)
    expect(page.locator("#announcements")).to_contain_text("10 pictures with Cat.")
    expect(page).to_have_title("Cat – Image recognition")

    page.get_by_role("link", name="Show all pictures").click()
    expect(page.get_by_role("heading", name="Your pictures")).to_be_visible()
    assert names(page, 2) == ["picture-0.jpg", "picture-1.jpg"]

    page.go_back()
    expect(page.get_by_role("heading", name="Pictures with Cat")).to_be_visible()


def test_the_filter_can_be_bookmarked(open_page: Callable[..., Page], stack: Stack) -> None:
    page = open_page(at="#/label/Person")
    expect(page).to_have_url(re.compile(r"#/label/Person$"))  # also after sign-in
    Collection(stack, 30).serve(page)
    assert names(page, 3) == ["picture-0.jpg", "picture-10.jpg", "picture-20.jpg"]
    expect(page.get_by_role("heading", name="Pictures with Person")).to_be_visible()


def test_typing_suggests_labels_with_their_counts(page: Page, stack: Stack) -> None:
    Collection(stack, 30).serve(page)
    expect(page.locator(".bar")).to_have_count(2)
    field = page.get_by_role("combobox", name="Find pictures by what is in them")
    options = page.get_by_role("option")
    expect(field).to_have_attribute("aria-expanded", "false")

    field.press_sequentially("p")
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(options).to_have_count(1)
    expect(options).to_have_accessible_name("Person, 3 pictures")
    expect(page.locator("#announcements")).to_contain_text("1 label fits.")

    field.press("ArrowDown")
    expect(options).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", str(options.get_attribute("id")))
    field.press("ArrowDown")  # back into the field
    expect(field).not_to_have_attribute("aria-activedescendant", re.compile("."))
    field.press("ArrowUp")
    field.press("Enter")
    expect(page).to_have_url(re.compile(r"#/label/Person$"))
    expect(field).to_have_value("")
    expect(field).to_be_focused()

    field.press_sequentially("c")
    options.click()
    expect(page).to_have_url(re.compile(r"#/label/Cat$"))

    field.press_sequentially("pers")
    field.press("Escape")
    expect(options).to_have_count(0)
    expect(field).to_have_value("pers")
    field.press("Escape")
    expect(field).to_have_value("")


def test_a_word_may_be_typed_in_any_case_and_may_find_nothing(page: Page, stack: Stack) -> None:
    Collection(stack, 30).serve(page)
    expect(page.locator(".bar")).to_have_count(2)
    field = page.get_by_role("combobox")
    field.fill("PERSON")
    field.press("Enter")
    expect(page.get_by_role("heading", name="Pictures with Person")).to_be_visible()

    field.fill("50 % <b>dog</b>")
    expect(page.locator("#announcements")).to_contain_text("No label fits.")
    field.press("Enter")
    expect(page.locator(".gallery-status")).to_contain_text("None of your pictures shows “50 % <b>dog</b>”.")
    expect(page.locator("#announcements")).to_contain_text("0 pictures with 50 % <b>dog</b>.")
    page.reload()
    expect(page.locator(".gallery-status")).to_contain_text("None of your pictures shows “50 % <b>dog</b>”.")


def test_an_empty_collection_says_what_to_do(page: Page, stack: Stack) -> None:
    Collection(stack, 0).serve(page)
    expect(page.locator(".gallery-status")).to_contain_text("No pictures yet.")
    expect(page.locator(".gallery-status")).to_contain_text("Choose some, drop them anywhere on this page")
    expect(page.locator(".scene")).to_be_visible()
    expect(page.get_by_role("combobox")).to_be_hidden()


def test_thumbnails_whose_links_ran_out_are_fetched_anew(page: Page, stack: Stack) -> None:
    collection = Collection(stack, 3)
    collection.expired.add("first")
    collection.serve(page)
    collection.generation = "second"
    for index in range(3):
        image = tiles(page).nth(index).locator("img")
        expect(image).to_have_attribute("src", re.compile("/second$"))
        expect(image).to_have_js_property("naturalWidth", 40)


def test_a_thumbnail_that_is_gone_is_not_asked_for_again_and_again(page: Page, stack: Stack) -> None:
    collection = Collection(stack, 1)
    collection.expired.update(("first", "second"))
    collection.serve(page)
    collection.generation = "second"
    expect(tiles(page).first).to_contain_text("No preview")
    assert len(collection.asked) == 1


def test_a_list_that_does_not_load_says_so_and_goes_on(page: Page, stack: Stack) -> None:
    collection = Collection(stack, 3)
    address = re.compile(r"/images\?")
    collection.serve(page)
    expect(tiles(page)).to_have_count(3)
    page.route(address, lambda route: route.abort("internetdisconnected"))
    page.reload()
    status = page.locator(".gallery-status")
    expect(status).to_contain_text("The service cannot be reached. Check the connection.")
    page.unroute(address)
    collection.serve(page)
    expect(tiles(page)).to_have_count(3)


def test_the_grid_is_one_stop_of_the_tab_key_and_arrows_move_in_it(page: Page, stack: Stack) -> None:
    Collection(stack, 200).serve(page)
    expect(tiles(page).first).to_be_visible()
    assert page.locator(".tile-link[tabindex='0']").count() == 1
    columns = int(str(page.locator(".grid").get_attribute("aria-colcount")))
    page.locator(".tile-link").first.focus()

    def focused() -> str:
        return str(
            page.evaluate("document.activeElement.closest('.tile').querySelector('.tile-name').textContent")
        )

    expected = [
        ("ArrowRight", 1),
        ("ArrowDown", 1 + columns),
        ("Home", columns),
        ("End", 2 * columns - 1),
        ("ArrowLeft", 2 * columns - 2),
        ("Control+Home", 0),
        ("ArrowUp", 0),
    ]
    for key, number in expected:
        page.keyboard.press(key)
        assert focused() == f"picture-{number}.jpg", key
    for _ in range(12):
        page.keyboard.press("PageDown")
    focus = page.evaluate(
        "(({top, bottom}) => [top, innerHeight - bottom])(document.activeElement.getBoundingClientRect())"
    )
    assert min(focus) >= 0  # what is focused is seen
    while page.evaluate("document.activeElement.closest('.tile') !== null"):
        page.keyboard.press("Tab")  # its labels, and out of the grid
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.closest('.tile') !== null")

    page.evaluate("document.documentElement.dir = 'rtl'")
    page.locator(".tile-link[tabindex='0']").focus()
    page.keyboard.press("Control+Home")
    page.keyboard.press("ArrowLeft")
    assert focused() == "picture-1.jpg"


@pytest.mark.parametrize("width", [320, 768, 1440, 3840])
@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_nothing_of_the_gallery_is_wider_than_the_window(
    open_page: Callable[..., Page], stack: Stack, width: int, direction: str
) -> None:
    page = open_page(width=width, height=720)
    collection = Collection(stack, 60)
    collection.change(0, fileName="a-very-long-name-without-a-single-space-" * 4 + ".jpg")
    collection.change(1, labels=[{"name": "Extraordinarily-long-" * 4, "confidence": 90.0}])
    collection.fail(2, REASON)
    collection.serve(page)
    page.evaluate("(direction) => { document.documentElement.dir = direction; }", direction)
    expect(tiles(page).first).to_be_attached()
    page.get_by_role("combobox").click()
    assert page.evaluate(FITS)
    page.locator(".plot").evaluate("(plot) => { plot.open = true; }")
    assert page.evaluate(FITS)
    two = [tiles(page).nth(index).bounding_box() for index in range(2)]
    assert two[0] is not None
    assert two[1] is not None
    assert (two[0]["x"] < two[1]["x"]) == (direction == "ltr")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_in_the_gallery(
    open_page: Callable[..., Page], stack: Stack, scheme: str, width: int
) -> None:
    page = open_page(width=width, color_scheme=scheme, reduced_motion="reduce")
    Collection(stack, 0).serve(page)
    expect(page.locator(".gallery-status")).to_contain_text("No pictures yet.")
    assert violations(page) == [], "empty"

    page.unroute_all()
    collection = Collection(stack, 40)
    collection.fail(1, REASON)
    collection.pend(2)
    collection.serve(page)
    expect(tiles(page).first.locator("img")).to_be_attached()
    page.locator(".plot").evaluate("(plot) => { plot.open = true; }")
    expect(page.locator(".bar")).to_have_count(2)
    assert violations(page) == [], "full"

    page.get_by_role("combobox").fill("p")
    page.get_by_role("combobox").press("ArrowDown")
    expect(page.get_by_role("option")).to_be_visible()
    assert violations(page) == [], "suggestions"
    page.get_by_role("combobox").press("Enter")
    expect(page.get_by_role("heading", name="Pictures with Person")).to_be_visible()
    assert violations(page) == [], "filtered"
