"""Chromium as the reference of `make corpus`: what it shows of a file, upright and on white."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from PIL import Image

from bench.corpus.chromium import render
from bench.corpus.reduction import Reduction
from bench.corpus.references import PARTIAL, UNREADABLE, WHOLE, Rendering

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROTATED_RIGHT = 6  # EXIF orientation


def encode(image: Image.Image, name: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, name, **options)
    return file.getvalue()


def test_shows_transparency_on_white(browser: Browser) -> None:
    data = encode(Image.new("RGBA", (200, 100), (255, 0, 0, 0)), "PNG")
    white = Reduction(32, 16, b"\xff" * 32 * 16 * 3)
    assert render(browser.new_page(), data) == Rendering("Chromium", WHOLE, 200, 100, white)


def test_shows_a_jpeg_upright(browser: Browser) -> None:
    exif = Image.Exif()
    exif[0x0112] = ROTATED_RIGHT
    rendering = render(browser.new_page(), encode(Image.new("RGB", (200, 100)), "JPEG", exif=exif))
    assert (rendering.status, rendering.width, rendering.height) == (WHOLE, 100, 200)


def test_tells_a_part_from_the_whole(browser: Browser) -> None:
    data = encode(Image.effect_noise((200, 100), 90), "JPEG")
    rendering = render(browser.new_page(), data[: len(data) // 2])
    assert (rendering.status, rendering.width, rendering.height) == (PARTIAL, 200, 100)


def test_tells_what_is_not_an_image(browser: Browser) -> None:
    assert render(browser.new_page(), b"text") == Rendering("Chromium", UNREADABLE)
