"""Actions and checks on a photo in the viewer, which several browser tests share."""

from __future__ import annotations

import re

from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser.fake_library import image_id
from tests.browser.support import bounding_box, upload_and_open

ASTRONAUT_FACE = (177, 66, 272, 161)  # left, top, right, bottom in pixels of web/samples/astronaut.jpg
MEASURE_BOX = """(image, box) => {
  const [photo, drawn] = [image, box].map((each) => each.getBoundingClientRect());
  const x = (value) => (value - photo.left) / photo.width;
  const y = (value) => (value - photo.top) / photo.height;
  return [x(drawn.left), y(drawn.top), x(drawn.right), y(drawn.bottom)];
}"""


def get_viewer(page: Page) -> Locator:
    return page.locator("#viewer")


def open_image(page: Page, number: int = 0) -> Locator:
    """Open an image of a FakeLibrary in the viewer, and wait until its preview is shown."""
    page.get_by_role("link", name=re.compile(rf"^picture-{number}\.jpg")).click()
    return expect_image(page, number)


def expect_image(page: Page, number: int) -> Locator:
    viewer = get_viewer(page)
    expect(viewer.get_by_role("heading", level=2)).to_have_text(f"picture-{number}.jpg")
    expect(viewer).to_have_attribute("data-ready", "")
    sharp = re.compile(rf"/preview/{image_id(number)[-6:]}/")
    expect(viewer.locator(".image-view-img")).to_have_attribute("src", sharp)  # after the thumbnail
    return viewer


def upload_and_get_id(page: Page, file: FilePayload) -> str:
    """Upload a file and wait until the viewer shows it."""
    with page.expect_response(re.compile("/uploads$")) as response:
        upload_and_open(page, file)
    return str(response.value.json()["image"]["id"])


def center(viewer: Locator) -> tuple[float, float]:
    """Return the center of the viewer's stage in the window."""
    box = bounding_box(viewer.locator(".viewer-stage"))
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def box_in_image(viewer: Locator, box: Locator, size: tuple[int, int] = (512, 512)) -> tuple[float, ...]:
    """Measure a drawn box: left, top, right, bottom in pixels of an image of the given size."""
    # both at once, as the photo may be just being laid out
    left, top, right, bottom = viewer.locator(".image-view-img").evaluate(MEASURE_BOX, box.element_handle())
    return left * size[0], top * size[1], right * size[0], bottom * size[1]


def contains_box(outer: tuple[float, ...], inner: tuple[float, ...]) -> bool:
    left, top, right, bottom = inner
    return outer[0] <= left and outer[1] <= top and outer[2] >= right and outer[3] >= bottom


def box(viewer: Locator, name: str, detector: str = "labels") -> Locator:
    return viewer.locator(f'.box[data-detector="{detector}"]').filter(has_text=name)


def line(viewer: Locator, name: str) -> Locator:
    """Return the line of a result in the panel."""
    return viewer.locator(f'.item[data-name="{name}"]')


def choose_action(page: Page, name: str) -> None:
    """Choose an action of the viewer's menu."""
    get_viewer(page).get_by_role("button", name="More actions").click()
    get_viewer(page).get_by_role("menuitem", name=name).click()


def set_minimum_confidence(page: Page, value: int) -> None:
    page.get_by_label("Minimum confidence").fill(str(value))
