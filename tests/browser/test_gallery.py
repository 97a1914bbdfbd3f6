"""The gallery: order, scrolling, filters, polling, keys, and errors."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.fake_library import FakeLibrary, image_id
from tests.browser.support import (
    UNREACHABLE,
    RequestGate,
    axe_violations,
    bounding_box,
    expect_upload_phase,
    scrolls_sideways,
    set_tab_hidden,
)

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession, Locator

    from local.stack import Stack
    from tests.browser.support import Json, NewFile, OpenPage

REASON = "This file isn't an image. Choose a file in one of these formats: JPEG or PNG."
SCROLL_TO_END = """async () => {
  while (document.querySelector(".tile").getAttribute("aria-setsize") === "-1") {
    scrollTo(0, document.documentElement.scrollHeight);
    await new Promise((done) => setTimeout(done, 20));
  }
  scrollTo(0, document.documentElement.scrollHeight);
}"""
# Scrolls to the end in steps of 4.5 window heights. `blank` counts the steps at which the middle of
# the window shows no tile. `drift` is the largest distance in pixels of a tile from its position.
MEASURE_SCROLLING = """async () => {
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


def focused_file_name(page: Page) -> str:
    return str(
        page.evaluate("document.activeElement.closest('.tile')?.querySelector('.tile-name').textContent")
    )


def tiles(page: Page) -> Locator:
    return page.locator(".tile")


def file_names(page: Page, count: int) -> list[str]:
    expect(tiles(page).nth(count - 1)).to_be_attached()
    return page.locator(".tile-name").all_inner_texts()[:count]


def test_shows_a_new_upload_and_its_labels(open_page: OpenPage, new_file: NewFile) -> None:
    page = open_page()
    page.set_input_files("#files", new_file())

    first = tiles(page).first
    expect(first).to_have_attribute("data-status", "done")
    picture = first.locator("img")
    expect(picture).to_be_visible()
    picture.evaluate("(image) => image.decode()")
    assert picture.evaluate("({naturalWidth, naturalHeight}) => [naturalWidth, naturalHeight]") == [480, 480]
    expect(first.get_by_role("link", name="Person", exact=True)).to_be_visible()
    expect(page.locator(".label").filter(has_text="Person")).to_be_visible()


def test_scrolls_endlessly_newest_first(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 400).serve(page)
    assert file_names(page, 3) == ["picture-0.jpg", "picture-1.jpg", "picture-2.jpg"]
    assert len(library.list_queries) < 5

    page.evaluate(SCROLL_TO_END)
    expect(page.get_by_text("picture-399.jpg")).to_be_visible()
    assert [query.get("cursor") for query in library.list_queries][-1] == "360"


def task_seconds(session: CDPSession) -> float:
    """Return the CPU time that the page has used so far."""
    values = {metric["name"]: metric["value"] for metric in session.send("Performance.getMetrics")["metrics"]}
    return float(values["TaskDuration"])


def test_scrolls_smoothly_through_ten_thousand_images(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 10_000).serve(page)
    expect(tiles(page).first).to_be_visible()
    page.evaluate(SCROLL_TO_END)
    assert sum(int(query["limit"]) for query in library.list_queries) >= 10_000

    metrics = page.context.new_cdp_session(page)
    metrics.send(
        "Performance.enable", {"timeDomain": "threadTicks"}
    )  # CPU time, not affected by other processes
    before = task_seconds(metrics)
    found = page.evaluate(MEASURE_SCROLLING)
    duration = task_seconds(metrics) - before

    assert found["steps"] > 90
    assert found["nodes"] < 1500
    assert found["blank"] == 0
    assert duration / found["steps"] < 0.05
    assert found["drift"] < 0.5
    assert found["last"] == "10000"
    assert abs(found["below"]) < 0.5
    expect(page.locator(".tile-name").last).to_have_text("picture-9999.jpg")


def test_loads_only_the_next_page_at_the_end(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 2_000).serve(page)
    expect(tiles(page).first).to_be_visible()
    before = page.locator("#grid").evaluate("(grid) => parseFloat(grid.style.height)")
    with page.expect_response(re.compile("cursor=")):
        position = page.evaluate("[scrollTo(0, document.documentElement.scrollHeight), scrollY]")[1]
    expect(page.locator("#grid")).not_to_have_css("height", f"{before}px")
    assert page.evaluate("scrollY") == position
    page.evaluate("new Promise((done) => requestIdleCallback(done))")
    assert len(library.list_queries) <= 4


@pytest.mark.parametrize("pages", [{"page_size": 7}, {"first_page_empty": True}], ids=["short", "empty"])
def test_continues_after_short_and_empty_pages(page: Page, stack: Stack, pages: Json) -> None:
    FakeLibrary(stack, 30, **pages).serve(page)
    assert file_names(page, 20)[-1] == "picture-19.jpg"


def test_polls_only_visible_pending_images(page: Page, stack: Stack) -> None:
    page.clock.install()
    page.add_init_script('Object.defineProperty(document, "hidden", {value: true, configurable: true})')
    library = FakeLibrary(stack, 200)
    library.set_pending(0)
    library.set_pending(190)
    library.serve(page)
    first = tiles(page).first
    expect(first).to_contain_text("Recognizing…")

    library.set_done(0)
    page.clock.run_for(60_000)
    assert library.requested_ids == []
    expect(first).to_have_attribute("data-status", "pending")

    set_tab_hidden(page, False)
    expect(first).to_have_attribute("data-status", "done")
    expect(first.get_by_role("link", name="Cat", exact=True)).to_be_visible()
    assert library.requested_ids == [image_id(0)]  # the other one is not visible


def test_polls_a_slow_image_less_and_less_often(page: Page, stack: Stack) -> None:
    page.clock.install()
    library = FakeLibrary(stack, 1)
    library.set_pending(0)
    library.serve(page)
    expect(tiles(page).first).to_contain_text("Recognizing…")
    for _ in range(150):
        page.clock.run_for(1_000)
    expect(tiles(page).first).to_have_attribute("data-status", "pending")
    assert 15 <= len(library.requested_ids) <= 40


def test_shows_a_rejection_and_lets_the_user_choose_the_file_again(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 3)
    library.set_failed(0, REASON)
    library.serve(page)
    first = tiles(page).first
    expect(first).to_contain_text(REASON)
    link = first.get_by_role("link")
    expect(link).to_have_attribute("aria-label", f"picture-0.jpg: {REASON}")

    with page.expect_file_chooser():
        first.get_by_role("button", name="Choose again").click()


def test_shows_an_upload_that_never_finished(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 1)
    library.set_pending(0, datetime.now(UTC) - timedelta(hours=1))
    library.serve(page)
    expect(tiles(page).first).to_contain_text("The upload didn't finish. Choose the file again.")
    with page.expect_file_chooser():
        page.get_by_role("button", name="Choose again: picture-0.jpg").click()
    assert library.requested_ids == []


def test_filters_by_a_clicked_label_and_updates_the_url(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 30).serve(page)
    tiles(page).first.get_by_role("link", name="Cat", exact=True).click()

    expect(page).to_have_url(re.compile(r"#/label/Cat$"))
    expect(page.get_by_role("heading", name="Photos with Cat")).to_be_visible()
    expect(tiles(page)).to_have_count(10)
    expect(page.locator("#announcements")).to_contain_text("10 photos with Cat.")
    expect(page).to_have_title("Cat – Image recognition")

    page.get_by_role("link", name="Show all photos").click()
    expect(page.get_by_role("heading", name="Your photos", exact=True)).to_be_visible()
    assert file_names(page, 2) == ["picture-0.jpg", "picture-1.jpg"]

    page.go_back()
    expect(page.get_by_role("heading", name="Photos with Cat")).to_be_visible()


def test_focuses_the_title_after_the_filter_is_removed(open_page: OpenPage, stack: Stack) -> None:
    page = open_page(at="#/label/Cat")
    FakeLibrary(stack, 30).serve(page)
    page.get_by_role("link", name="Show all photos").press("Enter")
    expect(page.get_by_role("heading", name="Your photos", exact=True)).to_be_focused()


def test_restores_the_filter_from_the_url(open_page: OpenPage, stack: Stack) -> None:
    page = open_page(at="#/label/Person")
    expect(page).to_have_url(re.compile(r"#/label/Person$"))  # still, after the sign-in
    FakeLibrary(stack, 30).serve(page)
    assert file_names(page, 3) == ["picture-0.jpg", "picture-10.jpg", "picture-20.jpg"]
    expect(page.get_by_role("heading", name="Photos with Person")).to_be_visible()


def test_shows_that_an_unknown_label_has_no_photos(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 30).serve(page)
    expect(page.locator(".label")).to_have_count(2)
    search = page.get_by_role("searchbox", name="Search your photos")
    search.fill("50 % <b>dog</b>")
    expect(page.locator("#announcements")).to_contain_text("0 matching labels.")
    search.press("Enter")
    message = "No photos with “\u206850 % <b>dog</b>\u2069”"
    expect(page.locator(".gallery-empty")).to_have_text(message)
    expect(page.locator("#announcements")).to_contain_text("0 photos with 50 % <b>dog</b>.")
    page.reload()
    expect(page.locator(".gallery-empty")).to_have_text(message)


def test_shows_a_hint_in_an_empty_library(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 0).serve(page)
    expect(page.locator(".gallery-status")).to_contain_text("No photos yet")
    expect(page.locator(".gallery-status")).to_contain_text("Your photos will appear here, newest first.")
    expect(page.locator(".illustration")).to_be_visible()
    expect(page.get_by_role("searchbox")).to_be_hidden()


def test_refreshes_expired_thumbnail_links(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 3)
    library.expired_generations.add("first")
    library.serve(page)
    library.link_generation = "second"
    for index in range(3):
        image = tiles(page).nth(index).locator("img")
        expect(image).to_have_attribute("src", re.compile("/second$"))
        expect(image).to_have_js_property("naturalWidth", 40)


def test_removes_a_pending_image_that_was_deleted_elsewhere(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 3)
    library.set_pending(0)
    library.serve(page)
    expect(tiles(page)).to_have_count(3)
    del library.images[image_id(0)]
    expect(tiles(page)).to_have_count(2)


def test_refreshes_a_missing_thumbnail_only_once(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 1)
    library.expired_generations.update(("first", "second"))
    library.serve(page)
    library.link_generation = "second"
    expect(tiles(page).first).to_contain_text("No preview")
    assert len(library.requested_ids) == 1


@pytest.mark.parametrize("loaded", [0, 60], ids=["first", "second"])
def test_can_retry_a_page_that_failed_to_load(page: Page, stack: Stack, loaded: int) -> None:
    library = FakeLibrary(stack, 200)
    library.list_reachable = loaded > 0
    library.serve(page)
    if loaded:
        expect(tiles(page).first).to_be_visible()
        page.evaluate("document.querySelector('.grid').scrollIntoView()")
        library.list_reachable = False
        page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    failed = page.locator(".gallery-status .error-box")
    expect(failed.locator("p")).to_have_text(UNREACHABLE)
    expect(page.locator("#announcements")).to_contain_text(UNREACHABLE)
    failed.get_by_role("button", name="Try again").click()
    expect(page.locator("#announcements p").filter(has_text=UNREACHABLE)).to_have_count(2)

    library.list_reachable = True
    failed.get_by_role("button", name="Try again").press("Enter")

    expect(failed).to_have_count(0)
    assert page.evaluate("document.activeElement !== document.body")
    page.evaluate(SCROLL_TO_END)
    expect(page.get_by_text("picture-199.jpg")).to_be_visible()


def test_moves_between_tiles_with_the_arrow_keys(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 200).serve(page)
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
        assert focused_file_name(page) == f"picture-{number}.jpg", key
    for step in range(1, 31):
        page.keyboard.press("ArrowDown")
        index = min(columns - 1 + step * columns, 199)
        if index < 199:
            expect(page.locator(f"[aria-posinset='{index + 1}'] .tile-link")).to_be_focused()
        assert min(page.evaluate(FOCUS_MARGINS)) >= 0, "the focused tile must be visible"

    page.evaluate("document.documentElement.dir = 'rtl'")
    page.evaluate("scrollTo(0, 0)")
    page.locator("[aria-posinset='1'] .tile-link").focus()
    page.keyboard.press("ArrowLeft")
    assert focused_file_name(page) == "picture-1.jpg"
    page.keyboard.press("ArrowRight")
    assert focused_file_name(page) == "picture-0.jpg"


def test_moves_between_tiles_with_the_tab_key(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 100).serve(page)
    expect(tiles(page).first).to_be_visible()
    page.locator(".tile-link").first.focus()
    for number in range(1, 40):  # beyond the rendered tiles
        page.keyboard.press("Tab")
        assert focused_file_name(page) == f"picture-{number}.jpg"
        assert min(page.evaluate(FOCUS_MARGINS)) >= 0, "the focused tile must be visible"
    page.keyboard.press("Shift+Tab")
    assert focused_file_name(page) == "picture-38.jpg"


def test_grid_is_a_list_with_a_known_length_once_loaded(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 70).serve(page)
    grid = page.get_by_role("list", name="Photos")
    first = grid.get_by_role("listitem").first
    expect(first).to_have_attribute("aria-posinset", "1")
    expect(first.get_by_role("link").first).to_have_accessible_name("picture-0.jpg: Person and Cat")
    page.evaluate(SCROLL_TO_END)
    expect(grid.get_by_role("listitem").last).to_have_attribute("aria-posinset", "70")
    expect(grid.get_by_role("listitem").last).to_have_attribute("aria-setsize", "70")


def test_removes_a_canceled_upload_from_the_grid(page: Page, objects_url: str, new_file: NewFile) -> None:
    RequestGate(page, objects_url, "PUT")
    file = new_file() | {"name": "canceled.jpg"}
    page.set_input_files("#files", file)
    tile = page.locator(".tile").filter(has_text="canceled.jpg")
    expect(tile).to_contain_text("Recognizing…")
    with page.expect_response(lambda response: response.request.method == "DELETE") as deletion:
        page.get_by_role("button", name="Cancel canceled.jpg").click()
    assert deletion.value.status == 204
    expect(tile).to_have_count(0)


def test_applies_the_filter_to_new_uploads(open_page: OpenPage, new_file: NewFile) -> None:
    page = open_page(user="bob", at="#/label/Person")
    expect(page.get_by_role("heading", name="Photos with Person")).to_be_visible()
    cat = new_file("chelsea.jpg") | {"name": "a cat.jpg"}
    woman = new_file() | {"name": "a woman.jpg"}
    page.set_input_files("#files", [cat, woman])
    expect_upload_phase(page, "done", 2)
    expect(tiles(page).first.locator(".tile-name")).to_have_text("a woman.jpg")
    expect(tiles(page).filter(has_text="a cat.jpg")).to_have_count(0)

    page.get_by_role("link", name="Show all photos").click()
    expect(page.get_by_role("heading", name="Your photos", exact=True)).to_be_visible()
    expect(tiles(page).filter(has_text="a cat.jpg")).to_have_count(1)


@pytest.mark.parametrize("width", [320, 768, 1440, 3840])
@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_gallery_never_scrolls_sideways(
    open_page: OpenPage, stack: Stack, width: int, direction: str
) -> None:
    page = open_page(width=width, height=720)
    library = FakeLibrary(stack, 60)
    library.change(0, fileName="a-very-long-name-without-a-single-space-" * 4 + ".jpg")
    library.change(1, labels=[{"name": "Extraordinarily-long-" * 4, "confidence": 90.0}])
    library.set_failed(2, REASON)
    library.serve(page)
    page.evaluate("(direction) => { document.documentElement.dir = direction; }", direction)
    expect(tiles(page).first).to_be_attached()
    page.get_by_role("searchbox").click()
    assert not scrolls_sideways(page)
    page.locator(".labels").evaluate("(labels) => { labels.open = true; }")
    assert not scrolls_sideways(page)
    first, second = (bounding_box(tiles(page).nth(index)) for index in range(2))
    assert (first["x"] < second["x"]) == (direction == "ltr")


def test_shows_no_cut_off_labels_on_a_phone(open_page: OpenPage, stack: Stack) -> None:
    page = open_page(width=320, height=720)
    library = FakeLibrary(stack, 1)
    labels = ["Person", "Flower", "Mammal"]
    library.change(0, labels=[{"name": name, "confidence": 90.0} for name in labels])
    library.serve(page)
    expect(tiles(page).get_by_role("link", name="Person", exact=True)).to_be_visible()
    chips = tiles(page).locator(".chips")
    shown = chips.evaluate(
        """(chips) => [...chips.children]
          .filter((chip) => chip.getBoundingClientRect().top < chips.getBoundingClientRect().bottom)
          .map((chip) => [chip.textContent, chip.scrollWidth > chip.clientWidth])"""
    )
    assert shown == [["Person", False], ["Flower", False]]


def test_gallery_has_no_accessibility_violations(open_page: OpenPage, stack: Stack, appearance: Json) -> None:
    page = open_page(**appearance)
    FakeLibrary(stack, 0).serve(page)
    expect(page.locator(".gallery-status")).to_contain_text("No photos yet")
    assert axe_violations(page) == [], "empty"

    page.unroute_all()
    library = FakeLibrary(stack, 40)
    library.set_failed(1, REASON)
    library.set_pending(2)
    library.serve(page)
    expect(tiles(page).first.locator("img")).to_be_attached()
    page.locator(".labels").evaluate("(labels) => { labels.open = true; }")
    expect(page.locator(".label")).to_have_count(2)
    assert axe_violations(page) == [], "full"

    page.get_by_role("searchbox").fill("p")
    expect(page.locator(".label")).to_have_count(1)
    assert axe_violations(page) == [], "searching"
    page.get_by_role("searchbox").press("Enter")
    expect(page.get_by_role("heading", name="Photos with Person")).to_be_visible()
    assert axe_violations(page) == [], "filtered"

    library.list_reachable = False
    page.reload()
    expect(page.locator(".gallery-status .error-box")).to_be_visible()
    assert axe_violations(page) == [], "failed"
