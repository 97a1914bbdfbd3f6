"""Reference decoders: what other programs make of a file. Each is optional, and used if it is installed."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from PIL import Image

from bench.corpus.bounded import call_each
from bench.corpus.reduction import Reduction

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from bench.corpus.bounded import Limits

MAX_SIDE = 1024  # pixels of a rendering, more than enough for a reduction
WHOLE, PARTIAL, UNREADABLE = "whole", "partial", "unreadable"


@dataclass(frozen=True)
class Rendering:
    """What a reference shows of a file: all of it, a part, or nothing. Width and height are upright."""

    reference: str
    status: str
    width: int = 0
    height: int = 0
    reduction: Reduction | None = None


class Reference(Protocol):
    """A decoder to compare with. `formats` are those it reads; "" stands for all that aren't supported."""

    name: str
    formats: frozenset[str]

    def render_each(self, paths: Iterable[Path]) -> Iterator[tuple[Path, Rendering]]:
        """Render every file, in any order."""


class Vips:
    """libvips through pyvips, for what browsers don't read."""

    name = "libvips"
    formats = frozenset(("TIFF", "HEIC"))

    def __init__(self, limits: Limits, processes: int) -> None:
        self._limits = limits
        self._processes = processes

    @staticmethod
    def is_installed() -> bool:
        """Return whether pyvips can be imported, which fails without libvips."""
        return (
            subprocess.run([sys.executable, "-c", "import pyvips"], stderr=subprocess.DEVNULL).returncode == 0
        )

    def render_each(self, paths: Iterable[Path]) -> Iterator[tuple[Path, Rendering]]:
        """Render every file in a process of its own, because libvips may crash as well."""
        for call in call_each(_render, paths, self._limits, self._processes):
            yield call.item, call.value or Rendering(self.name, UNREADABLE)


def _render(path: Path) -> Rendering:
    import pyvips  # starts threads, which a process about to fork must not have

    for status, fail_on in ((WHOLE, "error"), (PARTIAL, "none")):
        try:
            image = pyvips.Image.new_from_file(str(path), access="sequential", fail_on=fail_on)
            small = image.thumbnail_image(MAX_SIDE, height=MAX_SIDE, size="down")
            if "icc-profile-data" in small.get_fields():
                small = small.icc_transform("srgb", embedded=True, intent="relative")
            small = small.colourspace("srgb")
            if small.hasalpha():
                small = small.flatten(background=255)
            small = small.cast("uchar")
            pixels = Image.frombytes("RGB", (small.width, small.height), small.write_to_memory())
        except (pyvips.Error, ValueError):
            continue
        width, height = image.width, image.height
        if "orientation" in image.get_fields() and 5 <= image.get("orientation") <= 8:
            width, height = height, width
        return Rendering(Vips.name, status, width, height, Reduction.of(pixels))
    return Rendering(Vips.name, UNREADABLE)
