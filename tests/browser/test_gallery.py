"""The collection: newest first, without an end, found by what is in it, and always up to date."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.collection import Collection, image_id
from tests.browser.support import look_away, violations

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import CDPSession, Locator

    from local.stack import Stack
    from tests.browser.support import Fresh

UNREACHABLE = "Can't reach the service. Check your connection."
REASON = "This file isn't an image. Choose a file in one of these formats: JPEG or PNG."
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
TO_THE_END = """async () => {
  while (document.querySelector(".tile").getAttribute("aria-setsize") === "-1") {
    scrollTo(0, document.documentElement.scrollHeight);
    await new Promise((done) => setTimeout(done, 20));
  }
  scrollTo(0, document.documentElement.scrollHeight);
}"""
# Scrolls to the end in steps of some windows; at each the middle of the window must show a picture, and each
# picture stand in its place: `drift` is by how many pixels the worst is off.
SCROLL = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  const grid = document.getElementById("grid");
  const columns = getComputedStyle(grid).gridTemplateColumns.split(" ").length;
  const rowOf = (tile) => Math.floor((tile.ariaPosInSet - 1) / columns);
  const topOf = (element) => element.getBoundingClientRect().top;
  const pitch = topOf(grid.children[columns]) - topOf(grid.children[0]);
  const found = {nodes: 0, blank: 0, steps: 0, drift: 0};
  scrollTo(0, document.getElementById("gallery").offsetTop);
  let before;
  do {
    before = scrollY;
    scrollBy(0, innerHeight * 4.5);
    await frame();
    await frame();
    const at = (part) => document.elementFromPoint(innerWidth * 0.6, innerHeight * part);
    const row = [0.3, 0.4, 0.5, 0.6, 0.7].map(at);
    found.steps += 1;
    found.blank += row.some((element) => element.closest(".tile")) ? 0 : 1;
    found.nodes = Math.max(found.nodes, document.querySelectorAll("*").length);
    for (const tile of grid.children) {
      found.drift = Math.max(found.drift, Math.abs(topOf(tile) - topOf(grid) - rowOf(tile) * pitch));
    }
  } while (scrollY > before);
  const bottom = grid.lastElementChild;
  const below = grid.getBoundingClientRect().bottom - topOf(bottom) - pitch;
  return {...found, below, last: bottom.ariaPosInSet};
}"""


FOCUS_MARGINS = """() => {
  const {top, bottom} = document.activeElement.getBoundingClientRect();
  return [top, innerHeight - bottom];
}"""


def focused(page: Page) -> str:
    return str(
        page.evaluate("document.activeElement.closest('.tile')?.querySelector('.tile-name').textContent")
    )


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
    expect(page.locator(".label").filter(has_text="Person")).to_be_visible()


def test_the_newest_picture_is_first_and_there_is_no_end_to_scrolling(page: Page, stack: Stack) -> None:
    collection = Collection(stack, 400).serve(page)
    assert names(page, 3) == ["picture-0.jpg", "picture-1.jpg", "picture-2.jpg"]
    assert len(collection.lists) < 5

    page.evaluate(TO_THE_END)
    expect(page.get_by_text("picture-399.jpg")).to_be_visible()
    assert [query.get("cursor") for query in collection.lists][-1] == "360"


def seconds(metrics: CDPSession) -> float:
    """What the page has worked so far."""
    found = {one["name"]: one["value"] for one in metrics.send("Performance.getMetrics")["metrics"]}
    return float(found["TaskDuration"])


def test_ten_thousand_pictures_scroll_like_ten(page: Page, stack: Stack) -> None:
    collection = Collection(stack, 10_000).serve(page)
    expect(tiles(page).first).to_be_visible()
    page.evaluate(TO_THE_END)
    assert sum(int(query["limit"]) for query in collection.lists) >= 10_000

    metrics = page.context.new_cdp_session(page)
    metrics.send("Performance.enable", {"timeDomain": "threadTicks"})  # whatever else the machine does
    before = seconds(metrics)
    found = page.evaluate(SCROLL)
    took = seconds(metrics) - before

    assert found["steps"] > 90
    assert found["nodes"] < 1500
    assert found["blank"] == 0
    assert took / found["steps"] < 0.05
    assert found["drift"] < 0.5
    assert found["last"] == "10000"
    assert abs(found["below"]) < 0.5
    expect(page.locator(".tile-name").last).to_have_text("picture-9999.jpg")


