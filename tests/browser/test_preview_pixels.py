"""Boxes lie on what they mark, in screenshots of every format, orientation and kind of animation."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image, ImageOps
from playwright.sync_api import FilePayload, FloatRect, Locator, Page, expect

from tests.browser.support import bounding_box, expect_summary, upload_and_open
from tests.browser.viewer_support import box_in_image, contains_box, get_viewer
from tests.image_files import encode

if TYPE_CHECKING:
    from tests.browser.support import Json, OpenPage, ReplaceResult

SIZE = (240, 160)
GRAY = (128, 128, 128)
Box = tuple[float, float, float, float]
# The color of each mark, and left, top, width and height as ratios. Above each a box's label has room.
MARKS: dict[str, tuple[tuple[int, int, int], Box]] = {
    "Red": ((230, 20, 20), (0.1, 0.2, 0.2, 0.2)),
    "Green": ((20, 160, 60), (0.6, 0.2, 0.25, 0.15)),
    "Blue": ((30, 60, 230), (0.15, 0.65, 0.15, 0.25)),
    "Magenta": ((220, 30, 220), (0.55, 0.6, 0.3, 0.3)),
}
ORIENTED = ("JPEG", "MPO", "PNG", "WebP", "HEIC", "AVIF", "TIFF")
# Orientations of files with several frames. A GIF has none, and Pillow crashes when it writes one to an AVIF.
ANIMATED = {"WebP": (1, 6), "PNG": (1, 6), "AVIF": (1,), "TIFF": (1, 6), "GIF": (1,)}
MEDIA_TYPES = {"MPO": "image/jpeg"}
PICTURES = Path(__file__).parent / "pictures"
FACE = (165, 70, 285, 165)  # left, top, right, bottom in pixels of both pictures, upright


def marked_image() -> Image.Image:
    image = Image.new("RGB", SIZE, GRAY)
    for color, (left, top, width, height) in MARKS.values():
        x, y = round(left * SIZE[0]), round(top * SIZE[1])
        image.paste(color, (x, y, x + round(width * SIZE[0]), y + round(height * SIZE[1])))
    return image


def labels() -> list[Json]:
    """Return the labels that are recognized in a marked image."""
    found = []
    for name, (_, (left, top, width, height)) in MARKS.items():
        box = {"Left": left, "Top": top, "Width": width, "Height": height}
        instances = [{"BoundingBox": box, "Confidence": 99.0}]
        found.append({"Name": name, "Confidence": 99.0, "Parents": [], "Instances": instances})
    return found


def make_files() -> list[FilePayload]:
    """Make a marked image in every format and orientation; later frames have the marks elsewhere."""
    image = marked_image()
    frames: Json = {"save_all": True, "append_images": [image.transpose(Image.Transpose.ROTATE_180)]}
    files = [file(name, encode(image, name, number), number) for name in ORIENTED for number in range(1, 9)]
    files += [file(name, encode(image, name)) for name in ("GIF", "BMP")]
    for name, orientations in ANIMATED.items():
        for number in orientations:
            files.append(file(name, encode(image, name, number, **frames), number, "animated "))
    gif = encode(image, "GIF", **frames, comment=b"with another extension")
    return [*files, {"name": "animated GIF.png", "mimeType": "image/png", "buffer": gif}]


def file(format_name: str, data: bytes, orientation: int = 1, prefix: str = "") -> FilePayload:
    media_type = MEDIA_TYPES.get(format_name, f"image/{format_name.lower()}")
    return {"name": f"{prefix}{format_name} {orientation}", "mimeType": media_type, "buffer": data}


def expect_preview(viewer: Locator, key: str = "") -> Locator:
    picture = viewer.locator(f'.image-view-img[src*="{key}.preview.webp"]')
    expect(picture).to_be_visible()
    return picture


def screenshot(page: Page, picture: Locator) -> Image.Image:
    box = bounding_box(picture)
    clip: FloatRect = {"x": box["x"], "y": box["y"], "width": box["width"], "height": box["height"]}
    return Image.open(io.BytesIO(page.screenshot(clip=clip))).convert("RGB")


def find_color(image: Image.Image, color: tuple[int, int, int]) -> Box:
    """Return left, top, right and bottom of an area of one color, in pixels."""
    distance = np.abs(np.asarray(image).astype(int) - color).max(axis=2)
    rows, columns = np.nonzero(distance < 60)
    assert rows.size > 0
    left, right = np.percentile(columns, (1, 99))
    top, bottom = np.percentile(rows, (1, 99))
    return float(left), float(top), float(right), float(bottom)


def misplaced_boxes(page: Page, viewer: Locator, picture: Locator) -> list[str]:
    """Return the marks whose box doesn't contain them, or is much larger."""
    image = screenshot(page, picture)
    wrong = []
    for name, (color, _) in MARKS.items():
        box = box_in_image(viewer, viewer.locator(".box").filter(has_text=name), image.size)
        mark = find_color(image, color)
        is_filled = all(abs(edge - other) < 8 for edge, other in zip(mark, box, strict=True))
        if not (contains_box(box, mark) and is_filled):
            wrong.append(f"{name}: {mark} in {box}")
    return wrong


def test_every_box_lies_on_its_mark(open_page: OpenPage, replace_result: ReplaceResult) -> None:
    page = open_page(width=900, height=600)
    replace_result(
        page, {"Labels": labels(), "TextDetections": [], "FaceDetails": [], "ModerationLabels": []}
    )
    files = make_files()
    page.set_input_files("#files", files)
    expect_summary(page, f"{len(files)} photos uploaded", timeout=240_000)
    wrong = {}
    for file in files:
        image_id = hashlib.sha256(file["buffer"]).hexdigest()
        page.evaluate("(id) => { location.hash = `#/image/${id}`; }", image_id)
        picture = expect_preview(get_viewer(page), image_id)
        expect(get_viewer(page).locator(".box")).to_have_count(len(MARKS))
        misplaced = misplaced_boxes(page, get_viewer(page), picture)
        if misplaced:
            wrong[file["name"]] = misplaced
    assert wrong == {}


@pytest.mark.parametrize("name", ["page_webp_o3.webp", "page_anim.webp"])
def test_shows_a_photo_as_it_was_recognized(page: Page, name: str) -> None:
    """Browsers ignore the first one's orientation, and play the second one."""
    data = (PICTURES / name).read_bytes()
    viewer = upload_and_open(page, {"name": name, "mimeType": "image/webp", "buffer": data})
    picture = expect_preview(viewer)
    assert contains_box(
        box_in_image(viewer, viewer.locator(".box", has_text="Person").first, (512, 400)), FACE
    )
    page.get_by_role("button", name="Labels", exact=True).click()  # hides their boxes
    for title in ("Faces", "Text", "Protective gear"):
        for toggle in page.get_by_role("button", name=title, exact=True).all():
            toggle.click()
    drawn = screenshot(page, picture)
    with Image.open(io.BytesIO(data)) as image:
        upright = ImageOps.exif_transpose(image).convert("RGB").resize(drawn.size)
    difference = np.abs(np.asarray(drawn).astype(int) - np.asarray(upright).astype(int)).mean()
    assert difference < 8
