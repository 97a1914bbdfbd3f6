"""Scrolling in the gallery, and loading its pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.fake_library import FakeLibrary
from tests.browser.support import UNREACHABLE, RequestGate, bounding_box, file_names, tiles

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession

    from local.stack import Stack
    from tests.browser.support import Json, OpenPage

SCROLL_TO_END = """async () => {
  while ((document.querySelector(".tile")?.ariaSetSize ?? "-1") === "-1") {
    scrollTo(0, document.documentElement.scrollHeight);
    await new Promise((done) => setTimeout(done, 20));
  }
  scrollTo(0, document.documentElement.scrollHeight);
}"""
# Scrolls to the end in steps of 4.5 window heights. `blank` counts the steps at which the middle of
# the window shows no tile.
MEASURE_SCROLLING = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  const found = {nodes: 0, blank: 0, steps: 0};
  scrollTo(0, 0);
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
  } while (scrollY > before);
  const last = [...document.querySelectorAll(".tile")].at(-1);
  const grid = document.getElementById("grid").getBoundingClientRect();
  const below = grid.bottom - last.getBoundingClientRect().bottom;
  return {...found, below, last: last.ariaPosInSet};
}"""
JUMP = "() => scrollBy(0, innerHeight * 4.5)"
NEXT_FRAME = "() => new Promise(requestAnimationFrame)"
RECORD_SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const {value, hadRecentInput, sources} of list.getEntries()) {
    const moved = sources.map(({node}) => node?.className ?? "");
    if (!hadRecentInput) window.shifts.push([value, ...moved]);
  }
}).observe({type: "layout-shift", buffered: true});
"""


def test_scrolls_endlessly_newest_first(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 400).serve(page)
    assert file_names(page, 3) == ["picture-0.jpg", "picture-1.jpg", "picture-2.jpg"]
    assert len(library.list_queries) < 5

    page.evaluate(SCROLL_TO_END)
    expect(page.get_by_text("picture-399.jpg")).to_be_attached()
    assert [query.get("cursor") for query in library.list_queries][-1] == "390"


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
    # CPU time, not affected by other processes.
    metrics.send("Performance.enable", {"timeDomain": "threadTicks"})
    before = task_seconds(metrics)
    found = page.evaluate(MEASURE_SCROLLING)
    duration = task_seconds(metrics) - before

    assert found["steps"] > 90
    assert found["nodes"] < 1500
    assert found["blank"] == 0
    assert duration / found["steps"] < 0.05
    assert found["last"] == "10000"
    assert abs(found["below"]) < 0.5
    expect(page.locator(".tile-name").last).to_have_text("picture-9999.jpg")


def test_loads_only_the_next_page_at_the_end(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 2_000).serve(page)
    expect(tiles(page).first).to_be_visible()
    page.wait_for_load_state("networkidle")
    before = page.locator("#grid").evaluate("(grid) => parseFloat(grid.style.height)")
    requested = len(library.list_queries)
    with page.expect_response(re.compile("cursor=")):
        position = page.evaluate("[scrollTo(0, document.documentElement.scrollHeight), scrollY]")[1]
    expect(page.locator("#grid")).not_to_have_css("height", f"{before}px")
    assert page.evaluate("scrollY") == position
    page.evaluate("new Promise((done) => requestIdleCallback(done))")
    assert len(library.list_queries) <= requested + 2


@pytest.mark.parametrize("pages", [{"page_size": 7}, {"first_page_empty": True}], ids=["short", "empty"])
def test_continues_after_short_and_empty_pages(page: Page, stack: Stack, pages: Json) -> None:
    FakeLibrary(stack, 30, **pages).serve(page)
    assert file_names(page, 20)[-1] == "picture-19.jpg"


@pytest.mark.parametrize("loaded", [0, 1], ids=["first", "next"])
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
    expect(tiles(page).first).to_be_visible()
    page.evaluate(SCROLL_TO_END)
    expect(page.get_by_text("picture-199.jpg")).to_be_attached()


def test_grid_is_a_list_with_a_known_length_once_loaded(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 70).serve(page)
    grid = page.get_by_role("list", name="Photos")
    expect(grid.get_by_role("heading").first).to_be_visible()
    first = tiles(page).first
    expect(first).to_have_attribute("aria-posinset", "1")
    expect(first.get_by_role("link").first).to_have_accessible_name("picture-0.jpg: Person and Cat")
    page.evaluate(SCROLL_TO_END)
    expect(grid.get_by_role("listitem").last).to_have_attribute("aria-posinset", "70")
    expect(grid.get_by_role("listitem").last).to_have_attribute("aria-setsize", "70")


def test_photos_keep_their_places_while_pages_and_pictures_load(open_page: OpenPage, stack: Stack) -> None:
    page = open_page()
    page.add_init_script(RECORD_SHIFTS)
    library = FakeLibrary(stack, 300)
    for number in range(300):
        library.change(number, width=(400, 300, 700)[number % 3])
    library.serve(page)
    expect(tiles(page).first.locator("img")).to_be_visible()
    for _ in range(12):
        page.mouse.wheel(0, 700)
        page.evaluate("new Promise((done) => requestIdleCallback(done))")
    moved = [shift for shift in page.evaluate("window.shifts") if any("tile" in name for name in shift[1:])]
    assert moved == []


def test_shows_blocks_in_the_final_layout_while_loading(page: Page, stack: Stack, api_url: str) -> None:
    library = FakeLibrary(stack, 30)
    library.serve(page)
    expect(tiles(page).first).to_be_visible()
    gate = RequestGate(page, f"{api_url}/images?*")
    page.reload()
    expect(page.locator(".skeleton").first).to_be_visible()
    expect(page.get_by_role("list", name="Photos")).to_have_attribute("aria-busy", "true")
    top = bounding_box(page.locator(".skeleton").first)["y"]
    gate.release()
    expect(tiles(page).first).to_be_visible()
    expect(page.locator(".skeleton")).to_have_count(0)
    assert bounding_box(tiles(page).first)["y"] == top


def test_tasks_are_short_with_ten_thousand_photos(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 10_000).serve(page)
    expect(tiles(page).first).to_be_visible()
    page.evaluate(SCROLL_TO_END)
    page.evaluate("scrollTo(0, 0)")
    session = page.context.new_cdp_session(page)
    # counts the processor time of the page's thread, which other processes don't change
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    costs = []
    for _ in range(40):
        for step in (JUMP, *[NEXT_FRAME] * 4):
            before = work_seconds(session)
            page.evaluate(step)
            costs.append(work_seconds(session) - before)
    assert max(costs) < 0.05


def work_seconds(session: CDPSession) -> float:
    """Return the seconds that the page's scripts, styles and layout have taken."""
    metrics = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
    return float(sum(metrics[name] for name in ("ScriptDuration", "RecalcStyleDuration", "LayoutDuration")))


def test_loads_a_failed_list_again_when_the_connection_is_back(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 30)
    library.list_reachable = False
    library.serve(page)
    expect(page.locator(".gallery-status .error-box p")).to_have_text(UNREACHABLE)
    library.list_reachable = True
    page.evaluate("document.dispatchEvent(new CustomEvent('connection-restored'))")
    expect(tiles(page)).to_have_count(30)
    expect(page.locator(".gallery-status")).to_be_empty()