def test_who_reaches_the_end_gets_the_next_page_and_not_all_of_them(page: Page, stack: Stack) -> None:
    collection = Collection(stack, 2_000).serve(page)
    expect(tiles(page).first).to_be_visible()
    before = page.locator("#grid").evaluate("(grid) => parseFloat(grid.style.height)")
    with page.expect_response(re.compile("cursor=")):
        place = page.evaluate("[scrollTo(0, document.documentElement.scrollHeight), scrollY]")[1]
    expect(page.locator("#grid")).not_to_have_css("height", f"{before}px")
    assert page.evaluate("scrollY") == place
    page.evaluate("new Promise((done) => requestIdleCallback(done))")
    assert len(collection.lists) <= 4


@pytest.mark.parametrize("pages", [{"page_size": 7}, {"empty_first": True}], ids=["short", "empty"])
def test_short_and_empty_pages_are_followed_by_the_next(
    page: Page, stack: Stack, pages: dict[str, Any]
) -> None:
    Collection(stack, 30, **pages).serve(page)
    assert names(page, 20)[-1] == "picture-19.jpg"


def test_pictures_in_work_update_themselves_while_somebody_looks(page: Page, stack: Stack) -> None:
    page.clock.install()
    page.add_init_script('Object.defineProperty(document, "hidden", {value: true, configurable: true})')
    collection = Collection(stack, 200)
    collection.pend(0)
    collection.pend(190)
    collection.serve(page)
    first = tiles(page).first
    expect(first).to_contain_text("Recognizing…")

    collection.finish(0)
    page.clock.run_for(60_000)
    assert collection.asked == []
    expect(first).to_have_attribute("data-status", "pending")

    look_away(page, False)
    expect(first).to_have_attribute("data-status", "done")
    expect(first.get_by_role("link", name="Cat", exact=True)).to_be_visible()
    assert collection.asked == [image_id(0)]  # nobody sees the other


def test_a_picture_that_takes_long_is_asked_for_less_and_less_often(page: Page, stack: Stack) -> None:
    page.clock.install()
    collection = Collection(stack, 1)
    collection.pend(0)
    collection.serve(page)
    expect(tiles(page).first).to_contain_text("Recognizing…")
    for _ in range(150):
        page.clock.run_for(1_000)
    expect(tiles(page).first).to_have_attribute("data-status", "pending")
    assert 15 <= len(collection.asked) <= 40


def test_a_failure_says_why_and_takes_the_file_once_more(page: Page, stack: Stack) -> None:
    collection = Collection(stack, 3)
    collection.fail(0, REASON)
    collection.serve(page)
    first = tiles(page).first
    expect(first).to_contain_text(REASON)
    link = first.get_by_role("link")
    expect(link).to_have_attribute("aria-label", f"picture-0.jpg: {REASON}")

    with page.expect_file_chooser():
        first.get_by_role("button", name="Choose again").click()


def test_an_upload_that_was_cut_off_long_ago_says_so(page: Page, stack: Stack) -> None:
    collection = Collection(stack, 1)
    collection.pend(0, datetime.now(UTC) - timedelta(hours=1))
    collection.serve(page)
    expect(tiles(page).first).to_contain_text("The upload didn't finish. Choose the file again.")
    with page.expect_file_chooser():
        page.get_by_role("button", name="Choose again: picture-0.jpg").click()
    assert collection.asked == []


