"""Take the screenshots in the README: `make screenshots`."""

from __future__ import annotations

import io
import os
import random
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps
from playwright.sync_api import FilePayload, Page, ViewportSize, expect, sync_playwright

from local.settings import stack_parameters
from local.stack import Stack
from tests.browser.support import sign_in

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
SIZE: ViewportSize = {"width": 1440, "height": 900}
TIMEOUT_MS = 120_000
CROPS = 9  # per sample


def main() -> None:
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if executable is None:
        sys.exit("Chromium is missing. Install it (apt-get install chromium) or set CHROMIUM to its path.")
    expect.set_options(timeout=TIMEOUT_MS)
    with Stack(parameters=stack_parameters(os.environ)) as stack, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        page = browser.new_page(viewport=SIZE, color_scheme="light", reduced_motion="reduce")
        page.goto(stack.page_url)
        sign_in(page, "alice")
        upload(page, list(make_files()))
        take_screenshots(page)
        browser.close()


def upload(page: Page, files: list[FilePayload]) -> None:
    """Upload the last file separately, so that it is the newest."""
    *first, last = files
    page.set_input_files("#files", first)
    expect(page.locator("#upload-summary")).to_have_text(f"{len(first)} photos uploaded")
    page.set_input_files("#files", last)
    expect(page.locator("#viewer")).to_have_attribute("data-ready", "")
    page.keyboard.press("Escape")
    page.reload()  # removes the list of uploads
    done = page.locator('.tile[data-status="done"]')
    expect(done.first.locator("img")).to_be_visible()
    expect(page.locator("#label-groups .facet").first).to_be_visible()


def take_screenshots(page: Page) -> None:
    page.locator(".tile img").evaluate_all("(images) => Promise.all(images.map((image) => image.decode()))")
    page.screenshot(path=ROOT / "docs/gallery.png")
    page.locator(".tile-link").first.click()
    expect(page.locator("#viewer")).to_have_attribute("data-ready", "")
    page.locator("#viewer .image-view-img").evaluate("(image) => image.decode()")
    page.screenshot(path=ROOT / "docs/page.png")


def make_files() -> Iterator[FilePayload]:
    """Yield crops of the samples and drawn landscapes, then a whole sample. Every run yields the same."""
    rng = random.Random(7)
    samples = [Image.open(ROOT / "web" / "samples" / name) for name in ("astronaut.jpg", "chelsea.jpg")]
    for number in range(CROPS):
        for sample, name in zip(samples, ("launch day", "on the sofa"), strict=True):
            yield encode(f"{name} {number + 1}", vary(sample, rng))
        yield encode(f"hills {number + 1}", draw_hills(rng))
    yield encode("Eileen Collins", samples[0])


def vary(sample: Image.Image, rng: random.Random) -> Image.Image:
    edge = rng.randrange(6)
    image = sample.crop((edge, edge, sample.width - edge, sample.height - edge))
    if rng.random() < 0.5:
        image = ImageOps.mirror(image)
    image = ImageEnhance.Color(image).enhance(rng.choice((0.2, 0.7, 1.0, 1.2)))
    return ImageEnhance.Brightness(image).enhance(rng.uniform(0.85, 1.1))


def draw_hills(rng: random.Random) -> Image.Image:
    width, height = 960, 720
    hue = rng.randrange(360)
    image = Image.new("RGB", (width, height), f"hsl({hue}, 55%, 82%)")
    draw = ImageDraw.Draw(image)
    sun = rng.randrange(width)
    draw.ellipse((sun, 90, sun + 110, 200), fill=f"hsl({hue}, 90%, 93%)")
    for depth in range(4):
        lightness = 66 - 14 * depth
        base = 330 + 95 * depth
        peaks = [(x, base + rng.randrange(-90, 60)) for x in range(-80, width + 161, 160)]
        draw.polygon(
            [(-80, height), *peaks, (width + 160, height)], fill=f"hsl({hue + 25}, 32%, {lightness}%)"
        )
    return image.filter(ImageFilter.GaussianBlur(1.2))


def encode(name: str, image: Image.Image) -> FilePayload:
    data = io.BytesIO()
    image.convert("RGB").save(data, "JPEG", quality=90)
    return {"name": f"{name}.jpg", "mimeType": "image/jpeg", "buffer": data.getvalue()}


if __name__ == "__main__":
    main()
