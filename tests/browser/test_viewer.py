"""One picture: large, with its boxes, near and far, its neighbours, its link, its files, and its end."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.collection import Collection, image_id
from tests.browser.support import hold_time, show, within_picture

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.stack import Stack
    from tests.browser.support import Fresh

FACE = (177, 66, 272, 161)  # of 512 × 512, in samples/astronaut.jpg
BOX = (100, 100, 300, 300)  # of 400 × 400, in each picture of a collection


def viewer(page: Page) -> Locator:
    return page.locator("#viewer")


def opened(page: Page, number: int = 0) -> Locator:
    page.get_by_role("link", name=re.compile(rf"^picture-{number}\.jpg")).click()
    return drawn(page, number)


def drawn(page: Page, number: int) -> Locator:
    shown = viewer(page)
    expect(shown.get_by_role("heading", level=2)).to_have_text(f"picture-{number}.jpg")
    expect(shown).to_have_attribute("data-ready", "")
    sharp = re.compile(rf"/original/{image_id(number)[-6:]}/")
    expect(shown.locator(".image-view-img")).to_have_attribute("src", sharp)  # after the thumbnail
    return shown


def scale(page: Page) -> int:
    return int((page.locator(".viewer-scale").text_content() or "").rstrip("%"))


def middle(shown: Locator) -> tuple[float, float]:
    box = shown.locator(".viewer-stage").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def touch(page: Page, *frames: list[tuple[float, float]]) -> None:
    """Fingers on the screen: where they are down, frame by frame."""
    session = page.context.new_cdp_session(page)
    for index, points in enumerate(frames):
        kind = "touchStart" if index == 0 else "touchMove"
        fingers = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(points)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def uploaded(page: Page, file: dict[str, Any]) -> str:
    """The id of a picture that is uploaded, recognised and shown."""
    with page.expect_response(re.compile("/uploads$")) as answer:
        show(page, file)
    return str(answer.value.json()["image"]["id"])


@pytest.mark.parametrize("width", [320, 1440])
def test_a_picture_is_large_and_its_boxes_are_on_the_spot(
    open_page: Callable[..., Page], fresh: Fresh, width: int
) -> None:
    page = open_page(width=width)
    shown = show(page, fresh())
    picture = shown.locator(".image-view-img")
    expect(picture).to_have_js_property("naturalWidth", 512)  # the original, not the thumbnail

    image = picture.bounding_box()
    assert image is not None
    assert max(image["width"] / width, image["height"] / 900) > 0.55
    left, top, right, bottom = within_picture(shown, shown.locator(".box").filter(has_text="Person").first)
    assert (left <= FACE[0], top <= FACE[1], right >= FACE[2], bottom >= FACE[3]) == (True,) * 4
    expect(shown.locator('.item[data-name="Person"]')).to_be_visible()
    expect(shown.locator(".viewer-meta")).to_contain_text("512 × 512 pixels · JPEG")


def test_boxes_stay_on_the_picture_at_any_scale(page: Page, stack: Stack) -> None:
    Collection(stack, 3).serve(page)
    shown = opened(page)
    box = shown.locator(".box").first
    for _ in range(3):
        assert within_picture(shown, box, (400, 400)) == pytest.approx(BOX, abs=2)
        page.keyboard.press("+")
    line = box.evaluate("(box) => parseFloat(getComputedStyle(box).borderLeftWidth)")
    assert line * scale(page) / 100 < 4  # lines do not grow with the picture


def test_zoom_by_buttons_keys_wheel_and_double_click(page: Page, stack: Stack) -> None:
    Collection(stack, 3).serve(page)
    shown = opened(page)
    x, y = middle(shown)
    assert scale(page) == 100

    shown.get_by_role("button", name="Zoom in").click()
    assert scale(page) == 150
    shown.get_by_role("button", name="Zoom out").click()
    assert scale(page) == 100
    page.keyboard.press("+")
    page.keyboard.press("=")
    assert scale(page) == 225
    page.keyboard.press("-")
    assert scale(page) == 150
    page.keyboard.press("0")
    assert scale(page) == 100

    page.mouse.move(x - 100, y - 100)
    before = box_of(shown)
    page.mouse.wheel(0, -400)
    page.wait_for_function("document.querySelector('.viewer-scale').textContent !== '100%'")
    after = box_of(shown)
    for axis, point in (("x", x - 100), ("y", y - 100)):  # what is under the pointer stays there
        size = "width" if axis == "x" else "height"
        assert (point - before[axis]) / before[size] == pytest.approx(
            (point - after[axis]) / after[size], abs=0.01
        )
    for _ in range(20):
        page.mouse.wheel(0, -1000)
    page.wait_for_function("document.querySelector('.viewer-scale').textContent === '800%'")
    shown.get_by_role("button", name="Fit to window, 800%", exact=True).click()
    assert scale(page) == 100
    expect(shown.locator(".viewer-scale")).to_have_accessible_name("Fit to window, 100%")

    page.mouse.dblclick(x, y)
    assert scale(page) == 250
    page.mouse.dblclick(x, y)
    assert scale(page) == 100


def box_of(shown: Locator) -> dict[str, float]:
    box = shown.locator(".image-view-img").bounding_box()
    assert box is not None
    return dict(box)


def test_a_zoomed_picture_is_moved_by_dragging_and_by_arrow_keys_up_to_its_edge(
    page: Page, stack: Stack
) -> None:
    Collection(stack, 3).serve(page)
    shown = opened(page)
    x, y = middle(shown)
    page.mouse.dblclick(x, y)
    before = box_of(shown)

    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 30)
    page.mouse.up()
    moved = box_of(shown)
    assert (moved["x"] - before["x"], moved["y"] - before["y"]) == pytest.approx((60, 30), abs=1)

    page.keyboard.press("ArrowLeft")
    assert box_of(shown)["x"] - moved["x"] == pytest.approx(80, abs=1)
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    stage = shown.locator(".viewer-stage").bounding_box()
    assert stage is not None
    edge = box_of(shown)
    assert edge["x"] + edge["width"] == pytest.approx(stage["x"] + stage["width"], abs=1)
    drawn(page, 0)  # still the same picture


def test_fingers_pinch_and_swipe(open_page: Callable[..., Page], stack: Stack) -> None:
    page = open_page(width=390, height=844, has_touch=True, is_mobile=True)
    Collection(stack, 3).serve(page)
    shown = opened(page)
    x, y = middle(shown)

    touch(page, [(x + 100, y)], [(x, y)], [(x - 100, y)])
    shown = drawn(page, 1)
    touch(page, [(x - 100, y)], [(x, y)], [(x + 100, y)])
    shown = drawn(page, 0)

    touch(page, [(x - 20, y), (x + 20, y)], [(x - 40, y), (x + 40, y)], [(x - 60, y), (x + 60, y)])
    assert scale(page) == pytest.approx(300, abs=20)
    touch(page, [(x + 100, y)], [(x, y)], [(x - 100, y)])  # moves the picture now
    drawn(page, 0)


def test_next_and_previous_by_keys_and_buttons_to_the_end_of_the_collection(page: Page, stack: Stack) -> None:
    Collection(stack, 70).serve(page)
    opened(page)
    page.keyboard.press("ArrowRight")
    drawn(page, 1)
    expect(page).to_have_url(re.compile(f"#/image/{image_id(1)}$"))
    expect(viewer(page).get_by_role("heading", level=2)).to_be_focused()
    page.keyboard.press("ArrowLeft")
    shown = drawn(page, 0)
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#announcements")).to_contain_text("This is the first photo.")
    expect(shown.get_by_role("button", name="Previous photo")).to_have_attribute("aria-disabled", "true")

    shown.get_by_role("button", name="Next photo").click()
    drawn(page, 1)
    page.goto(f"{stack.page_url}/#/image/{image_id(59)}".replace("//#", "/#"))
    drawn(page, 59)
    page.keyboard.press("ArrowRight")  # the next page of the list
    drawn(page, 60)
    expect(page.locator(".viewer-position")).to_have_text("61 of 70")


def test_arrow_keys_follow_the_direction_of_the_script(page: Page, stack: Stack) -> None:
    Collection(stack, 3).serve(page)
    page.evaluate("document.documentElement.dir = 'rtl'")
    opened(page)
    page.keyboard.press("ArrowLeft")
    shown = drawn(page, 1)
    next_button = shown.get_by_role("button", name="Next photo").bounding_box()
    assert next_button is not None
    assert next_button["x"] < middle(shown)[0]


def test_escape_closes_and_the_focus_returns_to_the_picture_seen_last(page: Page, stack: Stack) -> None:
    Collection(stack, 70).serve(page)
    page.get_by_role("link", name=re.compile(r"^picture-0\.jpg")).focus()
    page.keyboard.press("Enter")
    drawn(page, 0)
    for _ in range(30):
        page.keyboard.press("ArrowRight")
    drawn(page, 30)

    page.keyboard.press("Escape")

    expect(viewer(page)).to_be_hidden()
    expect(page.get_by_role("link", name=re.compile(r"^picture-30\.jpg"))).to_be_focused()
    expect(page.get_by_role("link", name=re.compile(r"^picture-30\.jpg"))).to_be_in_viewport()
    expect(page).not_to_have_url(re.compile("/image/"))
    assert page.title() == "Image recognition"


def test_back_closes_and_forward_opens_again(page: Page, stack: Stack) -> None:
    Collection(stack, 5).serve(page)
    opened(page)
    page.keyboard.press("ArrowRight")
    drawn(page, 1)
    page.go_back()
    expect(viewer(page)).to_be_hidden()
    page.go_forward()
    drawn(page, 1)


def test_nothing_behind_the_viewer_can_be_reached(page: Page, stack: Stack) -> None:
    Collection(stack, 5).serve(page)
    shown = opened(page)
    assert page.evaluate(
        "document.querySelector('main').inert && document.querySelector('.page-header').inert"
    )
    for _ in range(40):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "document.activeElement === document.body || document.activeElement.closest('#viewer') !== null"
        )
    shown.get_by_role("button", name="Close").click()
    assert not page.evaluate("document.querySelector('main').inert")


def test_a_link_to_a_picture_works_first_and_after_sign_in(
    open_page: Callable[..., Page], page: Page, fresh: Fresh
) -> None:
    identity = uploaded(page, fresh())
    other = open_page(at=f"#/image/{identity}")  # signs in then
    expect(viewer(other)).to_have_attribute("data-ready", "")
    expect(viewer(other).get_by_role("heading", level=2)).to_have_text("astronaut.jpg")
    other.reload()
    expect(viewer(other)).to_have_attribute("data-ready", "")
    other.keyboard.press("Escape")
    expect(viewer(other)).to_be_hidden()
    expect(other.locator(f".tile [href$='{identity}']")).to_be_focused()


def test_a_picture_that_is_not_there_says_so(page: Page, stack: Stack) -> None:
    Collection(stack, 3).serve(page)
    page.goto(page.url.split("#")[0] + f"#/image/{image_id(99)}")
    expect(viewer(page).locator(".error-box p")).to_have_text(
        "This picture doesn't exist. It may have been deleted."
    )
    expect(viewer(page).get_by_role("button", name="Delete")).to_be_hidden()
    expect(viewer(page).locator(".error-box button")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(viewer(page)).to_be_hidden()


def test_a_picture_in_work_is_shown_when_it_is_done(page: Page, stack: Stack) -> None:
    collection = Collection(stack, 3)
    collection.pend(0)
    collection.serve(page)
    page.locator(".tile-link").first.click()
    expect(viewer(page)).to_contain_text("Results will appear here.")
    collection.finish(0)
    drawn(page, 0)


def test_a_picture_that_has_not_arrived_says_so_and_takes_the_file_again(page: Page, stack: Stack) -> None:
    collection = Collection(stack, 3)
    collection.pend(0, datetime.now(UTC) - timedelta(hours=1))
    collection.serve(page)
    page.get_by_role("link", name=re.compile(r"^picture-0\.jpg")).click()
    words = "The upload didn't finish. Choose the file again."
    expect(viewer(page).locator(".error-box p")).to_have_text(words)
    expect(page.locator("#announcements")).to_contain_text(words)
    with page.expect_file_chooser():
        viewer(page).get_by_role("button", name="Choose file again").click()
    assert collection.asked == [image_id(0)]


def test_a_picture_that_could_not_be_loaded_can_be_tried_again(page: Page, stack: Stack, images: str) -> None:
    Collection(stack, 3).serve(page)
    expect(page.locator(".tile img")).to_have_count(3)
    page.route(images, lambda route: route.abort())
    page.locator(".tile-link").first.click()
    words = "Can't reach the service. Check your connection."
    expect(viewer(page).locator(".error-box p")).to_have_text(words)
    expect(page.locator("#announcements")).to_contain_text(words)
    expect(viewer(page).locator(".image-view-img")).to_be_visible()  # the thumbnail is there already
    expect(viewer(page).locator(".image-view-message")).to_be_hidden()

    page.unroute(images)
    viewer(page).get_by_role("button", name="Try again").click()
    drawn(page, 0)
    expect(viewer(page).get_by_role("heading", level=2)).to_be_focused()


def test_a_failed_picture_says_why_and_takes_the_file_again(page: Page, stack: Stack) -> None:
    collection = Collection(stack, 3)
    collection.fail(0, "The picture is damaged.")
    collection.serve(page)
    page.locator(".tile-link").first.click()
    expect(viewer(page).locator(".error-box p")).to_have_text("The picture is damaged.")
    with page.expect_file_chooser():
        viewer(page).get_by_role("button", name="Choose file again").click()


def test_the_picture_and_its_json_can_be_downloaded(page: Page, fresh: Fresh, tmp_path: Path) -> None:
    file = fresh()
    show(page, file)
    saved = {}
    for name in ("Download photo", "Download JSON"):
        with page.expect_download() as download:
            viewer(page).get_by_role("button", name=name).click()
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        saved[path.name] = path.read_bytes()

    assert sorted(saved) == ["astronaut.jpg", "astronaut.json"]
    assert saved["astronaut.jpg"] == file["buffer"]
    assert json.loads(saved["astronaut.json"])["SchemaVersion"] == 1
    expect(viewer(page)).to_be_visible()


def test_a_deleted_picture_disappears_at_once_and_can_be_brought_back(page: Page, stack: Stack) -> None:
    collection = Collection(stack, 5).serve(page)
    opened(page, 1)
    viewer(page).get_by_role("button", name="Delete", exact=True).click()
    drawn(page, 2)
    toast = page.get_by_role("region", name="Notifications")
    expect(toast).to_contain_text("Deleted picture-1.jpg.")
    expect(page.locator("#announcements")).to_contain_text("Deleted picture-1.jpg.")
    expect(page.locator(".viewer-position")).to_have_text("2 of 4")

    toast.get_by_role("button", name="Undo deleting picture-1.jpg").click()
    drawn(page, 1)
    expect(page.locator(".viewer-position")).to_have_text("2 of 5")
    expect(toast).to_be_hidden()

    page.keyboard.press("Delete")
    drawn(page, 2)
    page.keyboard.press("Escape")
    expect(page.locator(".tile")).to_have_count(4)
    page.keyboard.press("Control+z")
    expect(page.locator(".tile")).to_have_count(5)
    expect(page.get_by_role("link", name=re.compile(r"^picture-1\.jpg"))).to_be_focused()
    assert collection.deleted == []


@pytest.mark.parametrize("held", ["focused", "pointed at"])
def test_the_service_hears_of_a_deletion_after_some_seconds_but_not_while_the_notice_is_held(
    page: Page, stack: Stack, held: str
) -> None:
    page.clock.install()
    collection = Collection(stack, 5).serve(page)
    expect(page.locator(".tile")).to_have_count(5)
    opened(page, 1)
    hold_time(page)
    page.keyboard.press("Delete")
    undo = page.get_by_role("button", name="Undo deleting picture-1.jpg")
    page.clock.run_for(4_000)
    if held == "focused":
        undo.focus()
    else:
        undo.hover()
    page.clock.run_for(60_000)
    assert collection.deleted == []

    if held == "focused":
        undo.evaluate("(button) => button.blur()")
    else:
        page.mouse.move(0, 0)
    page.clock.run_for(5_000)  # six seconds anew
    assert collection.deleted == []
    with page.expect_request(lambda request: request.method == "DELETE"):
        page.clock.run_for(2_000)
    expect(undo).to_be_hidden()
    page.clock.run_for(4_000)
    expect(page.locator(".label").filter(has_text="Cat")).to_contain_text("2")  # counted anew
    assert collection.deleted == [image_id(1)]


def test_a_failed_picture_that_is_put_in_again_is_not_deleted(page: Page, fresh: Fresh) -> None:
    broken = {"name": "broken.jpg", "mimeType": "image/jpeg", "buffer": fresh()["buffer"][:200]}
    page.set_input_files("#files", broken)
    expect(page.locator('.upload[data-phase="failed"]')).to_have_count(1)
    page.locator(".tile-link").click()
    expect(viewer(page).get_by_role("button", name="Choose file again")).to_be_visible()
    page.keyboard.press("Delete")
    expect(page.locator(".tile")).to_have_count(0)
    page.get_by_role("button", name="Undo deleting broken.jpg").focus()  # the notice stays

    page.set_input_files("#files", broken)

    expect(page.locator(".toast")).to_have_count(0)
    expect(page.locator("#announcements")).to_contain_text("Restored broken.jpg.")
    expect(page.locator('.tile[data-status="failed"]')).to_have_count(1)


@pytest.mark.parametrize("width", [320, 1280])
def test_a_notice_keeps_its_button_whole_and_takes_no_click_beside_it(
    open_page: Callable[..., Page], stack: Stack, width: int
) -> None:
    page = open_page(width=width)
    collection = Collection(stack, 3)
    if width == 320:
        collection.change(0, fileName="picture-0.jpg" + "-without-a-single-space" * 8)
    collection.serve(page)
    page.get_by_role("link", name=re.compile(r"^picture-0\.jpg")).click()
    page.keyboard.press("Delete")
    undo = page.locator(".toast button")
    undo.focus()  # the notice stays
    lines = """(button) => {
      const range = new Range();
      range.selectNodeContents(button);
      return range.getClientRects().length;
    }"""
    assert undo.evaluate(lines) == 1
    notice, region = page.locator(".toast").bounding_box(), page.locator("#toasts").bounding_box()
    assert notice == region
    assert notice is not None
    assert notice["x"] + notice["width"] / 2 == pytest.approx(width / 2, abs=8)  # of a scroll bar


def test_leaving_the_page_sends_the_deletion(page: Page, stack: Stack, fresh: Fresh) -> None:
    identity = uploaded(page, fresh())
    page.keyboard.press("Delete")
    expect(page.get_by_role("region", name="Notifications")).to_be_visible()
    page.goto("about:blank")

    page.goto(stack.page_url)
    address = f"{stack.api_url.rstrip('/')}/images/{identity}"
    page.wait_for_function(
        "async ([url, Authorization]) => (await fetch(url, {headers: {Authorization}})).status === 404",
        arg=[address, f"Bearer {stack.token('alice')}"],
    )


def test_a_deletion_that_fails_brings_the_picture_back_in_words(page: Page, stack: Stack) -> None:
    collection = Collection(stack, 3)
    collection.refusal = (500, "internal-error", "Something went wrong on our side.")
    page.clock.install()
    collection.serve(page)
    opened(page, 0)
    hold_time(page)
    page.keyboard.press("Delete")
    drawn(page, 1)
    page.keyboard.press("Escape")
    expect(page.locator(".tile")).to_have_count(2)
    page.clock.run_for(7_000)
    expect(page.locator(".tile")).to_have_count(3)
    words = "Couldn't delete picture-0.jpg. Something went wrong on our side."
    expect(page.locator(".toast")).to_contain_text(words)
    expect(page.locator("#announcements")).to_contain_text(words)
    page.locator(".toast").get_by_role("button", name="Close").click()
    expect(page.locator(".toast")).to_have_count(0)


def test_the_last_picture_deleted_closes_the_viewer(page: Page, stack: Stack) -> None:
    Collection(stack, 1).serve(page)
    opened(page, 0)
    page.keyboard.press("Delete")
    expect(viewer(page)).to_be_hidden()
    expect(page.locator(".gallery-status")).to_contain_text("No photos yet")


@pytest.mark.parametrize("width", [320, 768, 1440, 3840])
@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_nothing_of_the_viewer_is_wider_than_the_window(
    open_page: Callable[..., Page], stack: Stack, width: int, direction: str
) -> None:
    page = open_page(width=width, height=720)
    collection = Collection(stack, 2)
    collection.change(0, fileName="picture-0.jpg" + "-without-a-single-space" * 8)
    collection.serve(page)
    page.evaluate("(direction) => { document.documentElement.dir = direction; }", direction)
    page.locator(".tile-link").first.click()
    expect(viewer(page)).to_have_attribute("data-ready", "")
    page.get_by_text("View JSON").click()
    for part in ("html", "#viewer", ".viewer-panel"):
        wide = page.locator(part).evaluate("(part) => part.scrollWidth - part.clientWidth")
        assert wide <= 0, part
    for button in viewer(page).locator(".viewer-bar button").all():
        expect(button).to_be_in_viewport(ratio=1)


def test_on_a_phone_the_focus_is_never_under_the_bar(open_page: Callable[..., Page], stack: Stack) -> None:
    page = open_page(width=320, height=480)
    collection = Collection(stack, 2)
    collection.change(0, labels=[{"name": f"Label {number}", "confidence": 90.0} for number in range(20)])
    collection.serve(page)
    shown = opened(page)
    shown.get_by_text("View JSON").focus()
    hidden = []
    for _ in range(25):
        page.keyboard.press("Shift+Tab")
        hidden += page.evaluate("""() => {
          const {activeElement: focused} = document;
          const bar = document.querySelector(".viewer-bar");
          const under = focused.getBoundingClientRect().top < bar.getBoundingClientRect().bottom;
          return under && !bar.contains(focused) ? [focused.ariaLabel ?? focused.textContent] : [];
        }""")
    expect(shown.get_by_role("button", name="Delete")).to_be_focused()
    assert hidden == []