def test_one_click_on_a_label_filters_and_the_address_says_so(page: Page, stack: Stack) -> None:
    Collection(stack, 30).serve(page)
    tiles(page).first.get_by_role("link", name="Cat", exact=True).click()

    expect(page).to_have_url(re.compile(r"#/label/Cat$"))
    expect(page.get_by_role("heading", name="Photos with Cat")).to_be_visible()
    expect(tiles(page)).to_have_count(10)
    expect(page.locator("#announcements")).to_contain_text("10 photos with Cat.")
    expect(page).to_have_title("Cat – Image recognition")

    page.get_by_role("link", name="Show all photos").click()
    expect(page.get_by_role("heading", name="Your photos", exact=True)).to_be_visible()
    assert names(page, 2) == ["picture-0.jpg", "picture-1.jpg"]

    page.go_back()
    expect(page.get_by_role("heading", name="Photos with Cat")).to_be_visible()


def test_the_focus_goes_to_the_title_when_all_pictures_are_shown_again(
    open_page: Callable[..., Page], stack: Stack
) -> None:
    page = open_page(at="#/label/Cat")
    Collection(stack, 30).serve(page)
    page.get_by_role("link", name="Show all photos").press("Enter")
    expect(page.get_by_role("heading", name="Your photos", exact=True)).to_be_focused()


def test_the_filter_can_be_bookmarked(open_page: Callable[..., Page], stack: Stack) -> None:
    page = open_page(at="#/label/Person")
    expect(page).to_have_url(re.compile(r"#/label/Person$"))  # also after sign-in
    Collection(stack, 30).serve(page)
    assert names(page, 3) == ["picture-0.jpg", "picture-10.jpg", "picture-20.jpg"]
    expect(page.get_by_role("heading", name="Photos with Person")).to_be_visible()


def test_a_word_that_is_no_label_finds_nothing_and_says_so(page: Page, stack: Stack) -> None:
    Collection(stack, 30).serve(page)
    expect(page.locator(".label")).to_have_count(2)
    field = page.get_by_role("searchbox", name="Search your photos")
    field.fill("50 % <b>dog</b>")
    expect(page.locator("#announcements")).to_contain_text("0 matching labels.")
    field.press("Enter")
    nothing = "No photos with “\u206850 % <b>dog</b>\u2069”"
    expect(page.locator(".gallery-empty")).to_have_text(nothing)
    expect(page.locator("#announcements")).to_contain_text("0 photos with 50 % <b>dog</b>.")
    page.reload()
    expect(page.locator(".gallery-empty")).to_have_text(nothing)


def test_an_empty_collection_says_what_to_do(page: Page, stack: Stack) -> None:
    Collection(stack, 0).serve(page)
    expect(page.locator(".gallery-status")).to_contain_text("No photos yet")
    expect(page.locator(".gallery-status")).to_contain_text("Your photos will appear here, newest first.")
    expect(page.locator(".illustration")).to_be_visible()
    expect(page.get_by_role("searchbox")).to_be_hidden()


def test_thumbnails_whose_links_ran_out_are_fetched_anew(page: Page, stack: Stack) -> None:
    collection = Collection(stack, 3)
    collection.expired.add("first")
    collection.serve(page)
    collection.generation = "second"
    for index in range(3):
        image = tiles(page).nth(index).locator("img")
        expect(image).to_have_attribute("src", re.compile("/second$"))
        expect(image).to_have_js_property("naturalWidth", 40)


def test_a_picture_in_work_that_was_deleted_elsewhere_goes(page: Page, stack: Stack) -> None:
    collection = Collection(stack, 3)
    collection.pend(0)
    collection.serve(page)
    expect(tiles(page)).to_have_count(3)
    del collection.images[image_id(0)]
    expect(tiles(page)).to_have_count(2)


def test_a_thumbnail_that_is_gone_is_not_asked_for_again_and_again(page: Page, stack: Stack) -> None:
    collection = Collection(stack, 1)
    collection.expired.update(("first", "second"))
    collection.serve(page)
    collection.generation = "second"
    expect(tiles(page).first).to_contain_text("No preview")
    assert len(collection.asked) == 1


