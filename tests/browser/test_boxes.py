"""The own boxes of a photo: drawing them, entering them, and removing them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.fake_library import FakeLibrary, fulfill_problem, image_id
from tests.browser.fake_models import FakeModels
from tests.browser.support import axe_violations, bounding_box, scrolls_sideways, wait_until
from tests.browser.viewer_support import expect_image, get_viewer, open_image

if TYPE_CHECKING:
    from local.stack import Stack
    from tests.browser.support import Json, OpenPage

CUP = {"class": "cup", "left": 0.25, "top": 0.25, "width": 0.5, "height": 0.25}


@pytest.fixture
def library(page: Page, stack: Stack) -> FakeLibrary:
    return serve(page, stack)


def serve(page: Page, stack: Stack) -> FakeLibrary:
    FakeModels(stack).serve(page)
    library = FakeLibrary(stack, 3)
    library.change(1, tags=["cup"])
    return library.serve(page)


def boxes(page: Page) -> Locator:
    return get_viewer(page).get_by_role("region", name="Your boxes")


def start_drawing(page: Page) -> Locator:
    boxes(page).get_by_role("button", name="Draw boxes").click()
    expect(boxes(page).get_by_label("Tag of the box")).to_be_visible()
    return boxes(page)


def draw(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag between two points of the photo, in ratios of it."""
    photo = bounding_box(page.locator(".image-view-img"))
    page.mouse.move(photo["x"] + start[0] * photo["width"], photo["y"] + start[1] * photo["height"])
    page.mouse.down()
    page.mouse.move(photo["x"] + end[0] * photo["width"], photo["y"] + end[1] * photo["height"], steps=4)
    page.mouse.up()


def saved(library: FakeLibrary, number: int = 0) -> list[Json]:
    found: list[Json] = library.images[image_id(number)].get("boxes", [])
    return found


def close_to(found: Json, expected: Json) -> bool:
    """Compare boxes. The pointer is on whole pixels."""
    return found["class"] == expected["class"] and all(
        abs(found[side] - expected[side]) < 0.01 for side in ("left", "top", "width", "height")
    )


