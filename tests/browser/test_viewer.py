"""The viewer: zoom, navigation, links, downloads, and deletion."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.fake_library import FakeLibrary, image_id
from tests.browser.support import (
    ASTRONAUT_FACE,
    bounding_box,
    box_in_image,
    contains_box,
    expect_upload_phase,
    freeze_clock,
    upload_and_open,
)

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload

    from local.stack import Stack
    from tests.browser.support import NewFile, OpenPage

BOX = (100, 100, 300, 300)  # of 400 × 400 pixels, in each image of a FakeLibrary


def get_viewer(page: Page) -> Locator:
    return page.locator("#viewer")


def open_image(page: Page, number: int = 0) -> Locator:
    page.get_by_role("link", name=re.compile(rf"^picture-{number}\.jpg")).click()
    return expect_image(page, number)


def expect_image(page: Page, number: int) -> Locator:
    viewer = get_viewer(page)
    expect(viewer.get_by_role("heading", level=2)).to_have_text(f"picture-{number}.jpg")
    expect(viewer).to_have_attribute("data-ready", "")
    sharp = re.compile(rf"/original/{image_id(number)[-6:]}/")
    expect(viewer.locator(".image-view-img")).to_have_attribute("src", sharp)  # after the thumbnail
    return viewer


def scale(page: Page) -> int:
    return int((page.locator(".viewer-scale").text_content() or "").rstrip("%"))


def center(viewer: Locator) -> tuple[float, float]:
    box = bounding_box(viewer.locator(".viewer-stage"))
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def touch(page: Page, *frames: list[tuple[float, float]]) -> None:
    """Touch the screen: each frame lists the positions of all fingers."""
    session = page.context.new_cdp_session(page)
    for index, points in enumerate(frames):
        kind = "touchStart" if index == 0 else "touchMove"
        fingers = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(points)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def upload_and_get_id(page: Page, file: FilePayload) -> str:
    """Upload a file and wait until the viewer shows it."""
    with page.expect_response(re.compile("/uploads$")) as response:
        upload_and_open(page, file)
    return str(response.value.json()["image"]["id"])


@pytest.mark.parametrize("width", [320, 1440])
def test_shows_a_large_photo_with_boxes_in_place(open_page: OpenPage, new_file: NewFile, width: int) -> None:
    page = open_page(width=width)
    viewer = upload_and_open(page, new_file())
    picture = viewer.locator(".image-view-img")
    expect(picture).to_have_js_property("naturalWidth", 512)  # the original, not the thumbnail

    image = bounding_box(picture)
    assert max(image["width"] / width, image["height"] / 900) > 0.55
    person_box = viewer.locator(".box").filter(has_text="Person").first
    assert contains_box(box_in_image(viewer, person_box), ASTRONAUT_FACE)
    expect(viewer.locator('.item[data-name="Person"]')).to_be_visible()
    expect(viewer.locator(".viewer-meta")).to_contain_text("512 × 512 pixels · JPEG")


def test_boxes_stay_in_place_at_any_scale(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 3).serve(page)
    viewer = open_image(page)
    box = viewer.locator(".box").first
    for _ in range(3):
        assert box_in_image(viewer, box, (400, 400)) == pytest.approx(BOX, abs=2)
        page.keyboard.press("+")
    line = box.evaluate("(box) => parseFloat(getComputedStyle(box).borderLeftWidth)")
    assert line * scale(page) / 100 < 4  # borders don't grow with the photo


def test_zooms_with_buttons_keys_wheel_and_double_click(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 3).serve(page)
    viewer = open_image(page)
    x, y = center(viewer)
    assert scale(page) == 100

    viewer.get_by_role("button", name="Zoom in").click()
    assert scale(page) == 150
    viewer.get_by_role("button", name="Zoom out").click()
    assert scale(page) == 100
    page.keyboard.press("+")
    page.keyboard.press("=")
    assert scale(page) == 225
    page.keyboard.press("-")
    assert scale(page) == 150
    page.keyboard.press("0")
    assert scale(page) == 100

    page.mouse.move(x - 100, y - 100)
    before = bounding_box(viewer.locator(".image-view-img"))
    page.mouse.wheel(0, -400)
    page.wait_for_function("document.querySelector('.viewer-scale').textContent !== '100%'")
    after = bounding_box(viewer.locator(".image-view-img"))
    for axis, point in (("x", x - 100), ("y", y - 100)):  # the point under the pointer stays
        size = "width" if axis == "x" else "height"
        assert (point - before[axis]) / before[size] == pytest.approx(
            (point - after[axis]) / after[size], abs=0.01
        )
    for _ in range(20):
        page.mouse.wheel(0, -1000)
    page.wait_for_function("document.querySelector('.viewer-scale').textContent === '800%'")
    viewer.get_by_role("button", name="Fit to window, 800%", exact=True).click()
    assert scale(page) == 100
    expect(viewer.locator(".viewer-scale")).to_have_accessible_name("Fit to window, 100%")

    page.mouse.dblclick(x, y)
    assert scale(page) == 250
    page.mouse.dblclick(x, y)
    assert scale(page) == 100


def test_pans_a_zoomed_photo_up_to_its_edge(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 3).serve(page)
    viewer = open_image(page)
    x, y = center(viewer)
    page.mouse.dblclick(x, y)
    before = bounding_box(viewer.locator(".image-view-img"))

    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 30)
    page.mouse.up()
    moved = bounding_box(viewer.locator(".image-view-img"))
    assert (moved["x"] - before["x"], moved["y"] - before["y"]) == pytest.approx((60, 30), abs=1)

    page.keyboard.press("ArrowLeft")
    assert bounding_box(viewer.locator(".image-view-img"))["x"] - moved["x"] == pytest.approx(80, abs=1)
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    stage = bounding_box(viewer.locator(".viewer-stage"))
    edge = bounding_box(viewer.locator(".image-view-img"))
    assert edge["x"] + edge["width"] == pytest.approx(stage["x"] + stage["width"], abs=1)
    expect_image(page, 0)  # still the same photo


def test_supports_pinch_and_swipe(open_page: OpenPage, stack: Stack) -> None:
    page = open_page(width=390, height=844, has_touch=True, is_mobile=True)
    FakeLibrary(stack, 3).serve(page)
    viewer = open_image(page)
    x, y = center(viewer)

    touch(page, [(x + 100, y)], [(x, y)], [(x - 100, y)])
    viewer = expect_image(page, 1)
    touch(page, [(x - 100, y)], [(x, y)], [(x + 100, y)])
    viewer = expect_image(page, 0)

    touch(page, [(x - 20, y), (x + 20, y)], [(x - 40, y), (x + 40, y)], [(x - 60, y), (x + 60, y)])
    assert scale(page) == pytest.approx(300, abs=20)
    touch(page, [(x + 100, y)], [(x, y)], [(x - 100, y)])  # pans now
    expect_image(page, 0)


def test_moves_to_the_next_and_previous_photo(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 70).serve(page)
    open_image(page)
    page.keyboard.press("ArrowRight")
    expect_image(page, 1)
    expect(page).to_have_url(re.compile(f"#/image/{image_id(1)}$"))
    expect(get_viewer(page).get_by_role("heading", level=2)).to_be_focused()
    page.keyboard.press("ArrowLeft")
    viewer = expect_image(page, 0)
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#announcements")).to_contain_text("This is the first photo.")
    expect(viewer.get_by_role("button", name="Previous photo")).to_have_attribute("aria-disabled", "true")

    viewer.get_by_role("button", name="Next photo").click()
    expect_image(page, 1)
    page.goto(f"{stack.page_url}/#/image/{image_id(59)}".replace("//#", "/#"))
    expect_image(page, 59)
    page.keyboard.press("ArrowRight")  # loads the next page
    expect_image(page, 60)
    expect(page.locator(".viewer-position")).to_have_text("61 of 70")


def test_arrow_keys_are_mirrored_in_rtl(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 3).serve(page)
    page.evaluate("document.documentElement.dir = 'rtl'")
    open_image(page)
    page.keyboard.press("ArrowLeft")
    viewer = expect_image(page, 1)
    next_button = bounding_box(viewer.get_by_role("button", name="Next photo"))
    assert next_button["x"] < center(viewer)[0]


def test_escape_closes_and_focuses_the_last_viewed_photo(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 70).serve(page)
    page.get_by_role("link", name=re.compile(r"^picture-0\.jpg")).focus()
    page.keyboard.press("Enter")
    expect_image(page, 0)
    for _ in range(30):
        page.keyboard.press("ArrowRight")
    expect_image(page, 30)

    page.keyboard.press("Escape")

    expect(get_viewer(page)).to_be_hidden()
    expect(page.get_by_role("link", name=re.compile(r"^picture-30\.jpg"))).to_be_focused()
    expect(page.get_by_role("link", name=re.compile(r"^picture-30\.jpg"))).to_be_in_viewport()
    expect(page).not_to_have_url(re.compile("/image/"))
    assert page.title() == "Image recognition"


def test_back_closes_and_forward_reopens(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 5).serve(page)
    open_image(page)
    page.keyboard.press("ArrowRight")
    expect_image(page, 1)
    page.go_back()
    expect(get_viewer(page)).to_be_hidden()
    page.go_forward()
    expect_image(page, 1)


def test_content_behind_the_viewer_is_inert(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 5).serve(page)
    viewer = open_image(page)
    assert page.evaluate(
        "document.querySelector('main').inert && document.querySelector('.page-header').inert"
    )
    for _ in range(40):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "document.activeElement === document.body || document.activeElement.closest('#viewer') !== null"
        )
    viewer.get_by_role("button", name="Close").click()
    assert not page.evaluate("document.querySelector('main').inert")


def test_opens_a_linked_photo_after_sign_in(open_page: OpenPage, page: Page, new_file: NewFile) -> None:
    identifier = upload_and_get_id(page, new_file())
    other = open_page(at=f"#/image/{identifier}")  # signs in first
    expect(get_viewer(other)).to_have_attribute("data-ready", "")
    expect(get_viewer(other).get_by_role("heading", level=2)).to_have_text("astronaut.jpg")
    other.reload()
    expect(get_viewer(other)).to_have_attribute("data-ready", "")
    other.keyboard.press("Escape")
    expect(get_viewer(other)).to_be_hidden()
    expect(other.locator(f".tile [href$='{identifier}']")).to_be_focused()


def test_shows_that_a_photo_does_not_exist(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 3).serve(page)
    page.goto(page.url.split("#")[0] + f"#/image/{image_id(99)}")
    expect(get_viewer(page).locator(".error-box p")).to_have_text(
        "This picture doesn't exist. It may have been deleted."
    )
    expect(get_viewer(page).get_by_role("button", name="Delete")).to_be_hidden()
    expect(get_viewer(page).locator(".error-box button")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(get_viewer(page)).to_be_hidden()


def test_shows_a_pending_photo_when_it_is_done(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 3)
    library.set_pending(0)
    library.serve(page)
    page.locator(".tile-link").first.click()
    expect(get_viewer(page)).to_contain_text("Results will appear here.")
    library.set_done(0)
    expect_image(page, 0)


def test_shows_an_unfinished_upload_and_lets_the_user_choose_the_file_again(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 3)
    library.set_pending(0, datetime.now(UTC) - timedelta(hours=1))
    library.serve(page)
    page.get_by_role("link", name=re.compile(r"^picture-0\.jpg")).click()
    message = "The upload didn't finish. Choose the file again."
    expect(get_viewer(page).locator(".error-box p")).to_have_text(message)
    expect(page.locator("#announcements")).to_contain_text(message)
    with page.expect_file_chooser():
        get_viewer(page).get_by_role("button", name="Choose file again").click()
    assert library.requested_ids == [image_id(0)]


def test_can_retry_a_photo_that_failed_to_load(page: Page, stack: Stack, images_url: str) -> None:
    FakeLibrary(stack, 3).serve(page)
    expect(page.locator(".tile img")).to_have_count(3)
    page.route(images_url, lambda route: route.abort())
    page.locator(".tile-link").first.click()
    message = "Can't reach the service. Check your connection."
    expect(get_viewer(page).locator(".error-box p")).to_have_text(message)
    expect(page.locator("#announcements")).to_contain_text(message)
    expect(get_viewer(page).locator(".image-view-img")).to_be_visible()  # the thumbnail
    expect(get_viewer(page).locator(".image-view-message")).to_be_hidden()

    page.unroute(images_url)
    get_viewer(page).get_by_role("button", name="Try again").click()
    expect_image(page, 0)
    expect(get_viewer(page).get_by_role("heading", level=2)).to_be_focused()


def test_shows_a_rejection_and_lets_the_user_choose_the_file_again(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 3)
    library.set_failed(0, "The picture is damaged.")
    library.serve(page)
    page.locator(".tile-link").first.click()
    expect(get_viewer(page).locator(".error-box p")).to_have_text("The picture is damaged.")
    with page.expect_file_chooser():
        get_viewer(page).get_by_role("button", name="Choose file again").click()


def test_downloads_the_photo_and_its_json(page: Page, new_file: NewFile, tmp_path: Path) -> None:
    file = new_file()
    upload_and_open(page, file)
    saved = {}
    for name in ("Download photo", "Download JSON"):
        with page.expect_download() as download:
            get_viewer(page).get_by_role("button", name=name).click()
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        saved[path.name] = path.read_bytes()

    assert sorted(saved) == ["astronaut.jpg", "astronaut.json"]
    assert saved["astronaut.jpg"] == file["buffer"]
    assert json.loads(saved["astronaut.json"])["SchemaVersion"] == 1
    expect(get_viewer(page)).to_be_visible()


def test_deleting_can_be_undone(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 5).serve(page)
    open_image(page, 1)
    get_viewer(page).get_by_role("button", name="Delete", exact=True).click()
    expect_image(page, 2)
    toast = page.get_by_role("region", name="Notifications")
    expect(toast).to_contain_text("Deleted picture-1.jpg.")
    expect(page.locator("#announcements")).to_contain_text("Deleted picture-1.jpg.")
    expect(page.locator(".viewer-position")).to_have_text("2 of 4")

    toast.get_by_role("button", name="Undo deleting picture-1.jpg").click()
    expect_image(page, 1)
    expect(page.locator(".viewer-position")).to_have_text("2 of 5")
    expect(toast).to_be_hidden()

    page.keyboard.press("Delete")
    expect_image(page, 2)
    page.keyboard.press("Escape")
    expect(page.locator(".tile")).to_have_count(4)
    page.keyboard.press("Control+z")
    expect(page.locator(".tile")).to_have_count(5)
    expect(page.get_by_role("link", name=re.compile(r"^picture-1\.jpg"))).to_be_focused()
    assert library.deleted_ids == []


@pytest.mark.parametrize("use", ["focus", "hover"])
def test_deletes_after_a_delay_but_not_while_the_toast_is_in_use(page: Page, stack: Stack, use: str) -> None:
    page.clock.install()
    library = FakeLibrary(stack, 5).serve(page)
    expect(page.locator(".tile")).to_have_count(5)
    open_image(page, 1)
    freeze_clock(page)
    page.keyboard.press("Delete")
    undo = page.get_by_role("button", name="Undo deleting picture-1.jpg")
    page.clock.run_for(4_000)
    if use == "focus":
        undo.focus()
    else:
        undo.hover()
    page.clock.run_for(60_000)
    assert library.deleted_ids == []

    if use == "focus":
        undo.evaluate("(button) => button.blur()")
    else:
        page.mouse.move(0, 0)
    page.clock.run_for(5_000)  # the six seconds start again
    assert library.deleted_ids == []
    with page.expect_request(lambda request: request.method == "DELETE"):
        page.clock.run_for(2_000)
    expect(undo).to_be_hidden()
    page.clock.run_for(4_000)
    expect(page.locator(".label").filter(has_text="Cat")).to_contain_text("2")  # updated
    assert library.deleted_ids == [image_id(1)]


def test_uploading_a_file_again_undoes_its_deletion(page: Page, new_file: NewFile) -> None:
    broken: FilePayload = new_file() | {"name": "broken.jpg", "buffer": new_file()["buffer"][:200]}
    page.set_input_files("#files", broken)
    expect_upload_phase(page, "failed", 1)
    page.locator(".tile-link").click()
    expect(get_viewer(page).get_by_role("button", name="Choose file again")).to_be_visible()
    page.keyboard.press("Delete")
    expect(page.locator(".tile")).to_have_count(0)
    page.get_by_role("button", name="Undo deleting broken.jpg").focus()  # keeps the toast open

    page.set_input_files("#files", broken)

    expect(page.locator(".toast")).to_have_count(0)
    expect(page.locator("#announcements")).to_contain_text("Restored broken.jpg.")
    expect(page.locator('.tile[data-status="failed"]')).to_have_count(1)


@pytest.mark.parametrize("width", [320, 1280])
def test_toast_keeps_its_button_on_one_line(open_page: OpenPage, stack: Stack, width: int) -> None:
    page = open_page(width=width)
    library = FakeLibrary(stack, 3)
    if width == 320:
        library.change(0, fileName="picture-0.jpg" + "-without-a-single-space" * 8)
    library.serve(page)
    page.get_by_role("link", name=re.compile(r"^picture-0\.jpg")).click()
    page.keyboard.press("Delete")
    undo = page.locator(".toast button")
    undo.focus()  # keeps the toast open
    line_count = """(button) => {
      const range = new Range();
      range.selectNodeContents(button);
      return range.getClientRects().length;
    }"""
    assert undo.evaluate(line_count) == 1
    toast = bounding_box(page.locator(".toast"))
    assert toast == bounding_box(page.locator("#toasts"))  # which would take clicks beside it
    assert toast["x"] + toast["width"] / 2 == pytest.approx(width / 2, abs=8)  # half a scroll bar


def test_leaving_the_page_completes_the_deletion(
    page: Page, stack: Stack, new_file: NewFile, api_url: str
) -> None:
    identifier = upload_and_get_id(page, new_file())
    page.keyboard.press("Delete")
    expect(page.get_by_role("region", name="Notifications")).to_be_visible()
    page.goto("about:blank")

    page.goto(stack.page_url)
    url = f"{api_url}/images/{identifier}"
    page.wait_for_function(
        "async ([url, Authorization]) => (await fetch(url, {headers: {Authorization}})).status === 404",
        arg=[url, f"Bearer {stack.token('alice')}"],
    )


def test_failed_deletion_restores_the_photo_and_shows_why(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 3)
    library.delete_problem = (500, "internal-error", "Something went wrong on our side.")
    page.clock.install()
    library.serve(page)
    open_image(page, 0)
    freeze_clock(page)
    page.keyboard.press("Delete")
    expect_image(page, 1)
    page.keyboard.press("Escape")
    expect(page.locator(".tile")).to_have_count(2)
    page.clock.run_for(7_000)
    expect(page.locator(".tile")).to_have_count(3)
    message = "Couldn't delete picture-0.jpg. Something went wrong on our side."
    expect(page.locator(".toast")).to_contain_text(message)
    expect(page.locator("#announcements")).to_contain_text(message)
    page.locator(".toast").get_by_role("button", name="Dismiss").click()
    expect(page.locator(".toast")).to_have_count(0)


def test_deleting_the_last_photo_closes_the_viewer(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 1).serve(page)
    open_image(page, 0)
    page.keyboard.press("Delete")
    expect(get_viewer(page)).to_be_hidden()
    expect(page.locator(".gallery-status")).to_contain_text("No photos yet")


@pytest.mark.parametrize("width", [320, 768, 1440, 3840])
@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_viewer_never_scrolls_sideways(open_page: OpenPage, stack: Stack, width: int, direction: str) -> None:
    page = open_page(width=width, height=720)
    library = FakeLibrary(stack, 2)
    library.change(0, fileName="picture-0.jpg" + "-without-a-single-space" * 8)
    library.serve(page)
    page.evaluate("(direction) => { document.documentElement.dir = direction; }", direction)
    page.locator(".tile-link").first.click()
    expect(get_viewer(page)).to_have_attribute("data-ready", "")
    page.get_by_text("View JSON").click()
    for selector in ("html", "#viewer", ".viewer-panel"):
        overflow = page.locator(selector).evaluate("(element) => element.scrollWidth - element.clientWidth")
        assert overflow <= 0, selector
    for button in get_viewer(page).locator(".viewer-bar button").all():
        expect(button).to_be_in_viewport(ratio=1)


def test_focus_is_never_hidden_by_the_toolbar_on_a_phone(open_page: OpenPage, stack: Stack) -> None:
    page = open_page(width=320, height=480)
    library = FakeLibrary(stack, 2)
    library.change(0, labels=[{"name": f"Label {number}", "confidence": 90.0} for number in range(20)])
    library.serve(page)
    viewer = open_image(page)
    viewer.get_by_text("View JSON").focus()
    hidden = []
    for _ in range(25):
        page.keyboard.press("Shift+Tab")
        hidden += page.evaluate("""() => {
          const {activeElement: focused} = document;
          const bar = document.querySelector(".viewer-bar");
          const isUnder = focused.getBoundingClientRect().top < bar.getBoundingClientRect().bottom;
          return isUnder && !bar.contains(focused) ? [focused.ariaLabel ?? focused.textContent] : [];
        }""")
    expect(viewer.get_by_role("button", name="Delete")).to_be_focused()
    assert hidden == []