@pytest.mark.parametrize("loaded", [0, 60], ids=["first", "second"])
def test_a_page_of_the_list_that_does_not_load_says_so_and_its_button_goes_on(
    page: Page, stack: Stack, loaded: int
) -> None:
    collection = Collection(stack, 200)
    collection.reachable = loaded > 0
    collection.serve(page)
    if loaded:
        expect(tiles(page).first).to_be_visible()
        page.evaluate("document.querySelector('.grid').scrollIntoView()")
        collection.reachable = False
        page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    failed = page.locator(".gallery-status .error-box")
    expect(failed.locator("p")).to_have_text(UNREACHABLE)
    expect(page.locator("#announcements")).to_contain_text(UNREACHABLE)
    failed.get_by_role("button", name="Try again").click()
    expect(page.locator("#announcements p").filter(has_text=UNREACHABLE)).to_have_count(2)

    collection.reachable = True
    failed.get_by_role("button", name="Try again").press("Enter")

    expect(failed).to_have_count(0)
    assert page.evaluate("document.activeElement !== document.body")
    page.evaluate(TO_THE_END)
    expect(page.get_by_text("picture-199.jpg")).to_be_visible()


def test_the_arrow_keys_move_in_the_grid(page: Page, stack: Stack) -> None:
    Collection(stack, 200).serve(page)
    expect(tiles(page).first).to_be_visible()
    columns = len(
        page.locator(".grid").evaluate("(grid) => getComputedStyle(grid).gridTemplateColumns").split()
    )
    page.locator(".tile-link").first.focus()
    expected = [
        ("ArrowRight", 1),
        ("ArrowDown", 1 + columns),
        ("ArrowLeft", columns),
        ("ArrowLeft", columns - 1),
        ("ArrowDown", 2 * columns - 1),
        ("ArrowUp", columns - 1),
        ("ArrowUp", columns - 1),
    ]
    for key, number in expected:
        page.keyboard.press(key)
        assert focused(page) == f"picture-{number}.jpg", key
    for step in range(1, 31):
        page.keyboard.press("ArrowDown")
        wanted = min(columns - 1 + step * columns, 199)
        if wanted < 199:
            expect(page.locator(f"[aria-posinset='{wanted + 1}'] .tile-link")).to_be_focused()
        assert min(page.evaluate(FOCUS_MARGINS)) >= 0, "what is focused is seen"

    page.evaluate("document.documentElement.dir = 'rtl'")
    page.evaluate("scrollTo(0, 0)")
    page.locator("[aria-posinset='1'] .tile-link").focus()
    page.keyboard.press("ArrowLeft")
    assert focused(page) == "picture-1.jpg"
    page.keyboard.press("ArrowRight")
    assert focused(page) == "picture-0.jpg"


def test_the_tab_key_goes_from_picture_to_picture(page: Page, stack: Stack) -> None:
    Collection(stack, 100).serve(page)
    expect(tiles(page).first).to_be_visible()
    page.locator(".tile-link").first.focus()
    for number in range(1, 40):  # more than were drawn
        page.keyboard.press("Tab")
        assert focused(page) == f"picture-{number}.jpg"
        assert min(page.evaluate(FOCUS_MARGINS)) >= 0, "what is focused is seen"
    page.keyboard.press("Shift+Tab")
    assert focused(page) == "picture-38.jpg"


def test_the_grid_is_a_list_that_knows_its_length_once_all_is_loaded(page: Page, stack: Stack) -> None:
    Collection(stack, 70).serve(page)
    grid = page.get_by_role("list", name="Photos")
    first = grid.get_by_role("listitem").first
    expect(first).to_have_attribute("aria-posinset", "1")
    expect(first.get_by_role("link").first).to_have_accessible_name("picture-0.jpg: Person and Cat")
    page.evaluate(TO_THE_END)
    expect(grid.get_by_role("listitem").last).to_have_attribute("aria-posinset", "70")
    expect(grid.get_by_role("listitem").last).to_have_attribute("aria-setsize", "70")