def test_draws_boxes_of_one_class_after_the_other(page: Page, library: FakeLibrary) -> None:
    open_image(page, 0)
    form = start_drawing(page)
    draw(page, (0.75, 0.5), (0.25, 0.25))
    expect(form.get_by_label("Tag of the box")).to_be_focused()
    page.keyboard.type("cu")
    expect(page.locator(".suggestion:visible")).to_have_text(["cup1"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(form.get_by_role("listitem")).to_have_count(1)
    draw(page, (0.1, 0.1), (0.2, 0.3))  # the class stays
    expect(form.get_by_role("listitem")).to_have_count(2)
    second = {"class": "cup", "left": 0.1, "top": 0.1, "width": 0.1, "height": 0.2}
    assert [close_to(*pair) for pair in zip(saved(library), [CUP, second], strict=True)] == [True, True]
    assert [if_match for _, _, if_match in library.patches] == ['"1"', '"2"']
    tags = get_viewer(page).get_by_role("list", name="Your tags").get_by_role("listitem")
    expect(tags).to_have_text(["cup"])
    expect(get_viewer(page)).to_be_visible()  # a swipe would have closed it


def test_draws_where_a_zoomed_photo_is(page: Page, library: FakeLibrary) -> None:
    open_image(page, 0)
    form = start_drawing(page)
    form.get_by_label("Tag of the box").fill("cup")
    page.locator("#viewer").press("+")
    draw(page, (0.4, 0.4), (0.6, 0.5))
    expect(form.get_by_role("listitem")).to_have_count(1)
    expected = {"class": "cup", "left": 0.4, "top": 0.4, "width": 0.2, "height": 0.1}
    assert close_to(saved(library)[0], expected)


def test_a_box_ends_at_the_edge_of_the_photo(page: Page, library: FakeLibrary) -> None:
    open_image(page, 0)
    form = start_drawing(page)
    form.get_by_label("Tag of the box").fill("cup")
    draw(page, (0.33335, 0.5), (1.05, 1.05))
    expect(form.get_by_role("listitem")).to_have_count(1)
    box = saved(library)[0]
    assert (box["left"] + box["width"], box["top"] + box["height"]) == (1, 1)


def test_enters_a_box_with_the_keyboard(page: Page, library: FakeLibrary) -> None:
    open_image(page, 0)
    form = start_drawing(page)
    form.get_by_label("Tag of the box").fill("cup")
    form.get_by_role("button", name="Add box").press("Enter")
    expect(form.get_by_role("alert")).to_contain_text("The box must be inside the photo")
    for label, value in (("From the left", "25"), ("From the top", "25"), ("Width", "50"), ("Height", "90")):
        form.get_by_label(label).fill(value)
    form.get_by_label("Height").press("Enter")
    expect(form.get_by_role("alert")).to_contain_text("The box must be inside the photo")
    form.get_by_label("Height").fill("25")
    form.get_by_label("Height").press("Enter")
    expect(form.get_by_role("listitem")).to_have_text(
        ["cup 25% from the left, 25% from the top, 50% wide, 25% high"]
    )
    assert saved(library) == [CUP]
    page.keyboard.press("Escape")
    expect(form.get_by_role("button", name="Draw boxes")).to_be_focused()
    expect(form.get_by_label("Height")).to_be_hidden()


def test_removes_a_box(page: Page, library: FakeLibrary) -> None:
    other = CUP | {"class": "plate"}
    library.change(0, boxes=[CUP, other])
    open_image(page, 0)
    expect(page.locator(".own-box:visible")).to_have_text(["cup", "plate"])
    boxes(page).get_by_role("button", name="Remove box 1, cup").press("Enter")
    expect(page.locator(".own-box:visible")).to_have_text(["plate"])
    expect(boxes(page).get_by_role("button", name="Draw boxes")).to_be_focused()
    assert library.patches == [(image_id(0), {"boxes": [other]}, '"1"')]


def test_keeps_drawing_on_the_next_photo_until_the_viewer_closes(page: Page, library: FakeLibrary) -> None:
    open_image(page, 0)
    form = start_drawing(page)
    form.get_by_label("Tag of the box").fill("cup")
    get_viewer(page).get_by_role("button", name="Next photo").click()
    expect_image(page, 1)
    draw(page, (0.25, 0.25), (0.75, 0.5))
    expect(form.get_by_role("listitem")).to_have_count(1)
    assert close_to(saved(library, 1)[0], CUP)
    get_viewer(page).get_by_role("button", name="Close").click()
    open_image(page, 0)
    expect(form.get_by_label("Tag of the box")).to_be_hidden()


def test_says_why_a_box_is_not_saved(page: Page, library: FakeLibrary, images_url: str) -> None:
    open_image(page, 0)
    form = start_drawing(page)
    form.get_by_label("Tag of the box").fill("cup")
    page.route(
        images_url,
        lambda route: (
            fulfill_problem(route, 400, "invalid-request", "A picture has at most 50 tags.")
            if route.request.method == "PATCH"
            else route.fallback()
        ),
    )
    draw(page, (0.25, 0.25), (0.75, 0.5))
    own = get_viewer(page).get_by_role("region", name="Your notes")
    expect(own.get_by_role("alert").filter(has_text="at most 50 tags")).to_be_visible()
    expect(form.get_by_role("listitem")).to_have_count(0)


def test_two_fingers_zoom_and_one_draws(open_page: OpenPage, stack: Stack) -> None:
    page = open_page(width=390, height=844, has_touch=True, is_mobile=True)
    library = serve(page, stack)
    open_image(page, 0)
    start_drawing(page).get_by_label("Tag of the box").fill("cup")
    page.locator(".sheet-handle").press("ArrowDown")
    photo = bounding_box(page.locator(".image-view-img"))
    session = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        at = [
            {"x": photo["x"] + x * photo["width"], "y": photo["y"] + y * photo["height"], "id": index}
            for index, (x, y) in enumerate(points)
        ]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    touch("touchStart", (0.25, 0.25))
    touch("touchMove", (0.5, 0.4))
    touch("touchMove", (0.75, 0.5))
    touch("touchEnd")
    wait_until(page, lambda: len(saved(library)) == 1)
    assert close_to(saved(library)[0], CUP)
    touch("touchStart", (0.45, 0.5))
    touch("touchStart", (0.45, 0.5), (0.55, 0.5))
    touch("touchMove", (0.3, 0.5), (0.7, 0.5))
    touch("touchMove", (0.2, 0.5), (0.8, 0.5))
    touch("touchEnd")
    expect(page.locator(".viewer-stage")).to_have_attribute("data-zoomed", "")
    assert len(saved(library)) == 1


def test_the_photo_can_be_seen_while_boxes_are_drawn_on_a_phone(open_page: OpenPage, stack: Stack) -> None:
    page = open_page(width=390, height=844, has_touch=True, is_mobile=True, reduced_motion="reduce")
    serve(page, stack)
    viewer = open_image(page, 0)
    viewer.get_by_role("button", name="Show more").tap()
    expect(viewer).to_have_attribute("data-sheet", "full")
    start_drawing(page)
    expect(viewer).to_have_attribute("data-sheet", "half")
    expect(boxes(page).get_by_label("Tag of the box")).to_be_in_viewport()


def test_is_accessible_and_fits(open_page: OpenPage, appearance: Json, stack: Stack) -> None:
    page = open_page(**appearance)
    serve(page, stack).change(0, boxes=[CUP])
    open_image(page, 0)
    start_drawing(page)
    assert axe_violations(page) == []
    assert not scrolls_sideways(page)
