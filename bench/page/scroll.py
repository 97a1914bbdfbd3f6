"""Scroll down the gallery, and measure the frames."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

SLOW_FRAME_MS = 50
# Two thirds of a window in each frame; where the list isn't loaded yet, it waits.
_SCROLL = """async (seconds) => {
  const frames = [];
  const next = () => new Promise(requestAnimationFrame);
  let last = await next();
  const end = last + seconds * 1000;
  while (last < end) {
    scrollBy({top: innerHeight * 2 / 3, behavior: "instant"});
    const now = await next();
    frames.push(now - last);
    last = now;
  }
  while (!document.querySelector("#grid .tile")) await next();
  const photos = [...document.querySelectorAll("#grid .tile")].map((tile) => Number(tile.ariaPosInSet));
  return {frames, photos: Math.max(...photos)};
}"""


@dataclass(frozen=True)
class Scroll:
    """How many photos a scroll passed, and how long each frame took."""

    photos: int
    frames: tuple[float, ...]  # milliseconds

    @property
    def slow(self) -> float:
        """The percentage of frames that a person may notice."""
        return 100 * sum(frame > SLOW_FRAME_MS for frame in self.frames) / len(self.frames)


def scroll_down(page: Page, url: str, seconds: int) -> Scroll:
    """Open the gallery on a desktop, and scroll down."""
    page.goto("about:blank")  # so that the next line loads the page anew
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(url)
    page.locator("#grid img").first.wait_for()
    found = page.evaluate(_SCROLL, seconds)
    return Scroll(found["photos"], tuple(found["frames"]))