def test_a_cancelled_upload_leaves_no_picture_behind(page: Page, objects: str, fresh: Fresh) -> None:
    page.route(objects, lambda route: None)  # for ever under way
    file = fresh() | {"name": "cancelled.jpg"}
    page.set_input_files("#files", file)
    tile = page.locator(".tile").filter(has_text="cancelled.jpg")
    expect(tile).to_contain_text("Recognizing…")
    with page.expect_response(lambda response: response.request.method == "DELETE") as deletion:
        page.get_by_role("button", name="Cancel cancelled.jpg").click()
    assert deletion.value.status == 204
    expect(tile).to_have_count(0)


def test_of_new_pictures_the_filter_shows_those_that_fit(
    open_page: Callable[..., Page], fresh: Fresh
) -> None:
    page = open_page(user="bob", at="#/label/Person")
    expect(page.get_by_role("heading", name="Photos with Person")).to_be_visible()
    cat = fresh("chelsea.jpg") | {"name": "a cat.jpg"}
    woman = fresh() | {"name": "a woman.jpg"}
    page.set_input_files("#files", [cat, woman])
    expect(page.locator('.upload[data-phase="done"]')).to_have_count(2)
    expect(tiles(page).first.locator(".tile-name")).to_have_text("a woman.jpg")
    expect(tiles(page).filter(has_text="a cat.jpg")).to_have_count(0)

    page.get_by_role("link", name="Show all photos").click()
    expect(page.get_by_role("heading", name="Your photos", exact=True)).to_be_visible()
    expect(tiles(page).filter(has_text="a cat.jpg")).to_have_count(1)


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
    page.get_by_role("searchbox").click()
    assert page.evaluate(FITS)
    page.locator(".labels").evaluate("(labels) => { labels.open = true; }")
    assert page.evaluate(FITS)
    two = [tiles(page).nth(index).bounding_box() for index in range(2)]
    assert two[0] is not None
    assert two[1] is not None
    assert (two[0]["x"] < two[1]["x"]) == (direction == "ltr")


def test_on_a_phone_a_label_is_shown_whole_or_not_at_all(
    open_page: Callable[..., Page], stack: Stack
) -> None:
    page = open_page(width=320, height=720)
    collection = Collection(stack, 1)
    names = ["Person", "Flower", "Mammal"]
    collection.change(0, labels=[{"name": name, "confidence": 90.0} for name in names])
    collection.serve(page)
    expect(tiles(page).get_by_role("link", name="Person", exact=True)).to_be_visible()
    chips = tiles(page).locator(".chips")
    shown = chips.evaluate(
        """(chips) => [...chips.children]
          .filter((chip) => chip.getBoundingClientRect().top < chips.getBoundingClientRect().bottom)
          .map((chip) => [chip.textContent, chip.scrollWidth > chip.clientWidth])"""
    )
    assert shown == [["Person", False], ["Flower", False]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_in_the_gallery(
    open_page: Callable[..., Page], stack: Stack, scheme: str, width: int
) -> None:
    page = open_page(width=width, color_scheme=scheme, reduced_motion="reduce")
    Collection(stack, 0).serve(page)
    expect(page.locator(".gallery-status")).to_contain_text("No photos yet")
    assert violations(page) == [], "empty"

    page.unroute_all()
    collection = Collection(stack, 40)
    collection.fail(1, REASON)
    collection.pend(2)
    collection.serve(page)
    expect(tiles(page).first.locator("img")).to_be_attached()
    page.locator(".labels").evaluate("(labels) => { labels.open = true; }")
    expect(page.locator(".label")).to_have_count(2)
    assert violations(page) == [], "full"

    page.get_by_role("searchbox").fill("p")
    expect(page.locator(".label")).to_have_count(1)
    assert violations(page) == [], "narrowed"
    page.get_by_role("searchbox").press("Enter")
    expect(page.get_by_role("heading", name="Photos with Person")).to_be_visible()
    assert violations(page) == [], "filtered"

    collection.reachable = False
    page.reload()
    expect(page.locator(".gallery-status .error-box")).to_be_visible()
    assert violations(page) == [], "failed"
