"""Actions on the selected photos, and what is said about those that fail."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.fake_library import FakeLibrary, fulfill_json, image_id
from tests.browser.support import UNREACHABLE, RequestGate, axe_violations, tiles

if TYPE_CHECKING:
    from playwright.sync_api import Dialog, Route

    from local.stack import Stack
    from tests.browser.support import OpenPage

IS_ON_TOP = """element => {
    element.scrollIntoView({block: "nearest"});
    const {x, y, width, height} = element.getBoundingClientRect();
    return element.contains(document.elementFromPoint(x + width / 2, y + height / 2));
}"""
DAMAGED = "The picture is damaged."


def serve(page: Page, library: FakeLibrary) -> FakeLibrary:
    library.serve(page)
    expect(tiles(page).first).to_be_visible()
    return library


def select(page: Page, *numbers: int) -> None:
    for number in numbers:
        page.get_by_role("checkbox", name=f"Select picture-{number}.jpg", exact=True).click()


def click(page: Page, name: str, item: str | None = None) -> None:
    page.locator("#selection-bar").get_by_role("button", name=name, exact=True).click()
    if item:
        page.get_by_role("menuitem", name=item).click()


def toast(page: Page) -> Locator:
    return page.get_by_role("region", name="Notifications")


def expect_result(page: Page, text: str) -> None:
    expect(toast(page).locator("p")).to_have_text(text)
    expect(page.locator("#announcements")).to_contain_text(text)


def accept(page: Page) -> list[str]:
    """Accept all questions from now on. Return a list of their sentences."""
    asked: list[str] = []

    def respond(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.accept()

    page.on("dialog", respond)
    return asked


def test_adds_and_removes_a_tag(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 6)
    library.change(1, tags=["sale"])
    library.change(2, tags=["sale", "old"])
    serve(page, library)
    select(page, 0, 1, 2)
    click(page, "Tag")
    page.keyboard.type("new year")
    page.keyboard.press("Enter")
    expect_result(page, "3 photos tagged “new year”.")
    expect(page.locator(".tile[data-selected]")).to_have_count(3)
    expect(page.locator("#selection-bar").get_by_role("button", name="Tag")).to_be_focused()

    click(page, "More")
    expect(page.get_by_role("menuitem").filter(has_text="Remove tag")).to_have_text(
        ["Remove tag “new year”3", "Remove tag “sale”2", "Remove tag “old”1"]
    )
    page.get_by_role("menuitem", name="sale").click()
    expect(toast(page)).to_contain_text("3 photos no longer tagged “sale”.")
    ids = [image_id(number) for number in range(3)]
    assert library.batches == [
        {"ids": ids, "action": "tag", "tags": ["new year"]},
        {"ids": ids, "action": "untag", "tags": ["sale"]},
    ]
    assert library.images[image_id(2)]["tags"] == ["old", "new year"]


@pytest.mark.parametrize(
    ("typed", "tag"), [("\u200b", None), ("\u2800 \u3164", None), ("a\u200bb\u2800", "ab")]
)
def test_cleans_a_tag_before_it_is_announced(page: Page, stack: Stack, typed: str, tag: str | None) -> None:
    library = serve(page, FakeLibrary(stack, 3))
    select(page, 0)
    click(page, "Tag")
    page.locator("#bulk-tag").fill(typed)
    page.keyboard.press("Enter")
    if tag:
        expect_result(page, f"1 photo tagged “{tag}”.")
    else:
        expect(page.locator("#bulk-tag")).to_be_focused()
        expect(toast(page)).to_be_hidden()
    assert [batch["tags"] for batch in library.batches] == ([[tag]] if tag else [])


@pytest.mark.parametrize("width", [320, 1280])
def test_toasts_do_not_cover_menus(open_page: OpenPage, stack: Stack, api_url: str, width: int) -> None:
    page = open_page(width=width, height=700, short_delays=True)
    library = FakeLibrary(stack, 6)
    library.change(0, tags=[f"tag {number}" for number in range(8)])
    serve(page, library)
    page.route(f"{api_url}/images/batch", lambda route: route.abort())
    select(page, 0, 1)
    click(page, "Hide")
    expect(toast(page)).to_contain_text("2 failed")
    for name in ("More", "Export"):
        click(page, name)
        expect(page.get_by_role("menuitem").first).to_be_focused()
        for item in page.get_by_role("menuitem").all():
            assert item.evaluate(IS_ON_TOP), name
        page.keyboard.press("Escape")


def test_suggests_known_tags(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 6)
    library.change(5, tags=["summer holiday"])
    serve(page, library)
    select(page, 0)
    click(page, "Tag")
    page.keyboard.type("hol")
    expect(page.locator(".suggestion")).to_have_text(["summer holiday1"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect_result(page, "1 photo tagged “summer holiday”.")


def test_adds_favorites(page: Page, stack: Stack) -> None:
    library = serve(page, FakeLibrary(stack, 6))
    library.images[image_id(2)]["revision"] = 7  # changed elsewhere
    select(page, 0, 1, 2)
    click(page, "Favorite")
    expect_result(
        page,
        "2 of 3 photos added to your favorites. 1 failed: \u2068picture-2.jpg\u2069. "
        "This picture was changed in the meantime.",
    )
    changes = {"favorite": True}
    assert library.patches == [(image_id(number), changes, '"1"') for number in range(3)]
    expect(page.locator(".tile[data-selected] .tile-name")).to_have_text("picture-2.jpg")
    expect(tiles(page).first.locator(".tile-marks .icon")).to_have_count(1)


@pytest.mark.parametrize(
    ("name", "item", "decision", "sentence", "label"),
    [
        ("Approve", None, "approved", "2 photos approved.", ", approved"),
        ("Hide", None, "hidden", "2 photos hidden.", ", hidden"),
        ("More", "Clear decision", None, "2 photos without a decision now.", ""),
    ],
)
def test_decides(
    page: Page, stack: Stack, name: str, item: str | None, decision: str | None, sentence: str, label: str
) -> None:
    library = serve(page, FakeLibrary(stack, 6))
    select(page, 1, 2)
    click(page, name, item)
    expect_result(page, sentence)
    ids = [image_id(1), image_id(2)]
    assert library.batches == [{"ids": ids, "action": "decide", "decision": decision}]
    link = tiles(page).nth(1).locator(".tile-link")
    expect(link).to_have_accessible_name(f"picture-1.jpg{label}: no labels found")


def test_deletes_in_chunks_and_keeps_those_that_failed_selected(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 250)
    library.batch_problems = {image_id(number): (409, "busy", DAMAGED) for number in (3, 120, 121, 122, 123)}
    library.batch_problems[image_id(5)] = (500, "internal-error", "Something went wrong on our side.")
    serve(page, library)
    asked = accept(page)
    page.evaluate("""async () => {
      while ((document.querySelector(".tile")?.ariaSetSize ?? "-1") === "-1") {
        scrollTo(0, document.documentElement.scrollHeight);
        await new Promise((done) => setTimeout(done, 20));
      }
      scrollTo(0, 0);
    }""")
    page.get_by_role("button", name="Select", exact=True).click()
    page.get_by_role("button", name="Select all").click()
    click(page, "Delete")
    expect_result(
        page,
        "244 of 250 photos deleted. 5 failed: \u2068picture-3.jpg\u2069, \u2068picture-120.jpg\u2069, "
        "\u2068picture-121.jpg\u2069, and 2 more. The picture is damaged. "
        "1 failed: \u2068picture-5.jpg\u2069. Something went wrong on our side.",
    )
    assert asked == ["Delete 250 photos? This can’t be undone."]
    assert [len(batch["ids"]) for batch in library.batches] == [100, 100, 50]
    expect(tiles(page)).to_have_count(6)
    expect(page.locator(".tile[data-selected]")).to_have_count(6)
    assert axe_violations(page) == []
    library.batch_problems.clear()
    page.locator(".tile-link").first.focus()
    page.keyboard.press("Delete")
    expect(toast(page)).to_contain_text("6 photos deleted.")
    expect(tiles(page)).to_have_count(0)


def test_deletes_nothing_without_a_confirmation(page: Page, stack: Stack) -> None:
    library = serve(page, FakeLibrary(stack, 6))
    select(page, 1)
    page.on("dialog", lambda dialog: dialog.dismiss())
    click(page, "Delete")
    expect(page.locator(".tile[data-selected]")).to_have_count(1)
    assert library.batches == []


def test_a_photo_that_is_gone_counts_as_deleted(page: Page, stack: Stack) -> None:
    library = serve(page, FakeLibrary(stack, 3))
    accept(page)
    select(page, 0, 1)
    del library.images[image_id(1)]
    click(page, "Delete")
    expect_result(page, "2 photos deleted.")
    expect(tiles(page)).to_have_count(1)


def test_recognizes_again(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 3)
    serve(page, library)
    asked = accept(page)
    select(page, 0, 1)
    click(page, "More", "Recognize again")
    expect_result(page, "2 photos being recognized again.")
    assert asked == ["Recognize 2 photos again? Only what is missing or outdated is recognized and billed."]
    expect(tiles(page).nth(1)).to_have_attribute("data-status", "pending")
    library.set_done(0)
    library.set_done(1)
    expect(tiles(page).nth(1)).to_have_attribute("data-status", "done")
    assert library.retried_ids == [image_id(0), image_id(1)]


def test_sends_again_what_the_api_had_no_time_for(page: Page, stack: Stack, api_url: str) -> None:
    library = serve(page, FakeLibrary(stack, 6))
    requests: list[list[str]] = []

    def respond(route: Route) -> None:
        """Finish two of the images only."""
        ids = json.loads(route.request.post_data or "")["ids"]
        requests.append(ids)
        late = {"status": 503, "code": "not-finished", "detail": "There was no time left."}
        done = [{"id": each, "status": 200, "image": library.images[each]} for each in ids[:2]]
        fulfill_json(route, {"results": [*done, *({"id": each, **late} for each in ids[2:])]})

    page.route(f"{api_url}/images/batch", respond)
    select(page, 0, 1, 2, 3, 4)
    click(page, "Approve")
    expect_result(page, "5 photos approved.")
    assert [len(ids) for ids in requests] == [5, 3, 1]


def test_says_what_was_not_sent_when_the_connection_fails(
    open_page: OpenPage, stack: Stack, api_url: str
) -> None:
    page = open_page(short_delays=True)
    library = serve(page, FakeLibrary(stack, 6))
    page.route(f"{api_url}/images/batch", lambda route: route.abort())
    select(page, 0, 1)
    click(page, "Hide")
    names = "\u2068picture-0.jpg\u2069 and \u2068picture-1.jpg\u2069"
    expect_result(page, f"0 of 2 photos hidden. 2 failed: {names}. {UNREACHABLE}")
    expect(page.locator(".tile[data-selected]")).to_have_count(2)
    toast(page).get_by_role("button", name="Dismiss").click()
    expect(toast(page)).to_be_hidden()
    assert library.batches == []


def test_shows_the_progress_and_can_be_canceled(page: Page, stack: Stack, api_url: str) -> None:
    serve(page, FakeLibrary(stack, 6))
    gate = RequestGate(page, f"{api_url}/images/batch")
    select(page, 0, 1)
    click(page, "Approve")
    expect(toast(page)).to_contain_text("Saving…")
    hide = page.locator("#selection-bar").get_by_role("button", name="Hide")
    expect(hide).to_have_attribute("aria-disabled", "true")
    hide.press("Enter")
    gate.wait_for(1)
    assert axe_violations(page) == []
    toast(page).get_by_role("button", name="Cancel").click()
    expect(toast(page)).to_contain_text("0 of 2 photos approved. 2 failed:")
    expect(toast(page)).to_contain_text("Canceled.")
    expect(hide).not_to_have_attribute("aria-disabled", "true")


@pytest.mark.parametrize(
    ("from_selection", "source"),
    [(True, {"ids": [image_id(0), image_id(2)]}), (False, {"query": "cat -status:failed", "order": "added"})],
)
@pytest.mark.usefixtures("sources")  # to replace a module
def test_exports_the_selection_or_the_search(
    page: Page, stack: Stack, from_selection: bool, source: object
) -> None:
    script = """export async function exportImages(format, source, {onProgress, signal}) {
      (window.exported ??= []).push([format, source]);
      onProgress({exported: 1, failed: 0, total: null});
      await new Promise((resolve) => { window.finish = resolve; });
      return {exported: 1, failed: [], fileName: "a.csv", message: "1 photo exported."};
    }
    export const isExporting = () => false;"""
    page.route(
        "**/scripts/export.js",
        lambda route: route.fulfill(body=script, content_type="text/javascript"),
    )
    library = FakeLibrary(stack, 6)
    serve(page, library)
    if from_selection:
        select(page, 0, 2)
    else:
        page.evaluate("location.hash = '#/?q=cat'")
        expect(tiles(page)).to_have_count(2)
    bar = page.locator("#selection-bar" if from_selection else "#toolbar")
    bar.get_by_role("button", name="Export").click()
    expect(page.get_by_role("menuitem")).to_have_text(
        ["CSVtable", "JSON Linesdata", "XMP sidecarszip", "Originalszip"]
    )
    page.get_by_role("menuitem", name="XMP").click()
    expect(toast(page)).to_contain_text("Exporting… 1 photo")
    page.evaluate("window.finish()")
    expect(toast(page)).to_contain_text("1 photo exported.")
    assert page.evaluate("window.exported") == [["xmp", source]]
