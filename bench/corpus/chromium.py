"""Chromium as a reference: a picture in a browser is what most people see."""

from __future__ import annotations

import base64
import importlib.util
import io
import os
import shutil
from typing import TYPE_CHECKING

from PIL import Image

from bench.corpus.reduction import Reduction
from bench.corpus.references import MAX_SIDE, PARTIAL, UNREADABLE, WHOLE, Rendering

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_TIMEOUT_MS = 30_000
_FILES_PER_PAGE = 100  # a page keeps some memory of every picture
# An <img> shows what arrives before an error; createImageBitmap requires the whole file to be decoded.
_RENDER = """
async ([base64, maxSide, timeout]) => {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const url = URL.createObjectURL(new Blob([bytes]));
  const image = new Image();
  const expired = new Promise((resolve) => setTimeout(resolve, timeout, null));
  const shown = new Promise((resolve) => {
    image.onload = () => resolve(true);
    image.onerror = () => resolve(false);
    image.src = url;
  });
  const isShown = await Promise.race([shown, expired]);
  URL.revokeObjectURL(url);
  if (!isShown) return null;
  const whole = createImageBitmap(new Blob([bytes])).then((bitmap) => bitmap, () => null);
  const bitmap = await Promise.race([whole, expired]);
  const {naturalWidth: width, naturalHeight: height} = image;
  const scale = Math.min(1, maxSide / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.fillStyle = "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap ?? image, 0, 0, canvas.width, canvas.height);
  bitmap?.close();
  return {width, height, isWhole: bitmap !== null, png: canvas.toDataURL().split(",")[1]};
}
"""


class Chromium:
    """Headless Chromium, driven by Playwright."""

    name = "Chromium"
    formats = frozenset(("JPEG", "MPO", "PNG", "WebP", "AVIF", "GIF", "BMP", ""))

    @staticmethod
    def find() -> str | None:
        """Return Chromium's path, or None if it or Playwright isn't installed."""
        if importlib.util.find_spec("playwright") is None:
            return None
        return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)

    def render_each(self, paths: Iterable[Path]) -> Iterator[tuple[Path, Rendering]]:
        """Render the files in a page, and in a new one after many files or a crash."""
        from playwright.sync_api import Error, sync_playwright

        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=self.find(), args=["--no-sandbox"])
            page = browser.new_page()
            for number, path in enumerate(paths, 1):
                if number % _FILES_PER_PAGE == 0:
                    page = _replace(page, browser)
                try:
                    rendering = render(page, path.read_bytes())
                except Error:
                    rendering = Rendering(self.name, UNREADABLE)
                    page = _replace(page, browser)
                yield path, rendering
            browser.close()


def render(page: Page, data: bytes) -> Rendering:
    """Show a file in a page. Raises playwright's Error if the page crashes."""
    shown = page.evaluate(_RENDER, [base64.b64encode(data).decode(), MAX_SIDE, _TIMEOUT_MS])
    if not shown or not shown["width"]:
        return Rendering(Chromium.name, UNREADABLE)
    status = WHOLE if shown["isWhole"] else PARTIAL
    with Image.open(io.BytesIO(base64.b64decode(shown["png"]))) as image:
        return Rendering(Chromium.name, status, shown["width"], shown["height"], Reduction.of(image))


def _replace(page: Page, browser: Browser) -> Page:
    page.close()
    return browser.new_page()
